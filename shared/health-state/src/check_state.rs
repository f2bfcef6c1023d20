use serde::{Deserialize, Serialize};

use crate::flapping::RecentResults;
use crate::incident::Suspicion;
use crate::{Forced, Incident, Observation, Span, State, Step, Transition};

/// The state of one check, as it is stored.
///
/// It is written on condition of its [`version`](Self::version): who loses reads again, and
/// observes again. What was observed by the winner, too, then has no effect.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckState {
    /// Counts the changes.
    pub version: u64,
    /// The state.
    pub state: State,
    /// Since when, in milliseconds since 1970, back-dated for a failure; 0 before there was
    /// any result.
    pub since_ms: i64,
    /// Whether it is in maintenance. It is judged all the same, but nobody is told.
    pub maintenance: bool,
    /// Since when it changes too often, while it does.
    pub flapping_since_ms: Option<i64>,
    /// The failure that goes on, also while nothing is known.
    pub incident: Option<Incident>,
    /// When the last failure ended.
    pub recovered_ms: Option<i64>,
    /// What an event told.
    pub forced: Option<Forced>,
    /// The newest result.
    pub last: Option<Observation>,
    /// Results that came too late to be judged.
    pub late: u64,
    /// Successes one after the other while a failure goes on.
    pub(crate) successes: u32,
    pub(crate) suspicion: Option<Suspicion>,
    pub(crate) recent: RecentResults,
    /// When the newest event happened.
    pub(crate) event_ms: Option<i64>,
    /// The second up to which all seconds are accounted for.
    pub(crate) accounted_s: Option<i64>,
}

/// Why a state is entered, and when that was decided.
#[derive(Clone, Copy)]
pub(crate) struct Reason<'a> {
    pub(crate) at_ms: i64,
    pub(crate) text: &'a str,
    pub(crate) evidence: &'a [String],
}

impl<'a> Reason<'a> {
    pub(crate) fn of(observation: &'a Observation) -> Self {
        Self {
            at_ms: observation.at_ms,
            text: &observation.text,
            evidence: &observation.evidence,
        }
    }
}

impl CheckState {
    /// Since when it fails, when it does as far as is known.
    #[must_use]
    pub fn failing_since_ms(&self) -> Option<i64> {
        let incident = self.incident.as_ref()?;
        self.state.is_failing().then_some(incident.since_ms)
    }

    /// The moment of the newest result or event.
    pub(crate) fn heard_ms(&self) -> i64 {
        let last = self.last.as_ref().map(|last| last.at_ms);
        let forced = self.forced.as_ref().map(|forced| forced.since_ms);
        last.max(forced).unwrap_or(i64::MIN)
    }

    /// Whether the last result says how the check is.
    pub(crate) fn tells(&self) -> bool {
        let last = self.last.as_ref();
        last.is_some_and(|last| last.outcome.is_success().is_some())
    }

    pub(crate) const fn unchanged(&self) -> Step {
        Step {
            version: self.version,
            transitions: Vec::new(),
            spans: Vec::new(),
        }
    }

    pub(crate) const fn changed(&mut self, mut step: Step) -> Step {
        self.version = self.version.saturating_add(1);
        step.version = self.version;
        step
    }

    /// Changes to a state that began at `at_ms`, unless it is in it already.
    pub(crate) fn enter(&mut self, to: State, at_ms: i64, reason: Reason<'_>, step: &mut Step) {
        if self.state == to {
            return;
        }
        step.transitions.push(Transition {
            from: self.state,
            to,
            at_ms,
            decided_ms: reason.at_ms,
            since_ms: self.since_ms,
            text: reason.text.to_owned(),
            evidence: reason.evidence.to_vec(),
        });
        self.state = to;
        self.since_ms = at_ms;
    }

    /// Makes an incident of a suspicion, which began with its first failed probe.
    pub(crate) fn confirm(&mut self, reason: Reason<'_>, step: &mut Step) {
        let Some(suspicion) = self.suspicion.take() else {
            return;
        };
        let corrections = suspicion.counted.iter().map(|&(from_s, to_s)| Span {
            from_s,
            to_s,
            condition: State::Fail.condition(),
            was: Some(State::Suspect.condition()),
        });
        step.spans.extend(corrections);
        let mut evidence = suspicion.evidence;
        if evidence.is_empty() {
            evidence = reason.evidence.to_vec();
        }
        self.successes = 0;
        let reason_of_all = Reason {
            evidence: &evidence,
            ..reason
        };
        self.enter(State::Fail, suspicion.since_ms, reason_of_all, step);
        self.incident = Some(Incident {
            since_ms: suspicion.since_ms,
            confirmed_ms: reason.at_ms,
            text: reason.text.to_owned(),
            evidence,
        });
    }

    pub(crate) fn end_incident(&mut self, at_ms: i64) {
        self.incident = None;
        self.forced = None;
        self.successes = 0;
        self.recovered_ms = Some(at_ms);
    }
}
