//! A plan counts everything, and gives the same chunks wherever it is cut off.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use warming::{
    Chunk, FreshnessRules, Lane, MAX_CHUNK_BYTES, MAX_CHUNK_ITEMS, Offer, PlanScope, PlanState,
    Planned, Planner, Reason, Robots, Run, SiteWarming, SkipReason, VariantShares, list_offers,
};

const SITE: &str = r#"
min_variant_share = 1
[budget.run]
requests = 150
[[target]]
id = "shop"
site = "shop"
base = "env:SITE_URL"
exclude = ["/editor*"]
[[target.cache]]
paths = "*"
headers = ["CloudFront-Is-Mobile-Viewer", "CloudFront-Viewer-Country"]
query = { all-except = ["utm_source"] }
"#;
static CONFIGURATION: LazyLock<SiteWarming> = LazyLock::new(|| SiteWarming::parse(SITE).unwrap());
const NOW_MS: i64 = 1_795_774_830_000;

fn run() -> Run {
    Run {
        shares: Some(mobiles()),
        ..Run::new("shop-hot-1".to_owned(), "shop", Reason::Hot, "hot", NOW_MS)
    }
}

fn robots() -> Robots {
    Robots::parse("User-agent: *\nDisallow: /private")
}

fn mobiles() -> VariantShares {
    let shares = [("desktop", 0.4), ("mobile", 0.6)];
    VariantShares {
        devices: shares.map(|(name, share)| (name.to_owned(), share)).into(),
        ..VariantShares::default()
    }
}

/// An entry of a document.
#[derive(Debug, Clone)]
enum Entry {
    Page(Offer),
    Sitemap,
    Foreign,
}

fn page(path: &str) -> Entry {
    Entry::Page(Offer::unknown(path))
}

fn entry() -> impl Strategy<Value = Entry> {
    let path = prop_oneof![
        8 => (0..300u32).prop_map(|number| format!("/p/{number}")),
        1 => (0..20u32).prop_map(|number| format!("/p/{number}?utm_source=x")),
        1 => Just("/editor/articles".to_owned()),
        1 => Just("/private".to_owned()),
        1 => Just("//evil.example/".to_owned()),
    ];
    let until_ms = proptest::option::weighted(0.1, NOW_MS..NOW_MS + 60_000);
    let offer = (path, 0.0..100.0f64, until_ms).prop_map(|(path, hits, until_ms)| {
        Entry::Page(Offer {
            hits_per_hour: hits,
            fresh_until_ms: until_ms,
            ..Offer::unknown(path)
        })
    });
    prop_oneof![10 => offer, 1 => Just(Entry::Sitemap), 1 => Just(Entry::Foreign)]
}

/// Plans documents from where a run's plan is, until some chunks were sent.
fn plan(documents: &[Vec<Entry>], run: &Run, most: usize) -> (Vec<Planned>, Option<PlanState>) {
    let site = &*CONFIGURATION;
    let robots = robots();
    let mut planner = Planner::new(PlanScope {
        site,
        target: site.target("shop").unwrap(),
        run,
        robots: &robots,
        now_ms: NOW_MS,
    });
    let mut sent = Vec::new();
    let from = run.plan.cursor;
    for (number, document) in documents.iter().enumerate().skip(from.document as usize) {
        let is_first = number == from.document as usize;
        let entry = if is_first { from.entry } else { 0 };
        planner.begin_document(number as u32, entry);
        for entry in document.iter().skip(entry as usize) {
            match entry {
                Entry::Page(offer) => sent.extend(planner.offer(offer)),
                Entry::Sitemap => planner.pass(1),
                Entry::Foreign => planner.skip(SkipReason::ForeignHost, 1),
            }
            if sent.len() >= most {
                return (sent, None);
            }
        }
    }
    let (last, state) = planner.finish();
    sent.extend(last);
    (sent, Some(state))
}

fn chunks(planned: &[Planned]) -> Vec<&Chunk> {
    planned.iter().map(|planned| &planned.chunk).collect()
}

