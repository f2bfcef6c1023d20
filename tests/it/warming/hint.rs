//! How long it takes from a commit until its answer is new, when the event bus hears of it.

use std::time::Duration;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use lambda_kit::now_ms;
use local::Stack;
use redis::AsyncCommands as _;
use serde_json::json;

use super::health::SaidHealth;
use super::{all_forgotten, unique, wait_on};
use crate::harness::{aws, fragile_stack, get_from};

/// Changes of each kind.
const ROUNDS: usize = 5;
/// Far more than a hint takes, and less than the minute after which it is not needed.
const CAP_MS: i64 = 30_000;

/// A change, and the answer that it makes old.
struct Change {
    /// What is printed.
    name: &'static str,
    table: &'static str,
    slug: &'static str,
    tag: &'static str,
    /// Pages that show it.
    paths: &'static [&'static str],
    key: &'static str,
}

const CHANGES: [Change; 2] = [
    // On no page that anybody named: told at once.
    Change {
        name: "without pages",
        table: "articles",
        slug: "a-new-glaze",
        tag: "blog",
        paths: &[],
        key: "c:blog",
    },
    // Told as soon as CloudFront is, and once more with the page when that has forgotten.
    Change {
        name: "with a page",
        table: "products",
        slug: "tide-vase",
        tag: "product-tide-vase",
        paths: &["/products/tide-vase"],
        key: "c:product:tide-vase",
    },
];

impl Change {
    /// Commits a text, with the row that the site writes for it. Returns when, by the clock of
    /// this machine, in milliseconds: just before the commit.
    fn commit(&self, stack: &Stack, text: &str) -> i64 {
        let Self {
            table, slug, tag, ..
        } = self;
        let paths = self.paths.join(",");
        let statement = format!(
            "WITH changed AS (UPDATE {table} SET summary = '{text}' WHERE slug = '{slug}' \
             RETURNING slug), noted AS (INSERT INTO cache_events (tag, paths) \
             SELECT '{tag}', '{{{paths}}}'::text[] FROM changed RETURNING id) \
             SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM noted"
        );
        let rows = stack.sql(&statement).unwrap();
        assert_eq!(rows.len(), 1, "{slug}: {rows:?}");
        rows[0].trim().parse().unwrap()
    }

    /// Tells the event bus, as the site does after a commit.
    fn announce(&self, stack: &Stack) {
        let entry = PutEventsRequestEntry::builder()
            .source("sidetier.site")
            .detail_type("cache.invalidated")
            .detail(json!({"tags": [self.tag], "paths": self.paths}).to_string())
            .build();
        let bus = aws_sdk_eventbridge::Client::new(&aws(stack));
        let answer = wait_on(bus.put_events().entries(entry).send()).unwrap();
        assert_eq!(answer.failed_entry_count(), 0);
    }

    /// When the answer that everybody gets has the text, in milliseconds. No page is asked for
    /// meanwhile, which would make it.
    fn is_seen(&self, stack: &Stack, text: &str) -> i64 {
        let seen = async {
            let client = redis::Client::open(stack.redis_url()).unwrap();
            let mut redis = client.get_multiplexed_async_connection().await.unwrap();
            loop {
                let answer: Vec<u8> = redis.get(self.key).await.unwrap();
                if String::from_utf8_lossy(&answer).contains(text) {
                    return now_ms();
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let cap = Duration::from_millis(CAP_MS.unsigned_abs());
        let seen = wait_on(async { tokio::time::timeout(cap, seen).await });
        seen.unwrap_or_else(|_| panic!("{}: not refreshed within {cap:?}", self.name))
    }
}

#[test]
fn a_hint_refreshes_an_answer_long_before_the_schedule() {
    let stack = fragile_stack();
    let _health = SaidHealth::good(&stack);
    all_forgotten(&stack);
    // Both answers are there, and old afterwards.
    for page in ["/blog", "/products/tide-vase"] {
        let fresh = format!("{page}?hint={}", unique("fresh"));
        assert_eq!(get_from(&stack, &fresh, &[]).status, 200, "{page}");
    }
    for change in CHANGES {
        let (table, slug) = (change.table, change.slug);
        let before = format!("SELECT summary FROM {table} WHERE slug = '{slug}'");
        let before = stack.sql(&before).unwrap().concat();
        let mut took_ms: Vec<i64> = (0..ROUNDS)
            .map(|_| {
                let text = unique("hint");
                let committed_ms = change.commit(&stack, &text);
                change.announce(&stack);
                change.is_seen(&stack, &text) - committed_ms
            })
            .collect();
        took_ms.sort_unstable();
        println!(
            "commit to refreshed answer by the hint, {}: {took_ms:?} ms, median {} ms",
            change.name,
            took_ms[ROUNDS / 2]
        );
        change.commit(&stack, &before);
    }
    // The second pass of each is not for the next test.
    all_forgotten(&stack);
}
