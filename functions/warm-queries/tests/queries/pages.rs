//! Whether pages find what was warmed.

use serde_json::json;

use crate::harness::World;

/// A page for each query of `warming.toml`.
const PAGES: [&str; 9] = [
    "/",
    "/products",
    "/categories/vases",
    "/products/tide-vase",
    "/search?q=vase",
    "/blog",
    "/blog/a-new-glaze",
    "/pages/about",
    "/sitemap.xml",
];

#[tokio::test]
async fn every_page_finds_its_answer() {
    let world = World::start("warm-every-page").await;
    world.say_hot(&PAGES);
    let outcome = world.run(json!({})).await.unwrap();
    assert_eq!(
        (outcome.warmed, outcome.failed, outcome.left),
        (9, 0, 0),
        "{outcome:?}"
    );
    let warmed = world.kept().await;
    for path in PAGES {
        let page = world.get(path).await;
        assert!(
            page.timing.contains("cache;desc=hit"),
            "{path}: {}",
            page.timing
        );
    }
    // And the same answer as the page would have made itself.
    world.empty_redis().await;
    for path in PAGES {
        let page = world.get(path).await;
        assert!(
            page.timing.contains("cache;desc=computed"),
            "{path}: {}",
            page.timing
        );
    }
    assert_eq!(world.kept().await, warmed);
}

#[tokio::test]
async fn what_is_young_is_left_alone_and_what_was_changed_is_made_anew() {
    let world = World::start("warm-again").await;
    world.say_hot(&["/products/tide-vase"]);
    assert_eq!(world.run(json!({})).await.unwrap().warmed, 5);
    let again = world.run(json!({})).await.unwrap();
    assert_eq!((again.warmed, again.young), (0, 5));

    world
        .services
        .sql("UPDATE products SET name = 'Ebb vase' WHERE slug = 'tide-vase'")
        .unwrap();
    world
        .deps
        .cache
        .invalidate(&["product-tide-vase".to_owned(), "home".to_owned()])
        .await
        .unwrap();
    let event = json!({
        "source": "sidetier.cache", "detail-type": "warm.requested",
        "detail": {"reason": "invalidation", "paths": ["/products/tide-vase", "/"],
            "tags": ["home", "product-tide-vase"], "event_ms": 1},
    });
    assert_eq!(world.run(event).await.unwrap().warmed, 2);
    let page = world.get("/products/tide-vase").await;
    assert!(page.text.contains("Ebb vase") && page.timing.contains("cache;desc=hit"));
}

#[tokio::test]
async fn a_page_that_was_just_published_is_warm_before_anybody_has_seen_it() {
    let world = World::start("warm-published").await;
    world
        .services
        .sql(
            "INSERT INTO articles (slug, title, summary, body, is_published, published_at) \
             VALUES ('just-now', 'Just now', 'S', 'B', true, now())",
        )
        .unwrap();
    let event = json!({
        "detail-type": "warm.requested",
        "detail": {"reason": "invalidation", "paths": ["/blog/just-now"],
            "tags": ["article-just-now"]},
    });
    assert_eq!(world.run(event).await.unwrap().warmed, 1);
    let page = world.get("/blog/just-now").await;
    assert!(page.text.contains("Just now") && page.timing.contains("cache;desc=hit"));
    // What is not there is an answer too.
    let event = json!({
        "detail-type": "answers.invalidated",
        "detail": {"reason": "invalidation", "paths": [], "tags": ["blog"]},
    });
    // The front page, the journal and the site map.
    assert_eq!(world.run(event).await.unwrap().warmed, 3);
}
