use serde::{Deserialize, Serialize};

use crate::{Rules, Sample};

/// So many of the last outcomes are looked at.
const RECENT: u32 = 50;

/// More errors than this among them are more than 5 %.
const TOLERATED: u32 = RECENT / 20;

/// What an outcome asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    Nothing,
    Halve,
    /// Down to one, and nothing at all for a while.
    Stop,
}

/// What the origin refused lately, and until when that is waited for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Brake {
    /// The last outcomes, the newest in the lowest bit; 1 is an error.
    recent: u64,
    pub(crate) paused_until_ms: i64,
    /// When the last stop ends: what began before says nothing new, also where a worker had
    /// not heard of it.
    stopped_until_ms: i64,
    /// Stops without a quiet time between them.
    stops: u32,
    /// Nothing has gone well since the last stop: the first error is the next one.
    on_trial: bool,
    last_error_ms: i64,
    /// When the origin refused last, until a request that began later has gone well.
    refused_ms: Option<i64>,
}

impl Brake {
    /// The highest limit that it allows. After a refusal one request tries whether that is over.
    pub(crate) const fn cap(&self) -> f64 {
        match self.refused_ms {
            Some(_) => 1.0,
            None => f64::INFINITY,
        }
    }

    pub(crate) fn judge(&mut self, rules: &Rules, sample: &Sample) -> Demand {
        let ended_ms = sample.ended_ms();
        if sample.outcome.is_refusal() {
            let longest = rules.max_pause_ms.max(rules.cooldown_ms);
            let wanted_ms = sample.outcome.retry_after_ms();
            self.pause(ended_ms, wanted_ms.clamp(rules.cooldown_ms, longest));
            self.refused_ms = self.refused_ms.max(Some(ended_ms));
        }
        if sample.outcome.is_error() {
            self.last_error_ms = self.last_error_ms.max(ended_ms);
        }
        if self.stops > 0 && sample.started_ms < self.stopped_until_ms {
            return Demand::Nothing;
        }
        self.recent = (self.recent << 1 | u64::from(sample.outcome.is_error())) & MASK;
        if !sample.outcome.is_error() {
            self.went_well(rules, sample.started_ms, ended_ms);
            Demand::Nothing
        } else if self.on_trial || self.recent.count_ones() > TOLERATED {
            self.stop(rules, ended_ms);
            Demand::Stop
        } else if sample.outcome.is_refusal() {
            Demand::Halve
        } else {
            Demand::Nothing
        }
    }

    fn went_well(&mut self, rules: &Rules, started_ms: i64, ended_ms: i64) {
        self.on_trial = false;
        self.refused_ms = self
            .refused_ms
            .filter(|refused_ms| started_ms < *refused_ms);
        let trouble_ms = self.last_error_ms.max(self.paused_until_ms);
        if ended_ms.saturating_sub(trouble_ms) >= rules.quiet_ms {
            self.stops = 0;
        }
    }

    fn stop(&mut self, rules: &Rules, ended_ms: i64) {
        let times = 1_i64 << self.stops.min(20);
        let ms = rules.error_pause_ms.saturating_mul(times);
        let ms = ms.min(rules.max_pause_ms);
        self.pause(ended_ms, ms);
        self.stops = self.stops.saturating_add(1);
        self.stopped_until_ms = ended_ms.saturating_add(ms);
        self.on_trial = true;
        self.recent = 0;
    }

    fn pause(&mut self, from_ms: i64, ms: i64) {
        let until_ms = from_ms.saturating_add(ms);
        self.paused_until_ms = self.paused_until_ms.max(until_ms);
    }
}

