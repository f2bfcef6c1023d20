use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{Rules, Sample};

/// Answers faster than this are not told apart: whole milliseconds are too coarse for them.
const MIN_BASELINE_MS: f64 = 5.0;

/// Less than this is told from chance by nobody: neither by a worker, whose network and
/// processor have their moods, nor by a visitor.
const SLACK_MS: f64 = 5.0;

/// A higher limit brings more answers in the same time. They make its windows this many times
/// as large at most, and so less subject to chance.
const MOST_WINDOWS: f64 = 4.0;

/// The percentile of the windows' medians that is the baseline.
const BASELINE_PERCENTILE: usize = 10;

/// What a window says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    Fair,
    Bad,
}

/// How fast the origin answers, and did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Latency {
    window: Vec<i64>,
    /// The most that one worker had in flight in the window.
    in_flight: u32,
    medians: VecDeque<Median>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Median {
    ms: f64,
    /// By how much chance makes such medians differ: their standard error.
    error_ms: f64,
    at_ms: i64,
}

impl Latency {
    /// Adds an answer; when it completes a window, what that says, and how many requests one
    /// worker had in flight.
    pub(crate) fn add(
        &mut self,
        rules: &Rules,
        limit: f64,
        sample: &Sample,
    ) -> Option<(Verdict, u32)> {
        self.window.push(sample.first_byte_ms);
        self.in_flight = self.in_flight.max(sample.in_flight);
        let whole = rules.window as f64 * limit.clamp(1.0, MOST_WINDOWS);
        if self.window.len() < whole.round() as usize {
            return self
                .is_much_slower(rules)
                .then_some((Verdict::Bad, sample.in_flight));
        }
        let at_ms = sample.ended_ms();
        let median = Median::of(&mut self.window, at_ms);
        let in_flight = self.in_flight;
        self.drop_window();
        self.medians.push_back(median);
        while self.medians.len() > rules.baseline_windows {
            self.medians.pop_front();
        }
        self.forget(rules, at_ms);
        let baseline = self.baseline_ms()?;
        let verdict = if median.ms <= baseline * rules.up {
            Verdict::Good
        } else if median.is_slower(baseline, rules.down) {
            Verdict::Bad
        } else {
            Verdict::Fair
        };
        Some((verdict, in_flight))
    }

    /// Whether the first answers of a window are reason enough not to wait for the others.
    fn is_much_slower(&mut self, rules: &Rules) -> bool {
        if !self.window.len().is_multiple_of(rules.glance) {
            return false;
        }
        let Some(baseline) = self.baseline_ms() else {
            return false;
        };
        let recent = self.window.len().saturating_sub(rules.glance);
        let mut recent = self.window.get(recent..).unwrap_or_default().to_vec();
        Median::of(&mut recent, 0).is_slower(baseline, rules.glance_down)
    }

    /// The next window begins anew: the limit is another one.
    pub(crate) fn drop_window(&mut self) {
        self.window.clear();
        self.in_flight = 0;
    }

    /// Drops the windows that are too old.
    pub(crate) fn forget(&mut self, rules: &Rules, now_ms: i64) {
        let since_ms = now_ms.saturating_sub(rules.baseline_age_ms);
        self.medians.retain(|median| median.at_ms >= since_ms);
    }

    /// How fast the origin answers without us: slow to rise, as nine tenths of the windows
    /// must be slower first, and quick to fall. A low percentile of what differs by chance is
    /// lower than the truth, which is made up for.
    pub(crate) fn baseline_ms(&self) -> Option<f64> {
        let windows = self.medians.len();
        let low = windows * BASELINE_PERCENTILE / 100;
        let low_ms = self.ranked(low, |median| median.ms)?;
        let error_ms = self.ranked(windows / 2, |median| median.error_ms)?;
        let chance_ms = error_ms * deviations_below(low, windows);
        Some((low_ms + chance_ms).max(MIN_BASELINE_MS))
    }

    /// The value of this rank, from 0 for the lowest.
    fn ranked(&self, rank: usize, of: fn(&Median) -> f64) -> Option<f64> {
        let mut sorted: Vec<f64> = self.medians.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(rank).copied()
    }

    /// The median of the last whole window.
    pub(crate) fn last_ms(&self) -> Option<f64> {
        self.medians.back().map(|median| median.ms)
    }
}

/// How far below their mean, in standard deviations, the value of this rank is expected among so
/// many that differ by chance
/// ([Blom 1958](https://en.wikipedia.org/wiki/Normal_order_statistics),
/// [Tukey's lambda](https://en.wikipedia.org/wiki/Tukey_lambda_distribution)).
fn deviations_below(rank: usize, of: usize) -> f64 {
    let share = (rank as f64 + 0.625) / (of as f64 + 0.25);
    4.91 * ((1.0 - share).powf(0.14) - share.powf(0.14))
}

impl Median {
    /// Whether it is this many times the baseline, by more than chance.
    fn is_slower(self, baseline_ms: f64, times: f64) -> bool {
        self.ms >= (baseline_ms * times).max(baseline_ms + SLACK_MS)
    }

