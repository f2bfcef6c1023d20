//! What follows for checks.

use cloud_events::EventSources;
use health_checks::SiteChecks;
use health_state::{CheckRules, CheckState, Observation, Outcome, State};
use serde_json::json;

use crate::{sample, told};

fn state_after(names: &[&str], passes_ms: &[i64]) -> CheckState {
    let rules = CheckRules::default();
    let mut state = CheckState::default();
    for name in names {
        if let Some(event) = told(&sample(name)).cloud_event() {
            state.force(&event, &rules);
        }
    }
    for at_ms in passes_ms {
        let pass = Observation {
            at_ms: *at_ms,
            run_id: u64::try_from(*at_ms).unwrap(),
            outcome: Outcome::Pass,
            latency_us: None,
            text: String::new(),
            evidence: Vec::new(),
        };
        state.observe(&pass, &rules);
    }
    state
}

#[test]
fn a_failover_fails_at_once_and_twice_is_once() {
    let state = state_after(&["rds-failover-started"], &[]);
    assert_eq!(state.state, State::Fail);
    assert_eq!(state.failing_since_ms(), Some(1_795_334_403_412));
    assert_eq!(state.incident.as_ref().unwrap().text, "failing-over");
    assert_eq!(
        state,
        state_after(&["rds-failover-started", "rds-failover-started"], &[])
    );
}

#[test]
fn an_end_ends_nothing_that_probes_do_not_see_but_outruns_a_late_beginning() {
    let both = ["rds-failover-started", "rds-failover-completed"];
    assert_eq!(state_after(&both, &[]).state, State::Fail);
    assert_eq!(
        state_after(&both, &[1_795_334_500_000, 1_795_334_560_000]).state,
        State::Pass
    );
    let late = ["rds-failover-completed", "rds-failover-started"];
    assert_eq!(state_after(&late, &[]).state, State::Unknown);
}

const CHECKS: &str = r#"
[[check]]
id = "database"
events = ["rds:env:DATABASE_INSTANCE", "rds-proxy:sidetier-site", "alarm:*-DatabaseStorageAlarm-*"]
push = { grace = "1h" }

[[check]]
id = "storage"
events = ["alarm:*-DatabaseStorageAlarm-*"]
push = { grace = "1h" }

[[check]]
id = "cache"
events = ["elasticache:env:STACK_NAME-site", "autoscaling:env:OTHER"]
push = { grace = "1h" }

[[check]]
id = "home"
push = { grace = "1h" }
"#;

#[test]
fn events_concern_the_checks_that_name_their_source() {
    let value = |name: &str| match name {
        "DATABASE_INSTANCE" => Some("sidetier-database".to_owned()),
        "STACK_NAME" => Some("sidetier".to_owned()),
        _ => None,
    };
    let sources = EventSources::of(&SiteChecks::parse(CHECKS).unwrap(), value);
    assert_eq!(sources.missing().collect::<Vec<_>>(), ["OTHER"]);
    for (name, checks) in [
        ("rds-failover-started", &["database"][..]),
        ("rds-proxy-lost-its-database", &["database"]),
        ("alarm", &["database", "storage"]),
        ("cache-node-replace-started", &["cache"]),
        ("instance-launch-unsuccessful", &[]),
    ] {
        let told = told(&sample(name));
        assert_eq!(
            sources.concerned(&told).collect::<Vec<_>>(),
            checks,
            "{name}"
        );
    }
    let mut node = sample("cache-node-replace-started");
    node["Records"][0]["Sns"]["Message"] =
        json!(r#"{"ElastiCache:CacheNodeReplaceStarted":"sidetier-site-002"}"#);
    assert_eq!(
        sources.concerned(&told(&node)).collect::<Vec<_>>(),
        ["cache"]
    );
}
