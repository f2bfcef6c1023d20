use std::fmt;

use serde::{Deserialize, Serialize};

/// How urgent a run is. Each lane has its queue; the more urgent one comes first in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// What was just made invalid: visitors ask for it now.
    P0,
    /// What visitors ask for most.
    P1,
    /// All the rest.
    P2,
}

/// Why a run is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Caches were told to forget pages.
    Invalidation,
    /// Web servers were replaced.
    Deploy,
    /// Somebody, or the configuration, names pages.
    List,
    /// The pages that visitors ask for most are due.
    Hot,
    /// The pages of the sitemap are due.
    Sitemap,
}

impl Lane {
    /// All, the most urgent first.
    pub const ALL: [Self; 3] = [Self::P0, Self::P1, Self::P2];

    /// `p0`, `p1` or `p2`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P0 => "p0",
            Self::P1 => "p1",
            Self::P2 => "p2",
        }
    }

    /// The name under which a worker of this lane leases its part of the origin's limit.
    /// `unique` is one of its own for each invocation.
    #[must_use]
    pub fn worker_name(self, unique: &str) -> String {
        format!("{}-{unique}", self.as_str())
    }

    /// The lane of a worker, by its name.
    #[must_use]
    pub fn of_worker(name: &str) -> Option<Self> {
        let (lane, _) = name.split_once('-')?;
        Self::ALL
            .into_iter()
            .find(|candidate| candidate.as_str() == lane)
    }

    /// Whether one of these workers is of a more urgent lane, which this one makes room for.
    #[must_use]
    pub fn yields_to<'w>(self, workers: impl IntoIterator<Item = &'w str>) -> bool {
        let lanes = workers.into_iter().filter_map(Self::of_worker);
        lanes.min().is_some_and(|first| first < self)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Reason {
    /// The lane of a run that nothing else is said about.
    #[must_use]
    pub const fn lane(self) -> Lane {
        match self {
            Self::Invalidation => Lane::P0,
            Self::Deploy | Self::List | Self::Hot => Lane::P1,
            Self::Sitemap => Lane::P2,
        }
    }

    /// Its name in events, keys and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalidation => "invalidation",
            Self::Deploy => "deploy",
            Self::List => "list",
            Self::Hot => "hot",
            Self::Sitemap => "sitemap",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_yields_to_more_urgent_ones_only() {
        let workers = ["p1-a", "p2-b", "canary"];
        assert!(Lane::P2.yields_to(workers));
        assert!(!Lane::P1.yields_to(workers) && !Lane::P0.yields_to(workers));
        let name = Lane::P0.worker_name("7f-3");
        assert_eq!(Lane::of_worker(&name), Some(Lane::P0));
        assert!(Lane::P1.yields_to([name.as_str()]));
        assert!(!Lane::P2.yields_to([]));
    }

    #[test]
    fn names_are_those_of_the_messages() {
        assert_eq!(
            serde_json::to_string(&Lane::P0).ok().as_deref(),
            Some("\"p0\"")
        );
        let reason = serde_json::to_string(&Reason::Invalidation).ok();
        assert_eq!(reason.as_deref(), Some("\"invalidation\""));
    }
}
