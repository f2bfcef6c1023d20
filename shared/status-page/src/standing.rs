use std::collections::BTreeMap;

use health_state::State;

use crate::snapshot::{Component, Snapshot};

/// How a component is, in the words that visitors read; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It fails, for sure.
    Down,
    /// It failed, and works again, but not for long enough to be sure.
    Recovering,
    /// It works, with a warning.
    Degraded,
    /// It failed, but not often enough to be sure.
    InDoubt,
    /// Nobody knows.
    Unknown,
    /// It is being worked on, as announced.
    Maintenance,
    /// It works.
    Up,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Recovering => "recovering",
            Self::Degraded => "degraded",
            Self::InDoubt => "in doubt",
            Self::Unknown => "unknown",
            Self::Maintenance => "in maintenance",
            Self::Up => "up",
        }
    }

    /// The shape for it, for those who see no colours.
    pub(crate) const fn shape(self) -> &'static str {
        match self {
            Self::Down => "■",
            Self::Recovering => "◧",
            Self::Degraded => "▲",
            Self::InDoubt => "◆",
            Self::Unknown => "○",
            Self::Maintenance => "▬",
            Self::Up => "●",
        }
    }

    /// The name of its colour in the style.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Down => "bad",
            Self::Recovering | Self::Degraded | Self::InDoubt => "warn",
            Self::Unknown => "soft",
            Self::Maintenance => "work",
            Self::Up => "good",
        }
    }
}

impl Snapshot {
    /// How a component is at a moment.
    #[must_use]
    pub fn standing(&self, component: &Component, now_ms: i64) -> Standing {
        let concerns = |id: &String| *id == component.id;
        let mut windows = self.maintenance.iter();
        if windows.any(|window| window.is_at(now_ms) && window.components.iter().any(concerns)) {
            return Standing::Maintenance;
        }
        match component.state {
            State::Unknown => Standing::Unknown,
            State::Pass => Standing::Up,
            State::Warn => Standing::Degraded,
            State::Suspect => Standing::InDoubt,
            State::Fail => Standing::Down,
            State::Recovering => Standing::Recovering,
        }
    }

    /// How many components are how, the worst first.
    pub(crate) fn standings(&self, now_ms: i64) -> BTreeMap<Standing, usize> {
        let mut counts = BTreeMap::new();
        for component in &self.components {
            *counts.entry(self.standing(component, now_ms)).or_default() += 1;
        }
        counts
    }

    /// How all of it is, as the worst of it is; unknown when it is stale or nothing is known.
    pub(crate) fn overall(&self, now_ms: i64) -> Standing {
        if self.is_stale(now_ms) {
            return Standing::Unknown;
        }
        let worst = self.standings(now_ms).into_keys().next();
        worst.unwrap_or(Standing::Unknown)
    }

    /// How all of it is, in a sentence without a full stop.
    pub(crate) fn sentence(&self, now_ms: i64) -> String {
        let all = self.components.len();
        let noun = if all == 1 { "component" } else { "components" };
        if self.is_stale(now_ms) {
            return "How things are now is not known".to_owned();
        }
        if all == 0 {
            return "Nothing is looked at yet".to_owned();
        }
        let mut parts = Vec::new();
        for (standing, count) in self.standings(now_ms) {
            let verb = if count == 1 { "is" } else { "are" };
            match standing {
                Standing::Up => {}
                _ if parts.is_empty() => {
                    parts.push(format!(
                        "{count} of {all} {noun} {verb} {}",
                        standing.name()
                    ));
                }
                _ => parts.push(format!("{count} {verb} {}", standing.name())),
            }
        }
        match (parts.is_empty(), all) {
            (false, _) => parts.join(", "),
            (true, 1) => "The one component is up".to_owned(),
            (true, _) => format!("All {all} components are up"),
        }
    }
}
