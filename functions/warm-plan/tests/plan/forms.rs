//! In which forms pages are asked for: those that visitors ask for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::place::{HOT, Place, SITEMAP, invalidation, site};
use crate::sitemaps::index_site;

/// Writes what log-report tells of visitors.
fn put_shares(place: &Place, encodings: &Value) {
    let list = json!({
        "site": "halden", "made_ms": 0, "pages": [], "variants": {"encodings": encodings},
    });
    place.put_object("hot-lists/halden.json", list.to_string());
}

#[tokio::test]
async fn pages_are_asked_for_as_visitors_do_and_without_logs_as_every_browser_does() {
    for (shares, expected) in [
        (Some(json!({"br": 0.9, "gzip": 0.1})), vec!["br", "gzip"]),
        (None, vec!["br"]),
    ] {
        let place = Place::new(&site(Vec::new()).await, HOT).await;
        if let Some(shares) = &shares {
            put_shares(&place, shares);
        }
        place.invoke(invalidation(&["/products/a"]), 120_000).await;
        let mut chunks = BTreeMap::new();
        place.take_chunks(&mut chunks);
        let items = chunks[&0].items.iter();
        let variants: Vec<_> = items.map(|item| item.variant.to_string()).collect();
        assert_eq!(variants, expected, "{shares:?}");
    }
}

#[tokio::test]
async fn a_plan_that_goes_on_keeps_to_the_forms_it_began_with() {
    let place = Place::new(&index_site(true).await, SITEMAP).await;
    put_shares(&place, &json!({"br": 0.9, "gzip": 0.1}));
    assert_eq!(place.minute().await.failed, 1);
    let mut chunks = BTreeMap::new();
    assert!(place.take_chunks(&mut chunks) > 0);
    put_shares(&place, &json!({"plain": 1.0}));
    assert_eq!(place.minute().await.planned, 1);
    place.take_chunks(&mut chunks);
    let items = chunks.values().flat_map(|chunk| &chunk.items);
    let asked: BTreeSet<_> = items
        .map(|item| (item.path.as_str(), item.variant.to_string()))
        .collect();
    assert_eq!(asked.len(), 12_000);
    let is_known = |(_, variant): &(&str, String)| ["br", "gzip"].contains(&variant.as_str());
    assert!(asked.iter().all(is_known));
}
