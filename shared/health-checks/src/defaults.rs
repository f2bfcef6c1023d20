use health_state::Severity;
use serde::Deserialize;

use crate::Period;

/// What holds for checks that do not say otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// How long from one run to the next.
    pub every: Period,
    /// How long an answer is waited for.
    pub timeout: Period,
    /// So many failures one after the other confirm a failure.
    pub fail_after: u32,
    /// So many successes one after the other end it.
    pub pass_after: u32,
    /// How soon someone must look.
    pub severity: Severity,
    /// How long from one reminder to the next; `None` for no reminders.
    pub remind: Option<Period>,
    /// When a check changes too often.
    pub flap: Flap,
}

/// When a check changes too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flap {
    /// It is judged over so many results.
    pub window: u32,
    /// From this share of changes on it flaps, in per cent.
    pub high: u32,
    /// Below this share it stops.
    pub low: u32,
}

/// What a run may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// Time, all checks together.
    pub total: Period,
    /// Checks at once.
    pub parallel: u16,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            every: Period::from_seconds(60),
            timeout: Period::from_seconds(3),
            fail_after: 3,
            pass_after: 2,
            severity: Severity::Ticket,
            remind: None,
            flap: Flap::default(),
        }
    }
}

impl Default for Flap {
    fn default() -> Self {
        Self {
            window: 20,
            high: 50,
            low: 25,
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            total: Period::from_seconds(25),
            parallel: 32,
        }
    }
}
