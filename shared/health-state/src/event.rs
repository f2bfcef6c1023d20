use serde::{Deserialize, Serialize};

use crate::check_state::{CheckState, Reason};
use crate::incident::Suspicion;
use crate::{CheckRules, Outcome, State, Step};

/// What the cloud says of what is checked, such as that a database fails over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudEvent {
    /// When it happened, in milliseconds since 1970. An event that is not newer than the last
    /// is one that came twice.
    pub at_ms: i64,
    /// For how long it holds at most, in milliseconds.
    pub limit_ms: i64,
    /// The words for it, such as `failing-over`.
    pub text: String,
    /// Proof, such as the event's id.
    pub evidence: Vec<String>,
}

/// A failure that an event told, and that probes have not ended yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forced {
    /// Since when it holds.
    pub since_ms: i64,
    /// When it ends, if no probe ends it before.
    pub until_ms: i64,
    /// The words for it, such as `failing-over`.
    pub text: String,
    /// Whether a probe failed, too: then the end of the time limit ends nothing.
    pub is_confirmed: bool,
}

impl CheckState {
    /// Takes in an event: the check fails at once, until `pass_after` probes pass or the
    /// event's time is over. An event that probes have outlived has no effect, and one that
    /// comes late holds from the last result on.
    pub fn force(&mut self, event: &CloudEvent, rules: &CheckRules) -> Step {
        if self.event_ms.is_some_and(|last| event.at_ms <= last) {
            return self.unchanged();
        }
        let mut step = Step::default();
        self.event_ms = Some(event.at_ms);
        let since_ms = event.at_ms.max(self.heard_ms());
        let until_ms = event.at_ms.saturating_add(event.limit_ms);
        let passes = self.recent.successes_since(event.at_ms) as u64;
        if since_ms < until_ms && passes < u64::from(rules.pass_after.max(1)) {
            self.run_to(since_ms, rules, &mut step);
            self.begin(since_ms);
            self.hold(event, since_ms, until_ms, &mut step);
        }
        self.changed(step)
    }

    fn hold(&mut self, event: &CloudEvent, since_ms: i64, until_ms: i64, step: &mut Step) {
        self.successes = 0;
        self.forced = Some(Forced {
            since_ms,
            until_ms,
            text: event.text.clone(),
            is_confirmed: self.incident.is_some() || self.suspicion.is_some(),
        });
        let reason = Reason {
            at_ms: since_ms,
            text: &event.text,
            evidence: &event.evidence,
        };
        if self.incident.is_some() {
            self.enter(State::Fail, since_ms, reason, step);
        } else {
            self.suspicion
                .get_or_insert_with(|| Suspicion::new(since_ms));
            self.confirm(reason, step);
        }
    }

    /// The event's time is over: the probes have the last word, if they said anything since.
    pub(crate) fn end_forced(&mut self, step: &mut Step) {
        let Some(forced) = self.forced.take() else {
            return;
        };
        let last = self
            .last
            .as_ref()
            .filter(|last| last.at_ms >= forced.since_ms);
        let state = match last.map(|last| last.outcome) {
            _ if forced.is_confirmed && self.tells() => return,
            Some(Outcome::Pass) => State::Pass,
            Some(Outcome::Warn) => State::Warn,
            _ => State::Unknown,
        };
        if !forced.is_confirmed {
            self.end_incident(forced.until_ms);
        }
        let text = format!("{} is over: its time limit passed", forced.text);
        let reason = Reason {
            at_ms: forced.until_ms,
            text: &text,
            evidence: &[],
        };
        self.enter(state, forced.until_ms, reason, step);
    }
}
