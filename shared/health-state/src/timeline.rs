use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Condition, DAY_S, DayRollup, Seconds, Span};

/// Seconds in a row that count as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The first second since 1970.
    pub from_s: i64,
    /// The second after the last.
    pub to_s: i64,
    /// What they count as.
    pub condition: Condition,
}

/// What a check was, second by second, as merged intervals.
///
/// Writing a span twice changes nothing, and a correction overwrites what was.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timeline {
    intervals: Vec<Interval>,
}

impl Timeline {
    /// The intervals, in order, none of which touches another of the same condition.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// Writes what some seconds were.
    pub fn record(&mut self, span: &Span) {
        let new = Interval {
            from_s: span.from_s,
            to_s: span.to_s,
            condition: span.condition,
        };
        if self
            .intervals
            .last()
            .is_none_or(|last| last.to_s <= new.from_s)
        {
            self.push(new);
            return;
        }
        let old = std::mem::take(&mut self.intervals);
        for interval in &old {
            self.push(clip(interval, i64::MIN, new.from_s));
        }
        self.push(new);
        for interval in &old {
            self.push(clip(interval, new.to_s, i64::MAX));
        }
    }

    /// Forgets what was before a second.
    pub fn forget_before(&mut self, at_s: i64) {
        for interval in std::mem::take(&mut self.intervals) {
            self.push(clip(&interval, at_s, i64::MAX));
        }
    }

    /// What the seconds from one up to another were.
    #[must_use]
    pub fn seconds(&self, from_s: i64, to_s: i64) -> Seconds {
        let mut sum = Seconds::default();
        for interval in &self.intervals {
            let part = clip(interval, from_s, to_s);
            let seconds = u32::try_from(part.to_s.saturating_sub(part.from_s)).unwrap_or(0);
            let count = sum.of_mut(part.condition);
            *count = count.saturating_add(seconds);
        }
        sum
    }

    /// The same as rollups of the days that something is known of, of the version 0.
    #[must_use]
    pub fn days(&self) -> Vec<DayRollup> {
        let of_interval = |interval: &Interval| {
            interval.from_s.div_euclid(DAY_S)..=(interval.to_s - 1).div_euclid(DAY_S)
        };
        let days: BTreeSet<i64> = self.intervals.iter().flat_map(of_interval).collect();
        let rollup = |day| DayRollup {
            seconds: self.seconds(day * DAY_S, (day + 1) * DAY_S),
            ..DayRollup::new(day)
        };
        days.into_iter().map(rollup).collect()
    }

    fn push(&mut self, interval: Interval) {
        if interval.from_s >= interval.to_s {
            return;
        }
        match self.intervals.last_mut() {
            Some(last) if last.to_s == interval.from_s && last.condition == interval.condition => {
                last.to_s = interval.to_s;
            }
            _ => self.intervals.push(interval),
        }
    }
}

/// What of an interval is between two seconds; an empty one when nothing is.
fn clip(interval: &Interval, from_s: i64, to_s: i64) -> Interval {
    Interval {
        from_s: interval.from_s.max(from_s),
        to_s: interval.to_s.min(to_s),
        condition: interval.condition,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn span(from_s: i64, to_s: i64, condition: Condition) -> Span {
        Span {
            from_s,
            to_s,
            condition,
            was: None,
        }
    }

    #[test]
    fn intervals_merge_and_corrections_overwrite() {
        let mut timeline = Timeline::default();
        timeline.record(&span(0, 60, Condition::Up));
        timeline.record(&span(60, 120, Condition::Up));
        timeline.record(&span(200, 260, Condition::Unknown));
        assert_eq!(timeline.intervals().len(), 2);
        timeline.record(&span(30, 90, Condition::Down));
        timeline.record(&span(30, 90, Condition::Down));
        let lengths: Vec<_> = timeline
            .intervals()
            .iter()
            .map(|interval| (interval.from_s, interval.to_s, interval.condition))
            .collect();
        assert_eq!(
            lengths,
            [
                (0, 30, Condition::Up),
                (30, 90, Condition::Down),
                (90, 120, Condition::Up),
                (200, 260, Condition::Unknown)
            ]
        );
        assert_eq!(timeline.seconds(60, 230), Seconds::from([30, 30, 30, 0]));
        timeline.forget_before(100);
        assert_eq!(timeline.seconds(0, 300), Seconds::from([20, 0, 60, 0]));
    }
}
