use serde::{Deserialize, Serialize};

use crate::Maintenance;

/// How the results of a check are judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckRules {
    /// How long from one run to the next, in milliseconds.
    pub interval_ms: i64,
    /// So many failures one after the other confirm a failure.
    pub fail_after: u32,
    /// So many successes one after the other end it.
    pub pass_after: u32,
    /// A result speaks for so many intervals at most: after that nothing is known.
    pub gap_intervals: u32,
    /// Flapping is judged over so many results.
    pub flap_window: u32,
    /// From this share of changes on a check flaps, in per cent of the possible ones.
    pub flap_high_percent: u32,
    /// Below this share it stops.
    pub flap_low_percent: u32,
    /// When the check is in maintenance.
    pub maintenance: Maintenance,
}

impl Default for CheckRules {
    fn default() -> Self {
        Self {
            interval_ms: 60_000,
            fail_after: 3,
            pass_after: 2,
            gap_intervals: 3,
            flap_window: 20,
            flap_high_percent: 50,
            flap_low_percent: 25,
            maintenance: Maintenance::default(),
        }
    }
}

impl CheckRules {
    /// For how long a result speaks, in milliseconds, when no other follows.
    #[must_use]
    pub fn hold_ms(&self) -> i64 {
        let intervals = i64::from(self.gap_intervals.max(1));
        self.interval_ms.max(1).saturating_mul(intervals)
    }
}
