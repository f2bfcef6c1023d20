//! Answers of the database that are in Redis before a page asks.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::unique;
use crate::harness::{Answer, get, stack, wait_for};

const SCHEDULE: &str = include_str!("../../../events/warm-queries/schedule.json");

/// Removes an answer from Redis, as an eviction does.
fn evict(key: &str) {
    let url = url::Url::parse(&stack().redis_url()).unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut redis = TcpStream::connect(address).unwrap();
    redis
        .write_all(format!("DEL c:{key}\r\n").as_bytes())
        .unwrap();
    let mut answer = [0; 1];
    redis.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b":", "Redis counts what it removed");
}

/// A page that no HTTP cache has, and where its data came from.
fn data_of(page: &str) -> String {
    let answer: Answer = get(&format!("{page}?queries={}", unique("fresh")), &[]);
    assert_eq!(answer.status, 200, "{page}");
    let values = answer.headers.get_all("server-timing").iter();
    let timing: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
    let timing = timing.join(", ");
    let start = timing
        .find(", cache;desc=")
        .unwrap_or_else(|| panic!("no cache in {timing}"));
    let outcome = timing[start..].split([';', ',']).nth(2).unwrap();
    outcome.trim_start_matches("desc=").to_owned()
}

/// Warms until a run has computed something.
fn warm(event: &str) -> Value {
    wait_for("a run that warmed something", || {
        let outcome = stack().invoke("warm-queries", event).unwrap();
        assert_eq!(outcome["failed"], 0, "{outcome}");
        (outcome["warmed"].as_u64()? > 0).then_some(outcome)
    })
}

#[test]
fn a_page_finds_what_an_invalidation_had_warmed() {
    evict("page:about");
    assert_eq!(data_of("/pages/about"), "computed");
    evict("page:about");
    let detail = r#"{"reason": "invalidation", "paths": ["/pages/about"], "tags": ["page-about"]}"#;
    let event = format!(
        r#"{{"source": "sidetier.cache", "detail-type": "warm.requested", "detail": {detail}}}"#
    );
    assert_eq!(warm(&event)["warmed"], 1);
    assert_eq!(data_of("/pages/about"), "hit");
}

#[test]
fn the_schedule_warms_what_every_visitor_needs() {
    for key in ["home", "shop", "blog", "sitemap"] {
        evict(key);
    }
    warm(SCHEDULE);
    for page in ["/", "/products", "/blog"] {
        assert_eq!(data_of(page), "hit", "{page}");
    }
    // It asked as the role that may do nothing else.
    let asked = "SELECT usename FROM pg_stat_activity WHERE usename = 'sidetier_warm'";
    assert!(!stack().sql(asked).unwrap().is_empty());
}

#[test]
fn the_role_that_warms_cannot_write() {
    let read = stack().sql("SET ROLE sidetier_warm; SELECT count(*) > 0 FROM products");
    assert_eq!(read.unwrap().last().unwrap(), "t");
    for statement in [
        "UPDATE products SET stock = 0",
        "DELETE FROM articles",
        "INSERT INTO cache_events (tag) VALUES ('forged')",
        "SELECT id FROM cache_events",
        "SELECT id FROM cache_purges",
        "CREATE TABLE mine (id integer)",
    ] {
        let refused = stack().sql(&format!("SET ROLE sidetier_warm; {statement}"));
        let error = format!("{:#}", refused.unwrap_err());
        assert!(error.contains("permission denied"), "{statement}: {error}");
    }
}
