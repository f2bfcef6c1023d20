//! One request through every tier.

use std::fs;

use serde_json::Value;

use crate::harness::{Answer, get, stack, wait_for};

/// The lines of a tier's log, where they are JSON.
fn lines(tier: &str) -> Vec<Value> {
    let log = stack().tier_log(tier).unwrap();
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// The line in which a tier tells of a request.
fn line(tier: &str, field: &str, id: &str) -> Value {
    wait_for(&format!("{id} in the log of {tier}"), || {
        lines(tier).into_iter().find(|line| line[field] == id)
    })
}

/// Whichever of the two web servers tells of a request.
fn web_line(id: &str) -> Option<Value> {
    let mut lines = ["web-1", "web-2"].into_iter().flat_map(lines);
    lines.find(|line| line["request_id"] == id)
}

fn server_timing(answer: &Answer) -> String {
    let values = answer.headers.get_all("server-timing").iter();
    let values: Vec<&str> = values.map(|value| value.to_str().unwrap()).collect();
    values.join(", ")
}

#[test]
fn one_request_has_one_id_in_every_log() {
    // A page that nobody asked for before.
    let page = format!("/search?q=journey-{}", std::process::id());
    let first = get(&page, &[]);
    assert_eq!(first.status, 200);
    assert_eq!(first.header("x-cache"), "Miss from cloudfront");
    let id = first.header("x-amz-cf-id");
    assert_eq!(first.header("x-request-id"), id);

    let edge = line("edge", "x-edge-request-id", id);
    assert_eq!(edge["x-edge-result-type"], "Miss");
    let proxy = line("proxy", "request_id", id);
    assert_eq!(proxy["status"].to_string().trim_matches('"'), "200");
    let web = wait_for("the web server's line", || web_line(id));
    assert_eq!(web["status"], 200);

    let timing = server_timing(&first);
    for part in ["cdn-cache-miss", "proxy;desc=", "app;dur="] {
        assert!(timing.contains(part), "{part} in {timing}");
    }
}

#[test]
fn the_second_request_ends_at_the_edge() {
    let page = format!("/search?q=second-{}", std::process::id());
    get(&page, &[]);
    let second = get(&page, &[]);
    assert_eq!(second.header("x-cache"), "Hit from cloudfront");
    let id = second.header("x-amz-cf-id");
    assert_eq!(
        line("edge", "x-edge-request-id", id)["x-edge-result-type"],
        "Hit"
    );
    let timing = server_timing(&second);
    assert!(timing.contains("cdn-cache-hit"), "{timing}");
    assert!(web_line(id).is_none(), "the web tier was asked");
}

#[test]
fn tracking_parameters_do_not_make_another_page() {
    let page = format!("/search?q=tracked-{}", std::process::id());
    get(&page, &[]);
    let tracked = get(&format!("{page}&utm_source=mail&gclid=1"), &[]);
    assert_eq!(tracked.header("x-cache"), "Hit from cloudfront");
    let other = get(&format!("{page}&sort=price"), &[]);
    assert_eq!(other.header("x-cache"), "Miss from cloudfront");
}

#[test]
fn the_address_that_a_viewer_claims_is_not_believed() {
    let page = format!("/search?q=spoof-{}", std::process::id());
    let answer = get(&page, &[("x-forwarded-for", "203.0.113.9")]);
    let id = answer.header("x-amz-cf-id");
    let proxy = line("proxy", "request_id", id);
    assert!(!proxy.to_string().contains("203.0.113.9"), "{proxy}");
}
