//! Sitemaps are planned whole, whatever happens in between.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use warming::Chunk;

use crate::origin::{Answer, Origin};
use crate::place::{Place, SITEMAP, deps, minute_event, paths, sitemap};

#[tokio::test]
async fn a_large_index_is_planned_whole() {
    let origin = index_site(false).await;
    let place = Place::new(&origin, SITEMAP).await;
    let outcome = place.minute().await;
    assert_eq!((outcome.planned, outcome.failed), (1, 0));
    let mut chunks = BTreeMap::new();
    place.take_chunks(&mut chunks);
    assert_whole(&chunks);
    assert!(chunks.values().all(|chunk| chunk.items.len() <= 100));
}

/// All 6,000 pages, in chunks without a gap in their numbers.
fn assert_whole(chunks: &BTreeMap<u32, Chunk>) {
    assert_eq!(paths(chunks).len(), 6_000);
    let numbers = chunks.keys().copied();
    assert!(numbers.eq(0..u32::try_from(chunks.len()).unwrap()));
}

/// An index of two sitemaps of 3,000 pages each, the second with gzip around it. With `breaks`,
/// the second one's connection breaks off in the middle the first time.
pub(crate) async fn index_site(breaks: bool) -> Origin {
    let port = Arc::new(OnceLock::<u16>::new());
    let known = Arc::clone(&port);
    let breaks = AtomicBool::new(breaks);
    let origin = Origin::start(move |path, _| {
        let port = *known.get().unwrap();
        let mut answer = Answer {
            status: 200,
            headers: String::new(),
            body: Vec::new(),
            after: Duration::ZERO,
            breaks_at: None,
        };
        match path {
            "/sitemap.xml" => {
                let child = |name| format!("<sitemap><loc>http://127.0.0.1:{port}/{name}</loc></sitemap>");
                let children = child("one.xml") + &child("two.xml.gz");
                answer.body = format!("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{children}</sitemapindex>").into_bytes();
            }
            "/one.xml" => answer.body = sitemap(port, 0..3_000).into_bytes(),
            "/two.xml.gz" => {
                let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                gzip.write_all(sitemap(port, 3_000..6_000).as_bytes()).unwrap();
                answer.body = gzip.finish().unwrap();
                if breaks.swap(false, Ordering::Relaxed) {
                    answer.breaks_at = Some(answer.body.len() / 2);
                }
            }
            _ => answer.status = 404,
        }
        answer
    })
    .await;
    port.set(origin.port).unwrap();
    origin
}

#[tokio::test]
async fn a_plan_that_the_site_breaks_off_goes_on_in_the_next_minute() {
    let origin = index_site(true).await;
    let place = Place::new(&origin, SITEMAP).await;
    let outcome = place.minute().await;
    assert_eq!((outcome.planned, outcome.failed), (0, 1));
    let mut chunks = BTreeMap::new();
    let first = place.take_chunks(&mut chunks);
    assert!(first > 0);
    let outcome = place.minute().await;
    assert_eq!((outcome.planned, outcome.failed), (1, 0));
    place.take_chunks(&mut chunks);
    assert_whole(&chunks);
    // What was planned before was not read again.
    let items: usize = chunks.values().map(|chunk| chunk.items.len()).sum();
    let different: BTreeSet<_> = chunks
        .values()
        .flat_map(|chunk| &chunk.items)
        .map(|item| (&item.path, &item.variant))
        .collect();
    assert_eq!(items, different.len());
}

#[tokio::test]
async fn two_invocations_at_once_send_the_same_chunks() {
    let origin = index_site(false).await;
    let place = Place::new(&origin, SITEMAP).await;
    let other = Place {
        aws: place.aws.clone(),
        deps: Arc::new(deps(&place.aws, &origin, SITEMAP)),
    };
    let (one, two) = tokio::join!(place.minute(), other.minute());
    assert_eq!(one.begun + two.begun, 1);
    assert_eq!(one.failed + two.failed, 0);
    // Whoever was left behind finds it planned.
    place.minute().await;
    let mut chunks = BTreeMap::new();
    place.take_chunks(&mut chunks);
    assert_eq!(paths(&chunks).len(), 6_000);
}

#[tokio::test]
async fn a_plan_without_time_is_cut_and_goes_on_later() {
    let origin = index_site(false).await;
    let place = Place::new(&origin, SITEMAP).await;
    // Less than what is kept back.
    let outcome = place.invoke(minute_event(), 20_000).await;
    assert_eq!((outcome.planned, outcome.failed), (0, 0));
    assert!(place.aws.take_messages().is_empty());
    let outcome = place.minute().await;
    assert_eq!((outcome.planned, outcome.failed), (1, 0));
    let mut chunks = BTreeMap::new();
    place.take_chunks(&mut chunks);
    assert_eq!(paths(&chunks).len(), 6_000);
}
