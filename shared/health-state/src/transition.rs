use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Span, State};

/// A change of a check's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The state that was left.
    pub from: State,
    /// The state that it is in now.
    pub to: State,
    /// When the new state began, in milliseconds since 1970: a failure at its first failed
    /// probe, though that was not sure then.
    pub at_ms: i64,
    /// When it was decided.
    pub decided_ms: i64,
    /// Since when it had been in the state that was left.
    pub since_ms: i64,
    /// Why, in a sentence.
    pub text: String,
    /// Proof.
    pub evidence: Vec<String>,
}

/// What changed at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Step {
    /// The state's version that it led to. A step that comes from something known already
    /// is empty, and its version is that of before.
    pub version: u64,
    /// Changes of state, in order.
    pub transitions: Vec<Transition>,
    /// Seconds that now are known, in order, and corrections of earlier ones.
    pub spans: Vec<Span>,
}

impl Step {
    /// The days, since 1970, whose rollups change: two of them around midnight.
    #[must_use]
    pub fn days(&self) -> BTreeSet<i64> {
        self.spans.iter().flat_map(Span::days).collect()
    }
}
