//! What the public sees.

use health_state::{CheckState, State, Weekday, Weekly};

use super::*;

/// Friday, 27 November 2026, 10:20:30 UTC.
const NOW_MS: i64 = 1_795_774_830_000;
const HOUR_MS: i64 = 3_600_000;

const CHECKS: &str = r#"
[[check]]
id = "home"
depends_on = ["database"]
public = { name = "Shop", group = "Site" }
http = { url = "https://www.example.com/", expect = { status = [200] } }

[[check]]
id = "search"
depends_on = ["database"]
public = { name = "Search", group = "Site" }
http = { url = "https://www.example.com/search", expect = { status = [200] } }

[[check]]
id = "database"
tcp = { address = "db.internal:5432" }

[[maintenance]]
id = "updates"
checks = ["home"]
message = "The shop gets a new version."
weekly = { day = "fri", time = "10:00", time_zone = "UTC", duration = "1h" }

[[maintenance]]
id = "hidden"
checks = ["database"]
weekly = { day = "sun", time = "03:00", time_zone = "UTC", duration = "1h" }
"#;

fn tracked(checks: &[&str]) -> TrackedIncident {
    TrackedIncident {
        id: "database-1".to_owned(),
        root: "database".to_owned(),
        started_ms: NOW_MS - HOUR_MS,
        ended_ms: None,
        checks: checks.iter().map(|&check| check.to_owned()).collect(),
        joined: vec![
            (NOW_MS - 60_000, "search".to_owned()),
            (NOW_MS, "database".to_owned()),
        ],
        part_of: None,
    }
}

fn snapshot(states: &BTreeMap<String, CheckNow>, incidents: &[TrackedIncident]) -> Snapshot {
    let checks = SiteChecks::parse(CHECKS).unwrap();
    let facts = Facts {
        now_ms: NOW_MS,
        site: "Shop",
        url: "https://www.example.com/status".to_owned(),
        checks: &checks,
        states,
        histories: &BTreeMap::new(),
        incidents,
    };
    facts.snapshot()
}

#[test]
fn components_are_the_public_checks_in_their_order() {
    let mut state = CheckState::default();
    let observation = Observation {
        at_ms: NOW_MS - 1000,
        run_id: 1,
        outcome: Outcome::Warn,
        latency_us: None,
        text: "shop-db.internal is slow".to_owned(),
        evidence: Vec::new(),
    };
    state.observe(&observation, &CheckRules::default());
    let now = CheckNow {
        state,
        is_known: true,
        has_changed: false,
    };
    let snapshot = snapshot(&BTreeMap::from([("home".to_owned(), now)]), &[]);
    let [home, search] = snapshot.components.as_slice() else {
        panic!("{snapshot:?}");
    };
    assert_eq!((home.name.as_str(), home.group.as_str()), ("Shop", "Site"));
    assert_eq!(
        (home.state, home.checked_ms),
        (State::Warn, Some(NOW_MS - 1000))
    );
    assert_eq!((search.state, search.checked_ms), (State::Unknown, None));
    assert_eq!((search.bars.len(), search.uptime.day), (90, None));
    // What was seen is for the team.
    let json = status_page::status_json(&snapshot).unwrap();
    assert!(!json.contains("internal") && !json.contains("database"));
}

#[test]
fn incidents_name_what_the_public_knows() {
    let mut merged = tracked(&["home"]);
    merged.id = "home-2".to_owned();
    merged.root = "home".to_owned();
    merged.ended_ms = Some(NOW_MS);
    merged.part_of = Some("database-1".to_owned());
    let all = [
        tracked(&["database", "home", "search"]),
        merged,
        tracked(&["database"]),
    ];
    let snapshot = snapshot(&BTreeMap::new(), &all);
    let [first, second] = snapshot.incidents.as_slice() else {
        panic!("{:?}", snapshot.incidents);
    };
    assert_eq!(first.title, "Failure of Shop and Search");
    assert_eq!((first.root.as_deref(), first.components.len()), (None, 2));
    let notes: Vec<_> = first.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(notes, ["Search is concerned, too."]);
    assert_eq!(
        (second.root.as_deref(), second.title.as_str()),
        (Some("home"), "Failure of Shop")
    );
    assert!(
        second
            .notes
            .last()
            .unwrap()
            .text
            .contains("another incident")
    );
}

#[test]
fn maintenance_is_announced_for_the_components_that_it_is_of() {
    let snapshot = snapshot(&BTreeMap::new(), &[]);
    let windows: Vec<_> = snapshot
        .maintenance
        .iter()
        .map(|w| (w.from_ms, w.to_ms))
        .collect();
    let start_ms = NOW_MS - 20 * 60_000 - 30_000;
    let week_ms = 7 * DAY_MS;
    assert_eq!(
        windows,
        [
            (start_ms, start_ms + HOUR_MS),
            (start_ms + week_ms, start_ms + week_ms + HOUR_MS)
        ]
    );
    assert_eq!(snapshot.maintenance[0].components, ["home"]);
}

#[test]
fn windows_that_are_over_or_far_away_are_not_announced() {
    let once = |from_ms, to_ms| times(&Schedule::Once { from_ms, to_ms }, NOW_MS).len();
    assert_eq!(once(NOW_MS - HOUR_MS, NOW_MS), 0);
    assert_eq!(once(NOW_MS - 30 * DAY_MS, NOW_MS + 1), 1);
    assert_eq!(once(NOW_MS + 13 * DAY_MS, NOW_MS + 30 * DAY_MS), 1);
    assert_eq!(once(NOW_MS + 15 * DAY_MS, NOW_MS + 30 * DAY_MS), 0);
    // Nearly a week, and open since the last Friday.
    let long = Weekly::new(Weekday::Friday, "11:30", 7 * 1440 - 60, "UTC").unwrap();
    let times = times(&Schedule::Weekly(long), NOW_MS);
    assert_eq!(times.len(), 3, "{times:?}");
    assert!(times[0].0 < NOW_MS - 6 * DAY_MS && times[0].1 > NOW_MS);
    assert!(
        times
            .iter()
            .all(|(from_ms, to_ms)| to_ms - from_ms == WEEK_MS - HOUR_MS)
    );
}