const MASK: u64 = (1 << RECENT) - 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    const REFUSED: Outcome = Outcome::Throttled {
        retry_after_ms: None,
    };

    fn judge(brake: &mut Brake, started_ms: i64, outcome: Outcome) -> Demand {
        let sample = Sample {
            started_ms,
            first_byte_ms: 10,
            in_flight: 1,
            outcome,
        };
        brake.judge(&Rules::default(), &sample)
    }

    #[test]
    fn a_refusal_halves_and_is_waited_for_up_to_the_longest_pause() {
        for (hint, pause_ms) in [
            (None, 500),
            (Some(0), 500),
            (Some(-7), 500),
            (Some(30_000), 30_000),
            (Some(86_400_000), 900_000),
            (Some(i64::MAX), 900_000),
        ] {
            let mut brake = Brake::default();
            let outcome = Outcome::Throttled {
                retry_after_ms: hint,
            };
            assert_eq!(judge(&mut brake, 0, outcome), Demand::Halve);
            assert_eq!(brake.paused_until_ms, 10 + pause_ms);
        }
        for outcome in [Outcome::TimedOut, Outcome::ServerError(503)] {
            assert_eq!(judge(&mut Brake::default(), 0, outcome), Demand::Halve);
        }
        let mut brake = Brake::default();
        let outcome = Outcome::ServerError(500);
        assert_eq!(judge(&mut brake, 0, outcome), Demand::Nothing);
        assert_eq!(brake.paused_until_ms, 0);
    }

    #[test]
    fn after_a_refusal_one_request_goes_first() {
        let mut brake = Brake::default();
        assert_eq!(brake.cap(), f64::INFINITY);
        judge(&mut brake, 0, REFUSED);
        // What was in flight says nothing of what comes.
        judge(&mut brake, 9, Outcome::Ok);
        assert_eq!(brake.cap(), 1.0);
        judge(&mut brake, 600, Outcome::ServerError(500));
        assert_eq!(brake.cap(), 1.0);
        judge(&mut brake, 700, Outcome::Ok);
        assert_eq!(brake.cap(), f64::INFINITY);
    }

    #[test]
    fn a_shorter_pause_does_not_end_a_longer_one() {
        let mut brake = Brake::default();
        let retry_after_ms = Some(30_000);
        judge(&mut brake, 0, Outcome::Throttled { retry_after_ms });
        judge(&mut brake, 0, REFUSED);
        assert_eq!(brake.paused_until_ms, 30_010);
    }

    #[test]
    fn two_errors_in_fifty_are_tolerated_and_three_stop() {
        let mut brake = Brake::default();
        for at_ms in 0..500 {
            let is_error = at_ms % 25 == 0;
            let outcome = [Outcome::Ok, Outcome::ServerError(500)][usize::from(is_error)];
            assert_eq!(judge(&mut brake, at_ms, outcome), Demand::Nothing);
        }
        assert_eq!(
            judge(&mut brake, 500, Outcome::ServerError(502)),
            Demand::Nothing
        );
        assert_eq!(
            judge(&mut brake, 501, Outcome::ServerError(502)),
            Demand::Stop
        );
        assert_eq!(brake.paused_until_ms, 60_511);
    }

    fn storm(brake: &mut Brake, at_ms: i64) -> i64 {
        while judge(brake, at_ms, Outcome::ServerError(500)) != Demand::Stop {}
        brake.paused_until_ms - at_ms - 10
    }

    #[test]
    fn pauses_double_and_what_was_in_flight_does_not_double_them() {
        let mut brake = Brake::default();
        assert_eq!(storm(&mut brake, 0), 60_000);
        for _ in 0..16 {
            let demand = judge(&mut brake, 0, Outcome::ServerError(500));
            assert_eq!(demand, Demand::Nothing);
        }
        for pause_ms in [120_000, 240_000, 480_000, 900_000, 900_000] {
            let at_ms = brake.paused_until_ms;
            assert_eq!(
                judge(&mut brake, at_ms, Outcome::ServerError(500)),
                Demand::Stop
            );
            assert_eq!(brake.paused_until_ms, at_ms + 10 + pause_ms);
        }
    }

    #[test]
    fn after_a_quiet_time_pauses_are_short_again() {
        let mut brake = Brake::default();
        storm(&mut brake, 0);
        let soon_ms = brake.paused_until_ms;
        judge(&mut brake, soon_ms, Outcome::Ok);
        assert_eq!(storm(&mut brake, soon_ms + 1000), 120_000);
        let late_ms = brake.paused_until_ms + 600_000;
        judge(&mut brake, late_ms, Outcome::Ok);
        assert_eq!(storm(&mut brake, late_ms + 1), 60_000);
    }
}
