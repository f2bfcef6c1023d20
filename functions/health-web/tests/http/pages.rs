//! What is shown.

use std::sync::atomic::Ordering;

use health_state::State;
use serde_json::json;

use crate::service::Service;
use crate::{ask, deps, get, header, keys, snapshot, text};

/// Each with its media type, how long it is kept, and words of it.
const PAGES: [(&str, &str, &str, &str); 6] = [
    (
        "/status",
        "text/html; charset=utf-8",
        "max-age=30",
        "The one component is up",
    ),
    (
        "/status.json",
        "application/json",
        "max-age=30",
        "\"Halden\"",
    ),
    (
        "/status/incidents.atom",
        "application/atom+xml; charset=utf-8",
        "max-age=30",
        "<feed",
    ),
    (
        "/health",
        "application/health+json",
        "max-age=10",
        "\"pass\"",
    ),
    (
        "/badge/home/health.svg",
        "image/svg+xml",
        "max-age=60",
        "<svg",
    ),
    (
        "/health/ready",
        "application/health+json",
        "no-store",
        "\"status\":\"pass\"",
    ),
];

#[tokio::test]
async fn all_of_it_comes_from_one_read_of_the_snapshot() {
    let service = Service::start(snapshot(State::Pass)).await;
    let deps = deps(&service, keys());
    for (path, media_type, kept, words) in PAGES {
        let response = get(&deps, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), media_type, "{path}");
        assert_eq!(header(&response, "cache-control"), kept, "{path}");
        assert_eq!(
            header(&response, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
        assert!(
            text(&response).contains(words),
            "{path}: {}",
            text(&response)
        );
    }
    let page = get(&deps, "/status").await;
    assert_eq!(header(&page, "refresh"), "60");
    assert!(header(&page, "content-security-policy").contains("style-src 'sha256-"));
    assert_eq!(service.gets.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_site_that_fails_is_told_but_takes_nothing_out_of_use() {
    let service = Service::start(snapshot(State::Fail)).await;
    let deps = deps(&service, keys());
    assert_eq!(get(&deps, "/health").await.status(), 503);
    assert_eq!(get(&deps, "/health/ready").await.status(), 200);
    assert_eq!(get(&deps, "/status").await.status(), 200);
}

#[tokio::test]
async fn without_a_bucket_it_is_alive_and_ready_and_says_that_it_knows_nothing() {
    let deps = deps(&Service::gone().await, keys());
    let live = get(&deps, "/health/live").await;
    assert_eq!(
        (live.status().as_u16(), text(&live)),
        (200, r#"{"status":"pass"}"#.to_owned())
    );
    for path in ["/health/ready", "/health"] {
        let response = get(&deps, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(text(&response).contains(r#""status":"warn""#), "{path}");
    }
    for path in [
        "/status",
        "/status.json",
        "/status/incidents.atom",
        "/badge/home/health.svg",
    ] {
        let response = get(&deps, path).await;
        assert_eq!(response.status(), 503, "{path}");
        assert_eq!(header(&response, "retry-after"), "30", "{path}");
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
        assert!(!text(&response).contains("127.0.0.1"), "{path}");
    }
    assert_eq!(
        header(&get(&deps, "/status").await, "content-type"),
        "text/html; charset=utf-8"
    );
}

#[tokio::test]
async fn what_is_no_snapshot_is_none() {
    let service = Service::start("{\"site\": 1}".to_owned()).await;
    assert_eq!(get(&deps(&service, keys()), "/status").await.status(), 503);
    let service = Service::start(" ".repeat(3 * 1024 * 1024)).await;
    assert_eq!(get(&deps(&service, keys()), "/status").await.status(), 503);
}

#[tokio::test]
async fn other_paths_and_methods_are_problems() {
    let service = Service::start(snapshot(State::Pass)).await;
    let deps = deps(&service, keys());
    let missing = get(&deps, "/status/other").await;
    assert_eq!(missing.status(), 404);
    assert_eq!(header(&missing, "content-type"), "application/problem+json");
    let badge = get(&deps, "/badge/shop/health.svg").await;
    assert_eq!(badge.status(), 404);
    assert!(
        text(&badge).contains("the components home"),
        "{}",
        text(&badge)
    );
    for (method, path, allowed) in [
        ("POST", "/status", "GET, HEAD"),
        ("DELETE", "/health/live", "GET, HEAD"),
        ("OPTIONS", "/health", "GET, HEAD"),
        ("HEAD", "/health/push/backup", "GET, POST"),
        ("PUT", "/health/push/backup", "GET, POST"),
    ] {
        let response = ask(&deps, method, path, &json!({}), &json!({})).await;
        assert_eq!(response.status(), 405, "{method} {path}");
        assert_eq!(header(&response, "allow"), allowed, "{method} {path}");
        assert_eq!(header(&response, "cache-control"), "no-store");
    }
    let head = ask(&deps, "HEAD", "/status", &json!({}), &json!({})).await;
    assert_eq!((head.status().as_u16(), head.body().len()), (200, 0));
    assert_eq!(header(&head, "content-type"), "text/html; charset=utf-8");
}
