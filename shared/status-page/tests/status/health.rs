//! The answers to programs.

use health_state::State;
use serde_json::{Value, json};
use status_page::{HealthStatus, Snapshot, health_json, health_status, status_json};

use crate::sample::{HOUR_MS, NOW_MS, component, full, snapshot, window};

fn health(snapshot: &Snapshot, now_ms: i64) -> Value {
    serde_json::from_str(&health_json(snapshot, now_ms)).unwrap()
}

#[test]
fn states_are_pass_warn_or_fail() {
    let states = [
        (State::Pass, "pass", 200),
        (State::Warn, "warn", 200),
        (State::Suspect, "warn", 200),
        (State::Unknown, "warn", 200),
        (State::Fail, "fail", 503),
        (State::Recovering, "fail", 503),
    ];
    for (state, word, http) in states {
        let well = component("b", "Pages", State::Pass);
        let site = snapshot(vec![well, component("a", "Cart", state)]);
        let answer = health(&site, NOW_MS);
        assert_eq!(answer["status"], word, "{state:?}");
        assert_eq!(answer["checks"]["a:state"][0]["status"], word);
        assert_eq!(answer["checks"]["b:state"][0]["status"], "pass");
        assert_eq!(health_status(&site, NOW_MS).http_status(), http);
    }
}

#[test]
fn checks_are_as_the_draft_has_them() {
    let answer = health(
        &snapshot(vec![component("shop:cart", "Cart", State::Pass)]),
        NOW_MS,
    );
    assert_eq!(
        answer["checks"],
        json!({
            "shop-cart:state": [{
                "componentId": "shop:cart", "componentType": "component",
                "observedValue": "up", "status": "pass", "time": "2026-11-27T10:19:50Z",
            }],
            "shop-cart:responseTime": [{
                "componentId": "shop:cart", "componentType": "component",
                "observedValue": 230.4, "observedUnit": "ms",
                "status": "pass", "time": "2026-11-27T10:19:50Z",
            }],
            "shop-cart:availability": [{
                "componentId": "shop:cart", "componentType": "component",
                "observedValue": 100.0, "observedUnit": "percent",
                "status": "pass", "time": "2026-11-27T10:19:50Z",
            }],
        })
    );
    assert_eq!(answer["links"]["about"], "https://www.example.com/status");
}

#[test]
fn stale_data_are_never_well_and_still_fail() {
    let late = NOW_MS + HOUR_MS;
    let well = snapshot(vec![component("a", "Cart", State::Pass)]);
    assert_eq!(health_status(&well, late), HealthStatus::Warn);
    let stale = health(&well, late);
    assert_eq!(
        stale["notes"][1],
        "data are stale since 2026-11-27T10:20:00Z"
    );
    let failing = snapshot(vec![component("a", "Cart", State::Fail)]);
    assert_eq!(health_status(&failing, late), HealthStatus::Fail);
    assert_eq!(
        health_status(&snapshot(Vec::new()), NOW_MS),
        HealthStatus::Warn
    );
}

#[test]
fn maintenance_is_no_failure() {
    let mut site = snapshot(vec![component("a", "Cart", State::Fail)]);
    site.maintenance = vec![window(&["a"], NOW_MS - HOUR_MS, NOW_MS + HOUR_MS)];
    assert_eq!(health_status(&site, NOW_MS), HealthStatus::Warn);
}

#[test]
fn the_snapshot_is_read_back_from_its_json() {
    let site = full(&[[86_000, 400, 0, 0]], 30);
    let json = status_json(&site).unwrap();
    assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), site);
    assert!(json.contains("\"24h\":1.0"));
    let least = json!({"site": "x", "url": "", "made_ms": 0, "components": []});
    let least: Snapshot = serde_json::from_value(least).unwrap();
    assert_eq!(least.stale_ms, status_page::STALE_MS);
}
