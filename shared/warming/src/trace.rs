use origin_limit::{Health, Limiter, Refusal};
use serde::{Deserialize, Serialize};

/// Why a worker stopped before its chunk was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// A budget's requests were used up.
    Requests,
    /// A budget's bytes were used up.
    Bytes,
    /// A budget's time of the origin was used up.
    OriginTime,
    /// The time for warming was over.
    Deadline,
    /// The origin refused, or had too many errors.
    Paused,
    /// The site was down or being worked on.
    Down,
    /// It made room for others, such as those of a more urgent lane.
    Yielded,
    /// Its own time was up.
    TimeUp,
}

/// What the limiter allowed in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitMinute {
    /// The lowest limit, in hundredths of a request in flight.
    pub least: u32,
    /// The highest.
    pub most: u32,
    /// Whether requests were paused.
    pub is_paused: bool,
    /// The worst of what the health checks said.
    pub health: HealthSeen,
}

/// What health checks said; the worst comes last in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are those of Health")]
pub enum HealthSeen {
    Good,
    Unknown,
    Degraded,
    Down,
}

impl Stop {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Requests,
        Self::Bytes,
        Self::OriginTime,
        Self::Deadline,
        Self::Paused,
        Self::Down,
        Self::Yielded,
        Self::TimeUp,
    ];

    /// The name in metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Bytes => "bytes",
            Self::OriginTime => "origin-time",
            Self::Deadline => "deadline",
            Self::Paused => "paused",
            Self::Down => "down",
            Self::Yielded => "yielded",
            Self::TimeUp => "time-up",
        }
    }

    /// What the report says of it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Requests => "the budget's requests were used up",
            Self::Bytes => "the budget's bytes were used up",
            Self::OriginTime => "the budget's origin time was used up",
            Self::Deadline => "the time for warming was over",
            Self::Paused => "the origin refused, or had too many errors",
            Self::Down => "the site was down or being worked on",
            Self::Yielded => "made room for others",
            Self::TimeUp => "the function's own time was up",
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Requests { .. } => Self::Requests,
            Refusal::Bytes { .. } => Self::Bytes,
            Refusal::OriginTime { .. } => Self::OriginTime,
            Refusal::Deadline { .. } => Self::Deadline,
        }
    }
}

impl LimitMinute {
    pub(crate) fn of(limiter: &Limiter, at_ms: i64) -> Self {
        let hundredths = (limiter.limit() * 100.0).round() as u32;
        Self {
            least: hundredths,
            most: hundredths,
            is_paused: limiter.paused_until_ms() > at_ms,
            health: match limiter.health() {
                Health::Good => HealthSeen::Good,
                Health::Unknown => HealthSeen::Unknown,
                Health::Degraded => HealthSeen::Degraded,
                Health::Down => HealthSeen::Down,
            },
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.is_paused |= other.is_paused;
        self.health = self.health.max(other.health);
    }
}
