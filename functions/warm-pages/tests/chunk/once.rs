//! Each page is asked for once, and reported once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use warm_pages::handle;
use warming::Lane;

use crate::origin::{Answer, Origin};
use crate::place::{ONCE, Place, RUN, chunk, counts, deps, event, toml};

#[tokio::test]
async fn each_page_is_asked_for_once_and_reported_once() {
    let origin = Origin::start(|_, before| Answer::page(before > 0)).await;
    let place = Place::new(origin, &toml(ONCE)).await;
    let message = chunk(Lane::P1, 30);
    assert!(!place.deliver(&message, "a").await);
    assert_eq!(place.origin.asked.lock().unwrap().len(), 30);
    assert_eq!(place.origin.requests(), 30);
    let progress = place.progress();
    assert_eq!(
        (&progress["next"], &progress["lease"]),
        (&json!(30), &Value::Null)
    );
    assert_eq!(place.done_chunks(), "1");
    // It comes again, as a queue may deliver it twice.
    assert!(!place.deliver(&message, "b").await);
    assert_eq!(place.origin.requests(), 30);
    assert_eq!(
        (place.progress(), place.done_chunks()),
        (progress, "1".to_owned())
    );
    assert!(place.aws.take_messages().is_empty());
}

#[tokio::test]
async fn pages_to_be_verified_are_asked_for_until_the_cache_has_them() {
    let origin = Origin::start(|_, before| Answer::page(before > 0)).await;
    let place = Place::new(origin, &toml("[verify]\nsample = 100\nsecond_get = true")).await;
    assert!(!place.deliver(&chunk(Lane::P1, 5), "a").await);
    assert_eq!(place.origin.requests(), 10);
}

#[tokio::test]
async fn a_worker_that_is_killed_is_followed_by_one_that_goes_on() {
    let rule = |_: &str, before| Answer {
        after: Duration::from_millis(15),
        ..Answer::page(before > 0)
    };
    let origin = Origin::start(rule).await;
    let place = Place::new(origin, &toml(ONCE)).await;
    let message = chunk(Lane::P1, 100);
    let (aws, site) = (place.aws.clone(), place.origin.clone());
    let body = message.clone();
    // Lambda ends the whole process, whatever it is doing.
    let killed = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.unwrap();
        let deps = deps(&aws, &site, &toml(ONCE));
        runtime.block_on(async {
            tokio::select! {
                _ = handle(event(&body, "a", 120_000), Arc::new(deps)) => panic!("it was too fast"),
                () = site.wait_for(90) => {}
            }
        });
        runtime.shutdown_background();
    });
    place.origin.wait_for(90).await;
    killed.join().unwrap();
    // The dead worker's lease of a minute runs: its message waits for its end, and up to five
    // seconds longer.
    assert!(!place.deliver(&message, "b").await);
    let sent = place.aws.take_messages();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].queue.as_str(), sent[0].body.as_str()),
        ("http://127.0.0.1/p1", message.as_str())
    );
    assert!(
        (1..=65).contains(&sent[0].delay_seconds),
        "{}",
        sent[0].delay_seconds
    );
    // Until it has ended.
    let row = format!("run#{RUN}");
    place.aws.meddle(&row, "chunk#000000", |row| {
        row["lease"]["until_ms"] = json!(0)
    });
    place.aws.meddle("origin#shop", "limiter", |row| {
        row["shares"].as_array_mut().unwrap().clear();
    });
    assert!(!place.deliver(&message, "c").await);
    let progress = place.progress();
    assert_eq!(progress["next"], json!(100));
    assert_eq!(place.done_chunks(), "1");
    assert_eq!(place.origin.asked.lock().unwrap().len(), 100);
    let counted: u64 = counts(&progress);
    assert_eq!(counted, 100, "{progress}");
}

#[tokio::test]
async fn chunks_that_nobody_waits_for_are_acknowledged() {
    let origin = Origin::start(|_, _| Answer::page(false)).await;
    let place = Place::new(origin, &toml("")).await;
    let other = chunk(Lane::P1, 3);
    for message in [
        other.replace(RUN, "shop-hot-20260101T000000Z"),
        other.replace("\"shop\"", "\"blog\""),
        "not a chunk".to_owned(),
    ] {
        assert!(!place.deliver(&message, "a").await, "{message}");
    }
    place.aws.meddle(&format!("run#{RUN}"), "run", |run| {
        run["closed_ms"] = json!(1)
    });
    assert!(!place.deliver(&other, "b").await);
    assert_eq!(place.origin.requests(), 0);
    assert!(place.aws.take_messages().is_empty());
}
