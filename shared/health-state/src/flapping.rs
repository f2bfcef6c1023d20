//! The last results of a check: whether one came already, and how often they changed.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{CheckRules, Observation};

/// Results that are remembered at least.
const MEMORY: usize = 20;
/// Results that are remembered at most, whatever the rules say.
const MAX_MEMORY: usize = 200;

/// When, which run, and whether it was a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen(i64, u64, Option<bool>);

/// The last results of a check, and the last ones that came late.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RecentResults {
    results: VecDeque<Seen>,
    late: VecDeque<Seen>,
}

impl RecentResults {
    /// Whether it came already: the same run, or a result of the same moment.
    pub(crate) fn knows(&self, observation: &Observation) -> bool {
        let is_same = |seen: &Seen| seen.0 == observation.at_ms || seen.1 == observation.run_id;
        self.results.iter().chain(&self.late).any(is_same)
    }

    pub(crate) fn push(&mut self, observation: &Observation, rules: &CheckRules) {
        let window = usize::try_from(rules.flap_window).unwrap_or(MAX_MEMORY);
        remember(
            &mut self.results,
            observation,
            window.clamp(MEMORY, MAX_MEMORY),
        );
    }

    pub(crate) fn push_late(&mut self, observation: &Observation) {
        remember(&mut self.late, observation, MEMORY);
    }

    /// Successes at or after a moment.
    pub(crate) fn successes_since(&self, at_ms: i64) -> usize {
        let is_success = |seen: &&Seen| seen.0 >= at_ms && seen.2 == Some(true);
        self.results.iter().filter(is_success).count()
    }

    /// Whether the check flaps, given whether it did before.
    pub(crate) fn flaps(&self, rules: &CheckRules, did: bool) -> bool {
        let window = usize::try_from(rules.flap_window).unwrap_or(MAX_MEMORY);
        let window = window.min(MAX_MEMORY);
        let possible = window.saturating_sub(1) as u64;
        let threshold = if did {
            rules.flap_low_percent
        } else {
            rules.flap_high_percent
        };
        let changes = self.changes(window) as u64;
        possible > 0 && changes > 0 && changes * 100 >= possible * u64::from(threshold)
    }

    /// How often success and failure followed each other. Results that tell nothing take
    /// part of the window, but are no change.
    fn changes(&self, window: usize) -> usize {
        let skipped = self.results.len().saturating_sub(window);
        let mut known = self.results.iter().skip(skipped).filter_map(|seen| seen.2);
        let Some(mut last) = known.next() else {
            return 0;
        };
        known
            .filter(|result| std::mem::replace(&mut last, *result) != *result)
            .count()
    }
}

fn remember(results: &mut VecDeque<Seen>, observation: &Observation, most: usize) {
    results.push_back(Seen(
        observation.at_ms,
        observation.run_id,
        observation.outcome.is_success(),
    ));
    while results.len() > most {
        results.pop_front();
    }
}
