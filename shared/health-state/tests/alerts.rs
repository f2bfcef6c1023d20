//! Who is told what.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::collections::{BTreeMap, BTreeSet};

use health_state::{
    AlertRule, Alerts, CheckRules, CheckState, DependencyGraph, Maintenance, Notice, NoticeKind,
    Observation, Outcome, Schedule, Severity, UnknownReason, Watched,
};
use proptest::prelude::*;

use Outcome::{Fail, Pass};

const MINUTE: i64 = 60_000;
const UNKNOWN: Outcome = Outcome::Unknown(UnknownReason::ConnectivityLost);

/// Checks of which each of `web`, `api` and `db` depends on the next.
struct Site {
    states: BTreeMap<String, CheckState>,
    rules: CheckRules,
    alerts: Alerts,
    minute: i64,
}

impl Site {
    fn new() -> Self {
        let names = ["web", "api", "db"].map(str::to_owned);
        Self {
            states: names.map(|name| (name, CheckState::default())).into(),
            rules: CheckRules::default(),
            alerts: Alerts::default(),
            minute: 0,
        }
    }

    fn decide(&mut self) -> Vec<Notice> {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let edges: [(&str, &[&str]); 3] = [("web", &["api"]), ("api", &["db"]), ("db", &[])];
        let edges = edges.map(|(check, of): (&str, &[&str])| (check.to_owned(), own(of)));
        let rule = AlertRule {
            severity: Severity::Page,
            remind_ms: Some(30 * MINUTE),
        };
        let watched: BTreeMap<String, Watched<'_>> = self
            .states
            .iter()
            .map(|(name, state)| (name.clone(), Watched { state, rule: &rule }))
            .collect();
        let graph = DependencyGraph::new(edges).unwrap();
        self.alerts.decide(self.minute * MINUTE, &watched, &graph)
    }

    fn observe(&mut self, web: Outcome, api: Outcome, db: Outcome) {
        self.minute += 1;
        for (name, outcome) in [("web", web), ("api", api), ("db", db)] {
            let observation = Observation {
                at_ms: self.minute * MINUTE,
                run_id: self.minute as u64,
                outcome,
                latency_us: None,
                text: format!("{name} is {outcome:?}"),
                evidence: vec![name.to_owned()],
            };
            if let Some(state) = self.states.get_mut(name) {
                state.observe(&observation, &self.rules);
            }
        }
    }

    /// Runs of all checks with the same outcomes, and the keys of the notices.
    fn run(&mut self, times: usize, web: Outcome, api: Outcome, db: Outcome) -> Vec<String> {
        let mut keys = Vec::new();
        for _ in 0..times {
            self.observe(web, api, db);
            keys.extend(self.decide().into_iter().map(|notice| notice.key));
            assert_eq!(self.decide(), [], "decided twice");
        }
        keys
    }
}

#[test]
fn a_failure_is_raised_reminded_of_and_resolved() {
    let mut site = Site::new();
    assert!(site.run(1, Pass, Pass, Pass).is_empty());
    assert!(site.run(2, Pass, Pass, Fail).is_empty());
    site.observe(Pass, Pass, Fail);
    let notices = site.decide();
    let [notice] = &notices[..] else {
        panic!("{notices:?}")
    };
    assert_eq!(notice.key, "db/failure/120000/raised");
    assert_eq!((notice.since_ms, notice.at_ms), (2 * MINUTE, 4 * MINUTE));
    assert_eq!(
        (notice.title.as_str(), notice.text.as_str()),
        ("`db` fails", "db is Fail")
    );
    assert_eq!(notice.severity, Severity::Page);
    let keys = site.run(60, Pass, Pass, Fail);
    assert_eq!(
        keys,
        [
            "db/failure/120000/reminder-1",
            "db/failure/120000/reminder-2"
        ]
    );
    assert!(site.run(1, Pass, Pass, Pass).is_empty());
    site.observe(Pass, Pass, Pass);
    let notices = site.decide();
    assert_eq!(notices[0].key, "db/failure/120000/resolved");
    assert_eq!(notices[0].title, "`db` fails no longer, after 1 h 4 min");
}

#[test]
fn only_the_root_is_told_of_with_what_it_causes() {
    let mut site = Site::new();
    site.run(2, Fail, Fail, Fail);
    site.observe(Fail, Fail, Fail);
    let notices = site.decide();
    let [notice] = &notices[..] else {
        panic!("{notices:?}")
    };
    assert_eq!(notice.check, "db");
    assert_eq!(notice.causes, ["api", "web"]);
    // The database recovers, the service does not: now that is the root.
    let keys = site.run(2, Fail, Fail, Pass);
    assert_eq!(
        keys,
        ["api/failure/60000/raised", "db/failure/60000/resolved"]
    );
    assert_eq!(
        site.run(2, Pass, Pass, Pass),
        ["api/failure/60000/resolved"]
    );
}

