use std::fs;

use log_formats::Source;
use log_summary::HOUR_MS;

use super::{list, metric, now_ms, object, reads, reported, result};
use crate::harness::get;
use crate::logs::duckdb;

/// A page that no other test asks for.
const PAGE: &str = "/search?page=4711";
const VISITS: u64 = 7;

/// What visitors do is in the report, in metrics, in tables and in the hot list within a
/// minute, and the counts are those of a program that knows nothing of ours.
#[tokio::test(flavor = "multi_thread")]
async fn what_visitors_do_is_told_within_a_minute() {
    let started = now_ms();
    for _ in 0..VISITS {
        assert_eq!(get(PAGE, &[]).status, 200);
    }
    let hours = || started.div_euclid(HOUR_MS)..=now_ms().div_euclid(HOUR_MS);
    let counted = |source| async move {
        let mut sum = 0;
        for hour in hours() {
            sum += reads(hour, source, PAGE).await;
        }
        sum
    };
    for source in [Source::Cloudfront, Source::Nginx] {
        reported(
            &format!("the visits in the log of {}", source.name()),
            || async move {
                let seen = counted(source).await;
                assert!(seen <= VISITS, "{seen} visits were counted");
                (source != Source::Cloudfront || seen == VISITS).then_some(())
            },
        )
        .await;
    }
    // Of the visits that the edge's cache answered, nothing behind it knows.
    let behind = reported("a visit in the load balancer's log", || async {
        let seen = counted(Source::Alb).await;
        (seen > 0).then_some(seen)
    })
    .await;
    assert!(behind <= VISITS);

    let page = reported("the page of the hour", || async {
        let (date, hour) = log_formats::date_and_hour(started);
        let key = format!("reports/halden/{date}-{hour:02}.html");
        let html = String::from_utf8(result(&key).await?).unwrap();
        html.contains(PAGE).then_some(html)
    })
    .await;
    assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("<script"));
    let hot = reported("the page in the hot list", || async {
        let hot: serde_json::Value =
            serde_json::from_slice(&result("hot-lists/halden.json").await?).unwrap();
        let pages = hot["pages"].as_array().unwrap().clone();
        pages.into_iter().find(|page| page["path"] == PAGE)
    })
    .await;
    assert!(
        hot["heat"].as_f64().unwrap() >= VISITS as f64 / 2.0,
        "{hot}"
    );
    reported("metrics", || async {
        let tier = [
            ("service", "log-report"),
            ("site", "halden"),
            ("tier", "cloudfront"),
        ];
        (metric("Requests", &tier) >= VISITS as f64).then_some(())
    })
    .await;

    let dir = tempfile::tempdir().unwrap();
    for (output, prefix) in [
        ("LogBucketName", "cloudfront/"),
        ("LogBucketName", "alb/"),
        ("LogResultsBucketName", "tables/web_requests/"),
    ] {
        for key in list(output, prefix).await {
            let path = dir.path().join(&key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, object(output, &key).await.unwrap()).unwrap();
        }
    }
    let counts = duckdb::run(include_str!("count_page.py"), dir.path());
    assert_eq!(counts["raw cloudfront"], VISITS, "{counts}");
    assert_eq!(counts["table cloudfront"], VISITS, "{counts}");
    assert_eq!(counts["raw alb"], behind, "{counts}");
    assert_eq!(counts["table alb"], behind, "{counts}");
}
