//! Which failures belong together, for the public: one incident for what has one cause.

use std::collections::{BTreeMap, BTreeSet};

use health_state::{CheckState, DAY_S, DependencyGraph, RootCauses};
use serde::{Deserialize, Serialize};

/// For how long incidents are told of after their end.
const KEPT_MS: i64 = 90 * DAY_S * 1000;
/// Incidents that are kept at most; the first that ended go first.
const MAX_INCIDENTS: usize = 100;
/// Checks that are told of as having joined later, in one incident.
const MAX_JOINED: usize = 20;

/// A check as a run has seen it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its state.
    pub state: &'a CheckState,
    /// Whether that is how it is now, and not only what was known last.
    pub is_known: bool,
}

/// Failures that have one cause, from the first one until none is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackedIncident {
    /// Names it, for ever: the check that it came from at first, and since when.
    pub id: String,
    /// The check that it comes from.
    pub root: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// When it ended, if it did.
    pub ended_ms: Option<i64>,
    /// All checks that failed in it, the root among them.
    pub checks: BTreeSet<String>,
    /// The checks that failed later than the others, and when that became known; at most 20.
    pub joined: Vec<(i64, String)>,
    /// The incident that this one turned out to be a part of; it ended with that.
    pub part_of: Option<String>,
}

/// The incidents that go on, and those of the last 90 days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Incidents {
    pub(crate) list: Vec<TrackedIncident>,
}

/// What incidents are made of.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) now_ms: i64,
    pub(crate) seen: &'a BTreeMap<String, Seen<'a>>,
    pub(crate) graph: &'a DependencyGraph,
}

impl Scene<'_> {
    fn failing_since_ms(&self, check: &str) -> Option<i64> {
        self.seen.get(check)?.state.failing_since_ms()
    }

    fn is_in_maintenance(&self, check: &str) -> bool {
        let seen = self.seen.get(check);
        seen.is_some_and(|seen| seen.state.maintenance)
    }

    /// Whether a failure is over for sure. It is not while nothing is known.
    fn is_over(&self, check: &str) -> bool {
        let over = |seen: &Seen<'_>| seen.is_known && seen.state.incident.is_none();
        self.seen.get(check).is_none_or(over)
    }

    fn recovered_ms(&self, check: &str) -> Option<i64> {
        self.seen.get(check)?.state.recovered_ms
    }
}

impl Incidents {
    /// Takes in how all checks are; whether that changed anything.
    pub(crate) fn update(&mut self, scene: Scene<'_>) -> bool {
        let before = self.clone();
        let causes = scene
            .graph
            .root_causes(|check| scene.failing_since_ms(check));
        for (root, group) in groups(&causes, scene) {
            self.take_in(root, &group, scene);
        }
        self.end(scene);
        self.forget(scene.now_ms);
        *self != before
    }

    /// Takes in checks that fail because of `root`. They belong to the incident that any of
    /// them was in; when that is more than one, these are one from now on.
    fn take_in(&mut self, root: &str, group: &BTreeSet<&str>, scene: Scene<'_>) {
        let Some(since_ms) = scene.failing_since_ms(root) else {
            return;
        };
        let has_any = |incident: &&mut TrackedIncident| {
            let is_in = |check: &String| group.contains(check.as_str());
            incident.ended_ms.is_none() && incident.checks.iter().any(is_in)
        };
        let mut open: Vec<_> = self.list.iter_mut().filter(has_any).collect();
        open.sort_by_key(|incident| incident.started_ms);
        let mut open = open.into_iter();
        let Some(first) = open.next() else {
            // What was announced is not news.
            if !scene.is_in_maintenance(root) {
                self.begin(root, since_ms, group);
            }
            return;
        };
        first.started_ms = first.started_ms.min(since_ms);
        if group.contains(first.root.as_str()) || scene.is_over(&first.root) {
            root.clone_into(&mut first.root);
        }
        for check in group {
            if first.checks.insert((*check).to_owned()) && first.joined.len() < MAX_JOINED {
                first.joined.push((scene.now_ms, (*check).to_owned()));
            }
        }
        for other in open {
            other.ended_ms = Some(scene.now_ms);
            other.part_of = Some(first.id.clone());
        }
    }

    fn begin(&mut self, root: &str, since_ms: i64, group: &BTreeSet<&str>) {
        let id = format!("{root}-{since_ms}");
        self.list.retain(|incident| incident.id != id);
        self.list.push(TrackedIncident {
            id,
            root: root.to_owned(),
            started_ms: since_ms,
            ended_ms: None,
            checks: group.iter().map(|check| (*check).to_owned()).collect(),
            joined: Vec::new(),
            part_of: None,
        });
    }

    /// Ends incidents of which nothing fails any more.
    fn end(&mut self, scene: Scene<'_>) {
        let open = self.list.iter_mut().filter(|i| i.ended_ms.is_none());
        for incident in open {
            if incident.checks.iter().all(|check| scene.is_over(check)) {
                let recovered = incident.checks.iter();
                let last_ms = recovered
                    .filter_map(|check| scene.recovered_ms(check))
                    .max();
                let ended_ms = last_ms.filter(|at_ms| *at_ms > incident.started_ms);
                incident.ended_ms = Some(ended_ms.unwrap_or(scene.now_ms));
            }
        }
    }

    /// Forgets what ended long ago, and what is too much.
    fn forget(&mut self, now_ms: i64) {
        let oldest_ms = now_ms.saturating_sub(KEPT_MS);
        let is_recent = |i: &TrackedIncident| i.ended_ms.is_none_or(|at_ms| at_ms >= oldest_ms);
        self.list.retain(is_recent);
        self.list
            .sort_by_key(|i| (i.ended_ms.unwrap_or(i64::MAX), i.started_ms));
        let too_many = self.list.len().saturating_sub(MAX_INCIDENTS);
        self.list.drain(..too_many);
    }

    /// Forgets the first that ended; whether there was one at all.
    pub(crate) fn forget_one(&mut self) -> bool {
        let is_any = !self.list.is_empty();
        self.list.drain(..usize::from(is_any));
        is_any
    }
}

/// The failing checks by their root, without those in maintenance.
fn groups<'a>(causes: &'a RootCauses, scene: Scene<'_>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (check, root) in causes.iter() {
        let group = groups.entry(root).or_default();
        if check == root || !scene.is_in_maintenance(check) {
            group.insert(check);
        }
    }
    groups
}

#[cfg(test)]
#[path = "incidents_tests.rs"]
mod tests;