    fn of(window: &mut [i64], at_ms: i64) -> Self {
        window.sort_unstable();
        let last = window.len().saturating_sub(1);
        let at = |share: f64| {
            let index = (last as f64 * share).round() as usize;
            window.get(index).map_or(0.0, |ms| *ms as f64)
        };
        // Near the median, half of the answers lie between the quartiles.
        let error_ms = 0.92 * (at(0.75) - at(0.25)) / (window.len() as f64).sqrt();
        Self {
            ms: at(0.5),
            error_ms,
            at_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    /// An answer that ends at 0.
    fn answer(ms: i64) -> Sample {
        Sample {
            started_ms: -ms,
            first_byte_ms: ms,
            in_flight: 1,
            outcome: Outcome::Ok,
        }
    }

    fn feed_at(limit: f64, latency: &mut Latency, ms: i64, answers: usize) -> Option<Verdict> {
        let rules = Rules::default();
        let mut verdict = None;
        for _ in 0..answers {
            verdict = latency.add(&rules, limit, &answer(ms));
        }
        verdict.map(|(verdict, _)| verdict)
    }

    fn feed(latency: &mut Latency, ms: i64, answers: usize) -> Option<Verdict> {
        feed_at(1.0, latency, ms, answers)
    }

    #[test]
    fn a_window_is_compared_with_the_baseline() {
        let mut latency = Latency::default();
        assert_eq!(feed(&mut latency, 100, 59), None);
        assert_eq!(feed(&mut latency, 100, 1), Some(Verdict::Good));
        assert_eq!(feed(&mut latency, 101, 60), Some(Verdict::Fair));
        assert_eq!(feed(&mut latency, 113, 60), Some(Verdict::Bad));
        assert_eq!(feed(&mut latency, 100, 60), Some(Verdict::Good));
        assert_eq!(latency.baseline_ms(), Some(100.0));
    }

    #[test]
    fn a_window_grows_with_the_limit_up_to_four_times() {
        for (limit, answers) in [(0.2, 60), (1.0, 60), (2.5, 150), (4.0, 240), (16.0, 240)] {
            let mut latency = Latency::default();
            assert_eq!(feed_at(limit, &mut latency, 100, answers - 1), None);
            let verdict = feed_at(limit, &mut latency, 100, 1);
            assert_eq!(verdict, Some(Verdict::Good), "{limit}");
        }
    }

    #[test]
    fn what_is_far_too_slow_is_seen_after_a_glance() {
        let mut latency = Latency::default();
        assert_eq!(feed(&mut latency, 900, 20), None, "nothing to compare with");
        latency.drop_window();
        feed(&mut latency, 100, 60);
        assert_eq!(feed(&mut latency, 179, 20), None);
        assert_eq!(feed(&mut latency, 180, 19), None);
        assert_eq!(feed(&mut latency, 180, 1), Some(Verdict::Bad));
    }

    #[test]
    fn the_baseline_falls_at_once_and_rises_when_nine_tenths_have() {
        let mut latency = Latency::default();
        feed(&mut latency, 100, 30 * 60);
        feed(&mut latency, 150, 26 * 60);
        assert_eq!(latency.baseline_ms(), Some(100.0));
        feed(&mut latency, 150, 60);
        assert_eq!(latency.baseline_ms(), Some(150.0));
        feed(&mut latency, 50, 4 * 60);
        assert_eq!(latency.baseline_ms(), Some(50.0));
    }

    #[test]
    fn chance_does_not_lower_the_baseline() {
        let (mut latency, rules) = (Latency::default(), Rules::default());
        // Each window has another tenth of the same answers on top.
        for window in 0..30 {
            for number in 0..60 {
                let ms = 50 + (number * 7 + window * 11) % 100;
                latency.add(&rules, 1.0, &answer(ms));
            }
        }
        let baseline = latency.baseline_ms().unwrap();
        assert!((92.0..110.0).contains(&baseline), "{baseline}");
    }

    #[test]
    fn order_statistics_are_those_of_the_tables() {
        // Harter 1961, <https://doi.org/10.1093/biomet/48.1-2.151>.
        for (rank, of, deviations) in [(0, 1, 0.0), (0, 5, 1.163), (0, 9, 1.485), (3, 30, 1.179)] {
            let ours = deviations_below(rank, of);
            assert!((ours - deviations).abs() < 0.02, "{rank} of {of}: {ours}");
        }
    }

    #[test]
    fn old_windows_are_forgotten() {
        let (mut latency, rules) = (Latency::default(), Rules::default());
        feed(&mut latency, 100, 180);
        latency.forget(&rules, rules.baseline_age_ms);
        assert_eq!(latency.baseline_ms(), Some(100.0));
        latency.forget(&rules, rules.baseline_age_ms + 1);
        assert_eq!(latency.baseline_ms(), None);
    }

    #[test]
    fn a_few_milliseconds_are_not_told_apart() {
        let mut latency = Latency::default();
        feed(&mut latency, 2, 60);
        assert_eq!(feed(&mut latency, 5, 60), Some(Verdict::Good));
        assert_eq!(feed(&mut latency, 9, 60), Some(Verdict::Fair));
        assert_eq!(feed(&mut latency, 10, 60), Some(Verdict::Bad));
        let mut latency = Latency::default();
        feed(&mut latency, 20, 60);
        assert_eq!(feed(&mut latency, 24, 60), Some(Verdict::Fair));
        assert_eq!(feed(&mut latency, 25, 60), Some(Verdict::Bad));
    }
}
