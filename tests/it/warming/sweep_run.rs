//! Runs of the configuration's sources: the sitemap and the hot list.

use lambda_kit::now_ms;
use local::Stack;
use serde_json::{Value, json};

use super::edge_log::EdgeLog;
use super::health::SaidHealth;
use super::{LONG, all_forgotten, closed, forget, pages, report, unique, wait_on};
use crate::harness::{fragile_stack, get_from, s3_of, wait_up_to};

/// Has a source run once more, as if its slot had just begun, and returns the report.
fn run_again(stack: &Stack, source: &str) -> Option<Value> {
    let prefix = format!("shop-{source}-");
    for run in closed(stack, &prefix) {
        forget(stack, &run);
    }
    report(stack, &prefix)
}

/// The addresses of the sitemap.
fn sitemap(stack: &Stack) -> Vec<String> {
    let map = String::from_utf8(get_from(stack, "/sitemap.xml", &[]).body).unwrap();
    let locations = map.split("<loc>").skip(1);
    let addresses = locations.map(|part| part.split("</loc>").next().unwrap());
    let path = |address: &str| address.strip_prefix(&stack.site_url()).unwrap().to_owned();
    let mut paths: Vec<String> = addresses.map(path).collect();
    for path in &mut paths {
        if path.is_empty() {
            path.push('/');
        }
    }
    paths
}

#[test]
fn every_page_of_the_sitemap_is_warmed_and_reported_once() {
    let stack = fragile_stack();
    let _health = SaidHealth::good(&stack);
    all_forgotten(&stack);
    let map = sitemap(&stack);
    assert!(map.len() > 30, "{map:?}");
    let log = EdgeLog::from_now(&stack);
    let report = run_again(&stack, "sitemap-xml").unwrap();
    assert_eq!(
        (&report["lane"], &report["reason"]),
        (&json!("p2"), &json!("sitemap"))
    );

    let variants = report["result"]["variants"].as_object().unwrap().len();
    assert_eq!(report["requested"], map.len() * variants, "{report}");
    assert_eq!(report["done"], report["requested"], "{report}");
    assert_eq!(report["failed"], 0, "{report}");
    assert_eq!(report["skipped"], json!({}), "{report}");
    assert_eq!(report["chunks"], report["chunks_done"], "{report}");
    let warmed = log.warmed();
    let cold: Vec<_> = map.iter().filter(|path| !warmed.contains(*path)).collect();
    assert!(cold.is_empty(), "{cold:?}");
    for path in &map {
        let answer = get_from(&stack, path, &[]);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("x-cache"), "Hit from cloudfront", "{path}");
    }
}

/// Writes what visitors read most, as log-report does.
fn put_hot_list(stack: &Stack, paths: &[String]) {
    let page = |path: &String| {
        json!({"path": path, "heat": 40.0, "origin_ms": 25.0, "saved_ms": 1000.0,
            "hit_ratio": null, "last_status": 200})
    };
    let list = json!({
        "site": "halden", "made_ms": now_ms(),
        "pages": paths.iter().map(page).collect::<Vec<_>>(),
    });
    let request = s3_of(stack)
        .put_object()
        .bucket(stack.output("LogResultsBucketName").unwrap())
        .key("hot-lists/halden.json")
        .body(list.to_string().into_bytes().into());
    wait_on(request.send()).unwrap();
}

#[test]
fn hot_pages_are_warmed_in_a_lane_before_the_rest() {
    let stack = fragile_stack();
    let _health = SaidHealth::good(&stack);
    let name = unique("hot");
    let mut hot = ["/products", "/blog", "/pages/about"].map(|path| format!("{path}?list={name}"));
    hot.sort();
    let log = EdgeLog::from_now(&stack);
    // log-report may write its own list at any time.
    let report = wait_up_to(LONG, "a run of the list", || {
        let prefix = "shop-hot-";
        for run in closed(&stack, prefix) {
            forget(&stack, &run);
        }
        put_hot_list(&stack, &hot);
        let report = report(&stack, prefix)?;
        (pages(&report) == hot).then_some(report)
    });
    assert_eq!(
        (&report["lane"], &report["reason"]),
        (&json!("p1"), &json!("hot"))
    );
    assert_eq!(
        (&report["requested"], &report["done"]),
        (&json!(3), &json!(3))
    );
    let warmed = log.warmed();
    for path in &hot {
        assert!(warmed.contains(path), "{path}");
        let answer = get_from(&stack, path, &[]);
        assert_eq!(answer.header("x-cache"), "Hit from cloudfront", "{path}");
    }
}
