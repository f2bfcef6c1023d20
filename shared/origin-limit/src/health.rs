use serde::{Deserialize, Serialize};

/// What the health checks say about the site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// All is well: the origin's own answers decide.
    Good,
    /// Something is slow or missing: one request at a time.
    Degraded,
    /// The origin is down or being worked on: no request.
    Down,
    /// Nobody said anything lately: as if degraded. A site without health checks says
    /// [`Health::Good`].
    #[default]
    Unknown,
}

impl Health {
    /// The highest limit that it allows.
    #[must_use]
    pub const fn cap(self) -> f64 {
        match self {
            Self::Good => f64::INFINITY,
            Self::Degraded | Self::Unknown => 1.0,
            Self::Down => 0.0,
        }
    }
}
