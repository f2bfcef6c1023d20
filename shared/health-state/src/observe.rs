//! How a state takes in results.

use crate::check_state::{CheckState, Reason};
use crate::incident::Suspicion;
use crate::{CheckRules, Observation, Outcome, State, Step};

impl CheckState {
    /// Takes in a result.
    ///
    /// One that came already has no effect, as far as the last twenty are remembered. One that is older than the newest result, or than
    /// the event that holds the state, is counted, but not judged. A result that tells nothing
    /// neither confirms nor clears what the others say.
    pub fn observe(&mut self, observation: &Observation, rules: &CheckRules) -> Step {
        if self.recent.knows(observation) {
            return self.unchanged();
        }
        let mut step = Step::default();
        if observation.at_ms < self.heard_ms() {
            self.late = self.late.saturating_add(1);
            self.recent.push_late(observation);
            return self.changed(step);
        }
        self.run_to(observation.at_ms, rules, &mut step);
        self.begin(observation.at_ms);
        self.recent.push(observation, rules);
        match observation.outcome {
            Outcome::Pass => self.succeed(State::Pass, observation, rules, &mut step),
            Outcome::Warn => self.succeed(State::Warn, observation, rules, &mut step),
            Outcome::Fail => self.fail(observation, rules, &mut step),
            Outcome::Unknown(reason) => self.lose_sight(observation, reason.name(), &mut step),
        }
        self.last = Some(observation.clone());
        self.flap(observation.at_ms, rules);
        self.changed(step)
    }

    fn succeed(&mut self, to: State, seen: &Observation, rules: &CheckRules, step: &mut Step) {
        self.suspicion = None;
        let mut to = to;
        if self.incident.is_some() {
            self.successes = self.successes.saturating_add(1);
            if self.successes >= rules.pass_after {
                self.end_incident(seen.at_ms);
            } else {
                to = State::Recovering;
            }
        }
        self.enter(to, seen.at_ms, Reason::of(seen), step);
    }

    fn fail(&mut self, seen: &Observation, rules: &CheckRules, step: &mut Step) {
        if self.incident.is_some() {
            self.successes = 0;
            if let Some(forced) = &mut self.forced {
                forced.is_confirmed = true;
            }
            self.enter(State::Fail, seen.at_ms, Reason::of(seen), step);
            return;
        }
        let suspicion = self
            .suspicion
            .get_or_insert_with(|| Suspicion::new(seen.at_ms));
        suspicion.add(seen);
        if suspicion.failures >= rules.fail_after {
            self.confirm(Reason::of(seen), step);
        } else {
            self.enter(State::Suspect, seen.at_ms, Reason::of(seen), step);
        }
    }

    /// An event's word stands while the probes tell nothing.
    fn lose_sight(&mut self, seen: &Observation, why: &str, step: &mut Step) {
        if self.forced.is_some() {
            return;
        }
        let mut reason = Reason::of(seen);
        if reason.text.is_empty() {
            reason.text = why;
        }
        self.enter(State::Unknown, seen.at_ms, reason, step);
    }

    fn flap(&mut self, at_ms: i64, rules: &CheckRules) {
        let did = self.flapping_since_ms;
        self.flapping_since_ms = self
            .recent
            .flaps(rules, did.is_some())
            .then(|| did.unwrap_or(at_ms));
    }
}
