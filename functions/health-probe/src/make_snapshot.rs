//! What the public sees of the site's health, made of what is known of it.

use std::collections::BTreeMap;

use health_checks::{Check, MaintenanceWindow, SiteChecks};
use health_state::{CheckRules, Condition, Maintenance, Observation, Outcome, Schedule, replay};
use health_store::{History, TrackedIncident};
use status_page::{Component, Incident, Latency, Note, STALE_MS, Snapshot, Uptime, Window};

use crate::record_results::CheckNow;

const DAY_MS: i64 = 86_400_000;
/// How far ahead maintenance is announced.
const AHEAD_MS: i64 = 14 * DAY_MS;
/// A window of every week is shorter than that: so far back one may have begun that is open.
const WEEK_MS: i64 = 7 * DAY_MS;
/// Windows of one kind that are announced.
const WINDOWS: usize = 2;

/// What a snapshot is made of.
pub(crate) struct Facts<'a> {
    pub(crate) now_ms: i64,
    pub(crate) site: &'a str,
    pub(crate) url: String,
    pub(crate) checks: &'a SiteChecks,
    pub(crate) states: &'a BTreeMap<String, CheckNow>,
    pub(crate) histories: &'a BTreeMap<String, History>,
    pub(crate) incidents: &'a [TrackedIncident],
}

/// The checks that the public knows, each with its name.
pub(crate) fn public(checks: &SiteChecks) -> impl Iterator<Item = (&Check, &str)> {
    let checks = checks.checks.iter();
    checks.filter_map(|check| Some((check, check.component.as_ref()?.name.as_str())))
}

impl Facts<'_> {
    /// The snapshot.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let components = public(self.checks).map(|(check, name)| self.component(check, name));
        let windows = self.checks.maintenance.iter();
        Snapshot {
            site: self.site.to_owned(),
            url: self.url.clone(),
            made_ms: self.now_ms,
            stale_ms: STALE_MS,
            components: components.collect(),
            incidents: self.incidents(),
            maintenance: windows.flat_map(|window| self.windows(window)).collect(),
        }
    }

    fn component(&self, check: &Check, name: &str) -> Component {
        let unseen = CheckNow::default();
        let state = &self.states.get(&check.id).unwrap_or(&unseen).state;
        let today = self.now_ms.div_euclid(DAY_MS);
        let nothing = History::default();
        let history = self.histories.get(&check.id).unwrap_or(&nothing);
        let uptime = history.uptime();
        let group = check.component.as_ref().and_then(|of| of.group.clone());
        Component {
            id: check.id.clone(),
            name: name.to_owned(),
            group: group.unwrap_or_default(),
            state: state.state,
            since_ms: state.since_ms,
            checked_ms: state.last.as_ref().map(|last| last.at_ms),
            uptime: Uptime {
                day: history.last_24_hours(self.now_ms),
                week: uptime.uptime(today, 7),
                month: uptime.uptime(today, 30),
                quarter: uptime.uptime(today, 90),
            },
            bars: uptime.bars(today),
            latency: latency(history, today),
        }
    }

    /// The incidents that the public can see anything of.
    fn incidents(&self) -> Vec<Incident> {
        let names: BTreeMap<&str, &str> = public(self.checks)
            .map(|(check, name)| (check.id.as_str(), name))
            .collect();
        let incidents = self.incidents.iter();
        incidents
            .filter_map(|tracked| incident(tracked, &names))
            .collect()
    }

    /// When a window is open, now or next. What is announced is of components, or of all.
    fn windows(&self, window: &MaintenanceWindow) -> Vec<Window> {
        let concerned = public(self.checks).filter(|(check, _)| window.is_of(&check.id));
        let components: Vec<String> = concerned.map(|(check, _)| check.id.clone()).collect();
        if components.is_empty() {
            return Vec::new();
        }
        let times = times(&window.schedule, self.now_ms).into_iter();
        let of = |(from_ms, to_ms)| Window {
            components: components.clone(),
            from_ms,
            to_ms,
            text: window.message.clone(),
        };
        times.take(WINDOWS).map(of).collect()
    }
}

/// How fast answers came today and yesterday: of today alone it would be very few at first.
fn latency(history: &History, today: i64) -> Option<Latency> {
    let latency = history.latency(today - 1..=today)?;
    Some(Latency {
        p50_us: latency.p50_us.into(),
        p95_us: latency.p95_us.into(),
        p99_us: latency.p99_us.into(),
    })
}

/// What the public sees of an incident; nothing when it concerns no component.
fn incident(tracked: &TrackedIncident, names: &BTreeMap<&str, &str>) -> Option<Incident> {
    let concerned = tracked.checks.iter();
    let concerned = concerned.filter_map(|id| Some((id, *names.get(id.as_str())?)));
    let (components, shown): (Vec<String>, Vec<&str>) =
        concerned.map(|(id, name)| (id.clone(), name)).unzip();
    let title = match shown.as_slice() {
        [] => return None,
        [one] => format!("Failure of {one}"),
        [one, other] => format!("Failure of {one} and {other}"),
        more => format!("Failure of {} components", more.len()),
    };
    let joined = tracked.joined.iter().filter_map(|(at_ms, id)| {
        let name = names.get(id.as_str())?;
        let text = format!("{name} is concerned, too.");
        Some(Note {
            at_ms: *at_ms,
            text,
        })
    });
    let merged = tracked.ended_ms.filter(|_| tracked.part_of.is_some());
    let merged = merged.map(|at_ms| Note {
        at_ms,
        text: "This turned out to be a part of another incident.".to_owned(),
    });
    Some(Incident {
        id: tracked.id.clone(),
        root: names
            .contains_key(tracked.root.as_str())
            .then(|| tracked.root.clone()),
        components,
        started_ms: tracked.started_ms,
        ended_ms: tracked.ended_ms,
        title,
        notes: joined.chain(merged).collect(),
    })
}

/// When a schedule's windows are open that are not over, and begin within two weeks.
fn times(schedule: &Schedule, now_ms: i64) -> Vec<(i64, i64)> {
    let times = match schedule {
        Schedule::Once { from_ms, to_ms } => vec![(*from_ms, *to_ms)],
        Schedule::Weekly(_) => weekly_times(schedule, now_ms),
    };
    let is_next = |(from_ms, to_ms): &(i64, i64)| *to_ms > now_ms && *from_ms < now_ms + AHEAD_MS;
    times.into_iter().filter(is_next).collect()
}

/// What a check that is in no other maintenance will have been in it, second by second.
fn weekly_times(schedule: &Schedule, now_ms: i64) -> Vec<(i64, i64)> {
    let rules = CheckRules {
        maintenance: Maintenance {
            schedules: vec![schedule.clone()],
        },
        ..CheckRules::default()
    };
    let begin = Observation {
        at_ms: now_ms - WEEK_MS,
        run_id: 0,
        outcome: Outcome::Pass,
        latency_us: None,
        text: String::new(),
        evidence: Vec::new(),
    };
    // The last window that begins in time ends within a week more.
    let replay = replay(&[begin], &rules, now_ms + AHEAD_MS + WEEK_MS);
    let intervals = replay.timeline.intervals().iter();
    intervals
        .filter(|interval| interval.condition == Condition::Maintenance)
        .map(|interval| (interval.from_s * 1000, interval.to_s * 1000))
        .collect()
}

#[cfg(test)]
#[path = "make_snapshot_tests.rs"]
mod tests;
