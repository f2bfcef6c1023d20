use serde::{Deserialize, Serialize};

use crate::Observation;

/// Pieces of evidence that are kept at most.
const EVIDENCE: usize = 5;

/// A confirmed failure that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Since when: the first failed probe, or the event. It names the incident, and does not
    /// change while it lasts.
    pub since_ms: i64,
    /// When that became sure.
    pub confirmed_ms: i64,
    /// What was seen, in a sentence.
    pub text: String,
    /// Proof, of the first failed probe first.
    pub evidence: Vec<String>,
}

/// Failures that may become an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suspicion {
    pub(crate) since_ms: i64,
    pub(crate) failures: u32,
    pub(crate) evidence: Vec<String>,
    /// Seconds, from and to, that were counted as up because nothing was sure.
    pub(crate) counted: Vec<(i64, i64)>,
}

impl Suspicion {
    pub(crate) const fn new(since_ms: i64) -> Self {
        Self {
            since_ms,
            failures: 0,
            evidence: Vec::new(),
            counted: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, observation: &Observation) {
        self.failures = self.failures.saturating_add(1);
        for piece in &observation.evidence {
            if self.evidence.len() < EVIDENCE && !self.evidence.contains(piece) {
                self.evidence.push(piece.clone());
            }
        }
    }

    /// Remembers seconds that count as up for now.
    pub(crate) fn count(&mut self, from_s: i64, to_s: i64) {
        match self.counted.last_mut() {
            Some(last) if last.1 == from_s => last.1 = to_s,
            _ => self.counted.push((from_s, to_s)),
        }
    }
}