proptest! {
    #[test]
    fn what_is_asked_for_is_in_a_chunk_or_skipped(
        documents in vec(vec(entry(), 0..200), 1..4),
    ) {
        let (planned, state) = plan(&documents, &run(), usize::MAX);
        let state = state.unwrap();
        let items: u64 = planned.iter().map(|planned| planned.chunk.items.len() as u64).sum();
        prop_assert_eq!(items, state.items);
        prop_assert!(items <= 150);
        prop_assert_eq!(state.requested, items + state.skipped.values().sum::<u64>());
        let of_pages = |entry: &Entry| match entry {
            // A page has two variants.
            Entry::Page(_) => 2,
            Entry::Sitemap => 0,
            Entry::Foreign => 1,
        };
        let asked: u64 = documents.iter().flatten().map(of_pages).sum();
        prop_assert_eq!(state.requested, asked);
        for (number, planned) in planned.iter().enumerate() {
            let chunk = &planned.chunk;
            prop_assert_eq!(chunk.chunk, number as u32);
            prop_assert!((1..=MAX_CHUNK_ITEMS).contains(&chunk.items.len()));
            let values: Vec<_> = chunk.items.iter().map(|item| item.value).collect();
            prop_assert!(values.is_sorted_by(|a, b| a >= b));
        }
        let names = planned.iter().flat_map(|planned| &planned.chunk.items);
        let names: BTreeSet<_> = names.map(|item| (&item.path, &item.variant)).collect();
        prop_assert_eq!(names.len() as u64, items);
    }

    /// Paths are different here: what was offered before a cut is not remembered after it.
    #[test]
    fn a_plan_that_goes_on_sends_the_same_chunks(
        lengths in vec(0..90u32, 1..4), most in 1..3usize,
    ) {
        let document = |(number, length): (usize, &u32)| {
            (0..*length).map(|entry| match entry % 7 {
                0 => Entry::Sitemap,
                1 => page("/editor"),
                _ => page(&format!("/{number}/{entry}")),
            }).collect::<Vec<_>>()
        };
        let documents: Vec<_> = lengths.iter().enumerate().map(document).collect();
        let (whole, state) = plan(&documents, &run(), usize::MAX);
        let mut run = run();
        let mut sent: Vec<Planned> = Vec::new();
        loop {
            let (planned, end) = plan(&documents, &run, most);
            // It is cut off, and the last chunk's state gets lost.
            let last = if planned.len() > 1 { planned.len() - 2 } else { 0 };
            if let Some(planned) = planned.get(last) {
                run.plan = serde_json::from_str(
                    &serde_json::to_string(&planned.after).unwrap(),
                ).unwrap();
            }
            for planned in planned {
                match sent.get(planned.chunk.chunk as usize) {
                    Some(before) => prop_assert_eq!(before, &planned),
                    None => sent.push(planned),
                }
            }
            if let Some(end) = end {
                prop_assert_eq!(Some(end), state);
                break;
            }
        }
        prop_assert_eq!(chunks(&sent), chunks(&whole));
    }
}

#[test]
fn what_cannot_be_warmed_is_counted_by_reason_and_for_each_variant() {
    let fresh = |seconds: i64| {
        let until_ms = Some(NOW_MS + seconds * 1000);
        Entry::Page(Offer {
            fresh_until_ms: until_ms,
            ..Offer::unknown("/fresh")
        })
    };
    let document = vec![
        page("/editor"),
        page("/private/a"),
        page("no-path"),
        page("/a b"),
        fresh(60),
        // Not for long enough.
        fresh(5),
        page("/a?utm_source=x"),
        page("/a"),
        Entry::Foreign,
    ];
    let (planned, state) = plan(&[document], &run(), usize::MAX);
    let state = state.unwrap();
    let skipped: Vec<_> = state
        .skipped
        .iter()
        .map(|(reason, n)| (reason.code(), *n))
        .collect();
    assert_eq!(
        skipped,
        [
            ("excluded", 2),
            ("robots", 2),
            ("foreign-host", 1),
            ("invalid", 4),
            ("fresh", 2),
            ("duplicate", 2)
        ]
    );
    let items = &planned[0].chunk.items;
    let names: Vec<_> = items
        .iter()
        .map(|item| format!("{} {}", item.path, item.variant))
        .collect();
    assert_eq!(
        names,
        ["/a br", "/a br.mobile", "/fresh br", "/fresh br.mobile"]
    );
    assert_eq!(state.cursor.entry, 9);
}

#[test]
fn the_runs_budget_is_kept_to_the_last_request() {
    let document: Vec<_> = (0..100).map(|number| page(&format!("/{number}"))).collect();
    let (planned, state) = plan(&[document], &run(), usize::MAX);
    let state = state.unwrap();
    assert_eq!((state.items, state.requested), (150, 200));
    assert_eq!(state.skipped[&SkipReason::Budget], 50);
    assert_eq!(planned.len(), 2);
}

#[test]
fn long_paths_make_small_chunks() {
    let document: Vec<_> = (0..75)
        .map(|n| page(&format!("/{n}-{}", "\"".repeat(2000))))
        .collect();
    let (planned, _) = plan(&[document], &run(), usize::MAX);
    assert!(planned.len() > 3, "{}", planned.len());
    for planned in planned {
        let message = serde_json::to_string(&planned.chunk).unwrap();
        assert!(message.len() <= MAX_CHUNK_BYTES + 1000, "{}", message.len());
        let read: Chunk = serde_json::from_str(&message).unwrap();
        assert_eq!(read, planned.chunk);
        assert_eq!(read.lane, Lane::P1);
    }
}

#[test]
fn what_was_made_invalid_is_worth_more_than_what_may_be_there() {
    let rules = FreshnessRules::default();
    let paths = ["/a".to_owned()];
    let value = |is_invalidated| list_offers(&paths, None, is_invalidated, &rules)[0].value(&rules);
    assert!(value(true) > value(false));
}
