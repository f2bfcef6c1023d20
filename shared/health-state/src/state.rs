use serde::{Deserialize, Serialize};

use crate::Condition;

/// The state of a check.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing is known: no result yet, none for too long, or the last one told nothing.
    #[default]
    Unknown,
    /// It works.
    Pass,
    /// It works, with a warning.
    Warn,
    /// It failed, but not often enough to be sure.
    Suspect,
    /// It fails, for sure.
    Fail,
    /// It failed, and passed again, but not often enough to be sure.
    Recovering,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Suspect => "suspect",
            Self::Fail => "fail",
            Self::Recovering => "recovering",
        }
    }

    /// Whether a confirmed failure goes on, as far as is known.
    #[must_use]
    pub const fn is_failing(self) -> bool {
        matches!(self, Self::Fail | Self::Recovering)
    }

    /// What its seconds count as. A suspicion is up until it is confirmed; a recovery is down
    /// until it is.
    #[must_use]
    pub const fn condition(self) -> Condition {
        match self {
            Self::Unknown => Condition::Unknown,
            Self::Pass | Self::Warn | Self::Suspect => Condition::Up,
            Self::Fail | Self::Recovering => Condition::Down,
        }
    }
}
