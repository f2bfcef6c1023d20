use serde::{Deserialize, Serialize};

/// Why a probe cannot tell how the check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownReason {
    /// The prober reached nothing at all: the fault is its own.
    ConnectivityLost,
    /// The run's time was over before the probe had its turn.
    BudgetSpent,
    /// The probe itself failed, not what it asks.
    ProbeBroke,
}

impl UnknownReason {
    /// The words for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConnectivityLost => "own connectivity lost",
            Self::BudgetSpent => "budget spent",
            Self::ProbeBroke => "probe broke",
        }
    }
}

/// How one run of a probe ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All is as expected.
    Pass,
    /// It works, but not as well as it should, or not for much longer.
    Warn,
    /// It does not work.
    Fail,
    /// Nobody knows.
    Unknown(UnknownReason),
}

impl Outcome {
    /// Whether it works; `None` when nobody knows.
    #[must_use]
    pub const fn is_success(self) -> Option<bool> {
        match self {
            Self::Pass | Self::Warn => Some(true),
            Self::Fail => Some(false),
            Self::Unknown(_) => None,
        }
    }
}

/// What one run of a check's probe saw.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Observation {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Which run: the same number for whatever is delivered or done twice, such as the time
    /// that the run was scheduled for.
    pub run_id: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, in microseconds.
    pub latency_us: Option<u32>,
    /// What was seen, in a sentence, such as `status 503 instead of 200`.
    pub text: String,
    /// Proof, such as phases with their durations, or the result of the second try.
    pub evidence: Vec<String>,
}
