//! Who may not go on hands the chunk back.

use std::sync::Arc;

use lambda_kit::now_ms;
use origin_limit::Limiter;
use serde_json::{Value, json};
use warm_pages::handle;
use warm_store::WarmStore;
use warming::Lane;

use crate::origin::{Answer, Origin};
use crate::place::{ONCE, Place, chunk, event, toml};

#[tokio::test]
async fn a_worker_without_time_hands_its_chunk_back_at_once() {
    let origin = Origin::start(|_, _| Answer::page(false)).await;
    let place = Place::new(origin, &toml("")).await;
    let message = chunk(Lane::P2, 10);
    let event = event(&message, "a", 1_000);
    handle(event, Arc::clone(&place.deps)).await.unwrap();
    assert_eq!(place.origin.requests(), 0);
    let sent = place.aws.take_messages();
    assert_eq!((sent.len(), sent[0].delay_seconds), (1, 0));
    assert_eq!(place.progress()["lease"], Value::Null);
    // Its part of the limit is free again, and what was set aside is given back.
    let limiter = place.aws.document("origin#shop", "limiter").unwrap();
    assert!(limiter["shares"][0]["lease_until_ms"].as_i64().unwrap() <= now_ms());
}

#[tokio::test]
async fn a_refusal_with_a_long_wait_ends_the_work_and_is_waited_for_in_the_queue() {
    let rule = |path: &str, _| {
        if path == "/products/2" {
            Answer {
                status: 503,
                headers: "retry-after: 120\r\nserver-timing: cdn-cache-miss\r\n".to_owned(),
                ..Answer::page(false)
            }
        } else {
            Answer::page(false)
        }
    };
    let place = Place::new(Origin::start(rule).await, &toml("")).await;
    assert!(!place.deliver(&chunk(Lane::P1, 50), "a").await);
    let asked = place.origin.asked.lock().unwrap().len();
    assert!((3..=5).contains(&asked), "{asked}");
    let sent = place.aws.take_messages();
    assert!(
        (60..=120).contains(&sent[0].delay_seconds),
        "{}",
        sent[0].delay_seconds
    );
    // Who comes meanwhile asks for nothing.
    assert!(!place.deliver(&sent[0].body, "b").await);
    assert_eq!(place.origin.asked.lock().unwrap().len(), asked);
    assert_eq!(place.aws.take_messages().len(), 1);
}

#[tokio::test]
async fn a_site_that_is_down_or_worked_on_is_left_alone() {
    let settings = toml("[brakes]\nchecks = [\"home\"]\nmax_age = \"3m\"");
    for (state, maintenance) in [("fail", false), ("pass", true)] {
        let origin = Origin::start(|_, _| Answer::page(false)).await;
        let place = Place::new(origin, &settings).await;
        let check =
            json!({"state": state, "since_ms": now_ms() - 240_000, "maintenance": maintenance});
        let now = json!({"made_ms": now_ms(), "checks": {"home": check}});
        let row = json!({
            "pk": {"S": "now"}, "sk": {"S": "-"}, "made_ms": {"N": now_ms().to_string()},
            "now": {"S": now.to_string()},
        });
        let key = ("now".to_owned(), "-".to_owned());
        place.aws.stored.lock().unwrap().rows.insert(key, row);
        assert!(!place.deliver(&chunk(Lane::P0, 5), "a").await);
        assert_eq!(place.origin.requests(), 0);
        let sent = place.aws.take_messages();
        // As long again as it has lasted.
        assert!(
            (240..=250).contains(&sent[0].delay_seconds),
            "{}",
            sent[0].delay_seconds
        );
    }
}

#[tokio::test]
async fn a_less_urgent_worker_makes_room() {
    let origin = Origin::start(|_, _| Answer::page(false)).await;
    let place = Place::new(origin, &toml(ONCE)).await;
    let store = WarmStore::new(place.aws.tables(), "warm".to_owned());
    let rules = &place.deps.site.limiter;
    let limiter = store.limiter("shop", rules).await.unwrap();
    let lease = |limiter: &mut Limiter| limiter.lease(rules, "p0-x", now_ms());
    store
        .change_limiter("shop", rules, limiter, lease, now_ms())
        .await
        .unwrap();
    assert!(!place.deliver(&chunk(Lane::P2, 5), "a").await);
    assert_eq!(place.origin.requests(), 0);
    assert_eq!(place.aws.take_messages()[0].delay_seconds, 60);
    assert!(!place.deliver(&chunk(Lane::P0, 5), "b").await);
    assert_eq!(place.origin.requests(), 5);
}

#[tokio::test]
async fn a_storm_of_errors_stops_the_work_after_a_few_requests() {
    let rule = |_: &str, _| Answer {
        status: 500,
        headers: "server-timing: cdn-cache-miss\r\n".to_owned(),
        ..Answer::page(false)
    };
    let place = Place::new(Origin::start(rule).await, &toml(ONCE)).await;
    assert!(!place.deliver(&chunk(Lane::P1, 50), "a").await);
    // Two errors of fifty are tolerated.
    assert!(place.origin.requests() <= 4, "{}", place.origin.requests());
    assert_eq!(place.aws.take_messages()[0].delay_seconds, 60);
    let progress = place.progress();
    assert_eq!(progress["result"]["failed"], progress["next"]);
    assert_eq!(progress["result"]["stops"]["paused"], json!(1));
}