#[test]
fn a_check_waits_for_a_suspect_dependency_but_not_for_an_unknown_one() {
    let mut site = Site::new();
    site.run(1, Fail, Pass, Pass);
    assert!(site.run(2, Fail, Pass, Fail).is_empty());
    assert_eq!(
        site.run(1, Fail, Pass, UNKNOWN),
        ["web/failure/60000/raised"]
    );
    // What was raised is resolved, though another is its root by now.
    let keys = site.run(3, Fail, Fail, Fail);
    assert_eq!(keys, ["db/failure/120000/raised"]);
    let keys = site.run(2, Pass, Pass, Pass);
    assert_eq!(
        keys,
        ["db/failure/120000/resolved", "web/failure/60000/resolved"]
    );
}

#[test]
fn nobody_is_told_in_maintenance_but_after_it() {
    let mut site = Site::new();
    site.rules.maintenance = Maintenance {
        schedules: vec![Schedule::Once {
            from_ms: 5 * MINUTE,
            to_ms: 50 * MINUTE,
        }],
    };
    assert_eq!(site.run(4, Pass, Fail, Pass), ["api/failure/60000/raised"]);
    assert!(site.run(20, Pass, Pass, Fail).is_empty());
    assert!(site.run(20, Fail, Pass, Pass).is_empty());
    assert!(site.run(5, Pass, Pass, Fail).is_empty());
    // What came and went is never told.
    assert_eq!(
        site.run(30, Pass, Pass, Fail),
        [
            "api/failure/60000/resolved",
            "db/failure/2700000/raised",
            "db/failure/2700000/reminder-1"
        ]
    );
}

#[test]
fn flapping_is_told_once_instead_of_each_failure() {
    let mut site = Site::new();
    (site.rules.fail_after, site.rules.pass_after) = (1, 1);
    site.run(10, Pass, Pass, Pass);
    let mut keys = Vec::new();
    for _ in 0..20 {
        keys.extend(site.run(1, Pass, Pass, Fail));
        keys.extend(site.run(1, Pass, Pass, Pass));
    }
    let flaps = keys.split_off(keys.len() - 1);
    assert_eq!(flaps, ["db/flapping/1200000/raised"]);
    // Ten changes: the tenth one, a success, is resolved when the flapping is over.
    assert_eq!(keys.len(), 9, "{keys:?}");
    let keys = site.run(40, Pass, Pass, Pass);
    assert_eq!(
        keys,
        [
            "db/flapping/1200000/resolved",
            "db/failure/1140000/resolved"
        ]
    );
}

#[test]
fn what_is_watched_no_longer_is_resolved() {
    let mut site = Site::new();
    assert_eq!(site.run(3, Fail, Pass, Pass), ["web/failure/60000/raised"]);
    site.states.remove("web");
    let notices = site.decide();
    assert_eq!(notices[0].kind, NoticeKind::Resolved);
    assert_eq!(notices[0].text, "it is watched no longer");
    assert_eq!(site.decide(), []);
}

#[test]
fn who_decides_again_from_what_is_stored_decides_the_same() {
    let mut site = Site::new();
    site.run(2, Fail, Fail, Fail);
    site.observe(Fail, Fail, Fail);
    let stored = serde_json::to_string(&site.alerts).unwrap();
    let first = site.decide();
    assert_eq!(site.alerts.version, 1);
    site.alerts = serde_json::from_str(&stored).unwrap();
    assert_eq!(site.decide(), first);
}

fn outcomes() -> impl Strategy<Value = (Outcome, Outcome, Outcome, usize)> {
    let outcome = || prop_oneof![3 => Just(Pass), 3 => Just(Fail), 1 => Just(UNKNOWN)];
    (outcome(), outcome(), outcome(), 1usize..6)
}

proptest! {
    #[test]
    fn every_notice_is_decided_once_and_what_was_raised_is_resolved(
        runs in proptest::collection::vec(outcomes(), 0..30),
        from in 0i64..100,
        fail_after in 1u32..4,
    ) {
        let mut site = Site::new();
        site.rules.fail_after = fail_after;
        site.rules.maintenance.schedules.push(Schedule::Once {
            from_ms: from * MINUTE,
            to_ms: (from + 30) * MINUTE,
        });
        let mut keys = Vec::new();
        for (web, api, db, times) in runs {
            keys.extend(site.run(times, web, api, db));
        }
        keys.extend(site.run(150, Pass, Pass, Pass));
        let unique: BTreeSet<_> = keys.iter().collect();
        prop_assert_eq!(unique.len(), keys.len());
        let of = |end: &str| -> BTreeSet<_> {
            keys.iter().filter_map(|key| key.strip_suffix(end)).collect()
        };
        prop_assert_eq!(of("/raised"), of("/resolved"));
        for key in of("/raised") {
            let at = |end: &str| keys.iter().position(|other| *other == format!("{key}{end}"));
            prop_assert!(at("/raised") < at("/resolved"));
        }
    }
}
