use serde::{Deserialize, Serialize};

/// Why something that was asked for is not warmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// The configuration excludes its path.
    Excluded,
    /// `robots.txt` forbids it.
    Robots,
    /// It is on another host.
    ForeignHost,
    /// Its address is none.
    Invalid,
    /// It is known to be in the cache, for long enough.
    Fresh,
    /// It is in the run already.
    Duplicate,
    /// A budget does not allow it.
    Budget,
    /// The site is not well.
    Brake,
    /// The run's time was over before it.
    Deadline,
}

impl SkipReason {
    /// The name in counts and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Excluded => "excluded",
            Self::Robots => "robots",
            Self::ForeignHost => "foreign-host",
            Self::Invalid => "invalid",
            Self::Fresh => "fresh",
            Self::Duplicate => "duplicate",
            Self::Budget => "budget",
            Self::Brake => "brake",
            Self::Deadline => "deadline",
        }
    }

    /// What the report says of it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Excluded => "excluded by warming.toml",
            Self::Robots => "forbidden by robots.txt",
            Self::ForeignHost => "on another host",
            Self::Invalid => "not an address",
            Self::Fresh => "in the cache for long enough",
            Self::Duplicate => "in the run already",
            Self::Budget => "beyond a budget",
            Self::Brake => "held back as the site was not well",
            Self::Deadline => "not reached before the deadline",
        }
    }
}
