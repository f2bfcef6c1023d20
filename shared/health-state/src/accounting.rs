//! How time passes for a state: every second is accounted for once.

use crate::check_state::{CheckState, Reason};
use crate::history::HISTORY_DAYS;
use crate::{CheckRules, Condition, DAY_S, Span, State, Step};

/// What happens without a result.
enum Passage {
    /// The last result speaks no longer.
    Silence(i64),
    /// An event's time is over.
    EventEnd(i64),
}

impl CheckState {
    /// Lets time pass without a result: maintenance begins and ends, an event's time is over,
    /// the last result speaks no longer.
    ///
    /// Results that are older than `now_ms` and come later are judged, but count only from
    /// `now_ms` on.
    pub fn advance(&mut self, now_ms: i64, rules: &CheckRules) -> Step {
        let before = (self.accounted_s, self.maintenance);
        let mut step = Step::default();
        self.run_to(now_ms, rules, &mut step);
        if before == (self.accounted_s, self.maintenance) && step.transitions.is_empty() {
            return self.unchanged();
        }
        self.changed(step)
    }

    pub(crate) fn run_to(&mut self, now_ms: i64, rules: &CheckRules, step: &mut Step) {
        while let Some(passage) = self.next_passage(now_ms, rules) {
            match passage {
                Passage::Silence(at_ms) => {
                    self.account(at_ms, rules, step);
                    self.fall_silent(at_ms, step);
                }
                Passage::EventEnd(at_ms) => {
                    self.account(at_ms, rules, step);
                    self.end_forced(step);
                }
            }
        }
        self.account(now_ms, rules, step);
        self.maintenance = rules.maintenance.is_at(now_ms);
    }

    fn next_passage(&self, now_ms: i64, rules: &CheckRules) -> Option<Passage> {
        if let Some(forced) = &self.forced {
            return (forced.until_ms <= now_ms).then_some(Passage::EventEnd(forced.until_ms));
        }
        let silent_ms = self.last.as_ref()?.at_ms.saturating_add(rules.hold_ms());
        let counts = self.suspicion.is_some() || self.successes > 0;
        let is_silent = silent_ms < now_ms && (counts || self.state != State::Unknown);
        let accounted_ms = self.accounted_s.unwrap_or(0).saturating_mul(1000);
        is_silent.then(|| Passage::Silence(silent_ms.max(accounted_ms)))
    }

    /// What follows a gap is not one after the other. A failure that was sure stays one.
    fn fall_silent(&mut self, at_ms: i64, step: &mut Step) {
        self.suspicion = None;
        self.successes = 0;
        let reason = Reason {
            at_ms,
            text: "no result for too long",
            evidence: &[],
        };
        self.enter(State::Unknown, at_ms, reason, step);
    }

    /// Seconds count from the first result or event on.
    pub(crate) fn begin(&mut self, at_ms: i64) {
        self.accounted_s.get_or_insert(at_ms.div_euclid(1000));
    }

    /// Accounts for the seconds up to a moment, as what the state says.
    fn account(&mut self, to_ms: i64, rules: &CheckRules, step: &mut Step) {
        let Some(accounted_s) = self.accounted_s else {
            return;
        };
        let to_s = to_ms.div_euclid(1000);
        if to_s <= accounted_s {
            return;
        }
        self.accounted_s = Some(to_s);
        // What no history keeps need not be counted.
        let mut from_s = accounted_s.max(to_s.saturating_sub(HISTORY_DAYS * DAY_S));
        for (start_s, end_s) in rules.maintenance.within_s(from_s, to_s) {
            self.count(from_s, start_s, self.state.condition(), step);
            self.count(start_s, end_s, Condition::Maintenance, step);
            from_s = end_s;
        }
        self.count(from_s, to_s, self.state.condition(), step);
    }

    fn count(&mut self, from_s: i64, to_s: i64, condition: Condition, step: &mut Step) {
        if from_s >= to_s {
            return;
        }
        step.spans.push(Span {
            from_s,
            to_s,
            condition,
            was: None,
        });
        if let (State::Suspect, Condition::Up) = (self.state, condition)
            && let Some(suspicion) = &mut self.suspicion
        {
            suspicion.count(from_s, to_s);
        }
    }
}
