//! Runs begin, are planned, and are closed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use warm_plan::Outcome;
use warm_store::Versioned;
use warming::{ChunkProgress, Failure, ItemResult, Verdict, Visit};

use crate::origin::{Answer, Origin};
use crate::place::{HOT, Place, invalidation, paths, site};

#[tokio::test]
async fn an_event_is_planned_at_once_and_once() {
    let robots = b"User-agent: *\nDisallow: /private\n".to_vec();
    let place = Place::new(&site(vec![("/robots.txt", robots)]).await, HOT).await;
    let event = invalidation(&["/products/a", "/private/b", "/cart/c", "/products/*"]);
    let outcome = place.invoke(event.clone(), 120_000).await;
    assert_eq!((outcome.begun, outcome.planned, outcome.failed), (1, 1, 0));
    assert_eq!(
        place.aws.stored.lock().unwrap().messages[0].queue,
        "http://127.0.0.1/p0"
    );
    let mut chunks = BTreeMap::new();
    assert_eq!(place.take_chunks(&mut chunks), 1);
    assert_eq!(paths(&chunks), BTreeSet::from(["/products/a"]));
    let again = place.invoke(event, 120_000).await;
    assert_eq!((again.planned, place.take_chunks(&mut chunks)), (0, 0));
}

#[tokio::test]
async fn a_star_stands_for_the_hot_pages_like_it_the_hottest_first() {
    let place = Place::new(&site(Vec::new()).await, HOT).await;
    let page = |path: &str, heat: f64| json!({"path": path, "heat": heat, "origin_ms": 10.0, "saved_ms": 0.0, "hit_ratio": 0.5, "last_status": 200});
    let pages = [
        page("/products/a", 1.0),
        page("/blog/b", 9.0),
        page("/products/c", 5.0),
    ];
    let list = json!({"site": "halden", "made_ms": 0, "pages": pages});
    place.put_object("hot-lists/halden.json", list.to_string());
    place.invoke(invalidation(&["/products/*"]), 120_000).await;
    let mut chunks = BTreeMap::new();
    place.take_chunks(&mut chunks);
    assert_eq!(chunks[&0].items[0].path, "/products/c");
    assert_eq!(
        paths(&chunks),
        BTreeSet::from(["/products/a", "/products/c"])
    );
}

#[tokio::test]
async fn what_is_due_begins_once_in_its_slot() {
    let place = Place::new(&site(Vec::new()).await, HOT).await;
    let outcome = place.minute().await;
    assert_eq!((outcome.begun, outcome.planned), (1, 1));
    // Nothing was read lately: nothing is asked for, and there is nothing to report.
    let outcome = place.minute().await;
    assert_eq!((outcome.begun, outcome.closed, outcome.failed), (0, 1, 0));
    assert_eq!(place.object("reports/warming/index.json"), None);
    assert_eq!(place.minute().await, Outcome::default());
}

#[tokio::test]
async fn nothing_is_planned_while_the_site_cannot_say_what_it_allows() {
    let origin = Origin::start(|_, before| Answer {
        status: if before == 0 { 503 } else { 404 },
        ..Answer::page(false)
    })
    .await;
    let place = Place::new(&origin, HOT).await;
    let outcome = place.invoke(invalidation(&["/"]), 120_000).await;
    assert_eq!((outcome.planned, outcome.failed), (0, 1));
    assert!(place.aws.take_messages().is_empty());
    let outcome = place.minute().await;
    assert_eq!((outcome.planned, outcome.failed), (2, 0));
}

#[tokio::test]
async fn a_run_whose_chunks_are_done_is_reported_and_closed_once() {
    let place = Place::new(&site(Vec::new()).await, HOT).await;
    place
        .invoke(invalidation(&["/products/a", "/products/b"]), 120_000)
        .await;
    let mut chunks = BTreeMap::new();
    place.take_chunks(&mut chunks);
    let chunk = &chunks[&0];
    // Not before.
    assert_eq!(place.minute().await.closed, 0);
    let items = u32::try_from(chunk.items.len()).unwrap();
    let mut progress = ChunkProgress::new(items);
    let result = ItemResult::Visited(Visit {
        first: Verdict::failed(Failure::Timeout),
        second: None,
        first_byte_ms: 20_000,
        bytes: 0,
        requests: 1,
        origin_ms: 20_000,
    });
    let results = vec![result; chunk.items.len()];
    progress.advance(chunk, 0, &results).unwrap();
    let progress = Versioned::new(progress);
    assert!(
        place
            .store()
            .finish_chunk(&chunk.run, 0, &progress, 0)
            .await
            .unwrap()
    );
    // The hot run, which asked for nothing, is closed with it.
    assert_eq!(place.minute().await.closed, 2);
    let page = place
        .object(&format!("reports/warming/{}.html", chunk.run))
        .unwrap();
    assert!(page.contains("/products/a"), "{page}");
    let report = place
        .object(&format!("reports/warming/{}.json", chunk.run))
        .unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(report.is_object());
    let index: Value =
        serde_json::from_str(&place.object("reports/warming/index.json").unwrap()).unwrap();
    assert_eq!(index["runs"].as_array().unwrap().len(), 1);
    assert_eq!(place.minute().await.closed, 0);
}
