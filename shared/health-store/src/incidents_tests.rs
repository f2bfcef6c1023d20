//! What belongs to one incident.

use health_state::{CheckRules, Observation, Outcome};

use super::*;

const START_MS: i64 = 1_795_774_800_000;
const MINUTE_MS: i64 = 60_000;

/// A site that is looked at each minute: `home` and `search` need `database`.
struct Site {
    graph: DependencyGraph,
    rules: CheckRules,
    states: BTreeMap<String, CheckState>,
    incidents: Incidents,
    minute: i64,
}

impl Site {
    fn new() -> Self {
        let checks = [
            ("database", Vec::new()),
            ("home", vec!["database".to_owned()]),
            ("search", vec!["database".to_owned()]),
        ];
        let checks = checks.map(|(check, of)| (check.to_owned(), of));
        Self {
            states: checks
                .clone()
                .map(|(check, _)| (check, CheckState::default()))
                .into(),
            graph: DependencyGraph::new(checks).unwrap(),
            rules: CheckRules::default(),
            incidents: Incidents::default(),
            minute: 0,
        }
    }

    /// Some minutes in which these checks fail, and no others.
    fn minutes(&mut self, minutes: i64, failing: &[&str]) {
        for _ in 0..minutes {
            let at_ms = START_MS + self.minute * MINUTE_MS;
            for (check, state) in &mut self.states {
                let is_failing = failing.contains(&check.as_str());
                let observation = Observation {
                    at_ms,
                    run_id: at_ms.unsigned_abs(),
                    outcome: if is_failing {
                        Outcome::Fail
                    } else {
                        Outcome::Pass
                    },
                    latency_us: None,
                    text: String::new(),
                    evidence: Vec::new(),
                };
                state.observe(&observation, &self.rules);
            }
            self.update(true);
            self.minute += 1;
        }
    }

    fn update(&mut self, is_known: bool) -> bool {
        let seen = |(check, state)| {
            let check: &String = check;
            (check.clone(), Seen { state, is_known })
        };
        let seen: BTreeMap<_, _> = self.states.iter().map(seen).collect();
        self.incidents.update(Scene {
            now_ms: START_MS + self.minute * MINUTE_MS,
            seen: &seen,
            graph: &self.graph,
        })
    }

    fn only(&self) -> &TrackedIncident {
        assert_eq!(self.incidents.list.len(), 1, "{:?}", self.incidents);
        &self.incidents.list[0]
    }
}

fn names(incident: &TrackedIncident) -> Vec<&str> {
    incident.checks.iter().map(String::as_str).collect()
}

#[test]
fn what_has_one_cause_is_one_incident_from_the_first_failure_to_the_last() {
    let mut site = Site::new();
    site.minutes(5, &[]);
    site.minutes(3, &["database", "home"]);
    let began_ms = START_MS + 5 * MINUTE_MS;
    let incident = site.only();
    assert_eq!(incident.id, format!("database-{began_ms}"));
    assert_eq!(
        (incident.started_ms, names(incident)),
        (began_ms, vec!["database", "home"])
    );
    site.minutes(4, &["database", "home", "search"]);
    assert_eq!(names(site.only()), ["database", "home", "search"]);
    assert_eq!(site.only().joined.len(), 1);
    // The cause is gone, but not all that it did.
    site.minutes(4, &["search"]);
    assert_eq!(
        (site.only().root.as_str(), site.only().ended_ms),
        ("search", None)
    );
    site.minutes(3, &[]);
    let ended_ms = START_MS + 17 * MINUTE_MS;
    assert_eq!(site.only().ended_ms, Some(ended_ms));
    assert!(!site.update(true));
}

#[test]
fn a_cause_that_is_found_later_makes_one_of_two() {
    let mut site = Site::new();
    site.minutes(4, &["home"]);
    site.minutes(4, &["home", "search"]);
    assert_eq!(site.incidents.list.len(), 2);
    site.minutes(3, &["home", "search", "database"]);
    let open: Vec<_> = site
        .incidents
        .list
        .iter()
        .filter(|i| i.ended_ms.is_none())
        .collect();
    assert_eq!((open.len(), open[0].root.as_str()), (1, "database"));
    assert_eq!(open[0].id, format!("home-{START_MS}"));
    let other = site
        .incidents
        .list
        .iter()
        .find(|i| i.ended_ms.is_some())
        .unwrap();
    assert_eq!(other.part_of.as_ref(), Some(&open[0].id));
}

#[test]
fn what_is_not_known_ends_nothing() {
    let mut site = Site::new();
    site.minutes(4, &["home"]);
    site.states.insert("home".to_owned(), CheckState::default());
    assert!(!site.update(false));
    assert_eq!(site.only().ended_ms, None);
    // What is looked at no longer is over.
    site.states.remove("home");
    assert!(site.update(true));
    assert_eq!(site.only().ended_ms, Some(START_MS + 4 * MINUTE_MS));
}

#[test]
fn maintenance_begins_no_incident() {
    let mut site = Site::new();
    let schedule = health_state::Schedule::Once {
        from_ms: START_MS,
        to_ms: START_MS + 10 * MINUTE_MS,
    };
    site.rules.maintenance.schedules.push(schedule);
    site.minutes(10, &["database", "home"]);
    assert!(site.incidents.list.is_empty());
    site.minutes(1, &["database", "home"]);
    assert_eq!(site.only().started_ms, START_MS);
}

#[test]
fn incidents_are_forgotten_after_90_days() {
    let mut site = Site::new();
    site.minutes(4, &["home"]);
    site.minutes(4, &[]);
    site.minute += 90 * 1440;
    assert!(site.update(true) && site.incidents.list.is_empty());
}
