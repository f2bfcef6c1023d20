//! Filling the cache before readers come, against a real Redis.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

mod support;

use std::sync::OnceLock;
use std::time::Duration;

use cache::{Cache, CacheSettings, Outcome, Refill, Refresh, Warmed};
use local::DataServices;
use support::{POLICY, read, settings, unique};

const EVERY: Duration = Duration::from_mins(1);

/// Used as a function does.
fn inline(url: &str) -> CacheSettings {
    CacheSettings {
        refresh: Refresh::Inline,
        ..settings(url)
    }
}

fn cache() -> Cache {
    static SERVICES: OnceLock<DataServices> = OnceLock::new();
    let services = SERVICES.get_or_init(|| DataServices::start("cache-warm-tests").unwrap());
    Cache::new(&inline(&services.redis_url()), None).unwrap()
}

fn refill<'a>(key: &'a str, tags: &'a [String]) -> Refill<'a> {
    Refill {
        key,
        policy: &POLICY,
        tags,
        every: EVERY,
        limit: Duration::from_secs(5),
    }
}

async fn warm(cache: &Cache, key: &str, tags: &[String], every: Duration, value: u32) -> Warmed {
    let refill = Refill {
        every,
        ..refill(key, tags)
    };
    let compute = move || async move { Ok::<_, std::fmt::Error>(value) };
    cache.warm(&refill, compute).await.unwrap()
}

#[tokio::test]
async fn what_was_warmed_is_what_readers_get() {
    let (key, tags) = unique("warm");
    let cache = cache();
    assert_eq!(warm(&cache, &key, &tags, EVERY, 1).await, Warmed::Filled);
    assert_eq!(read(&cache, &key, &tags, 2).await, (1, Outcome::Hit));
    // Young, it is left alone; due, it is made anew.
    assert_eq!(warm(&cache, &key, &tags, EVERY, 3).await, Warmed::Young);
    assert_eq!(
        warm(&cache, &key, &tags, Duration::ZERO, 4).await,
        Warmed::Filled
    );
    cache.invalidate(&tags).await.unwrap();
    assert_eq!(warm(&cache, &key, &tags, EVERY, 5).await, Warmed::Filled);
    assert_eq!(read(&cache, &key, &tags, 6).await, (5, Outcome::Hit));
}

#[tokio::test]
async fn what_is_warmed_while_its_tag_ends_is_void() {
    let (key, tags) = unique("warm-void");
    let cache = cache();
    let refill = refill(&key, &tags);
    let compute = || async {
        cache.invalidate(&tags).await.unwrap();
        Ok::<_, std::fmt::Error>(1)
    };
    assert_eq!(cache.warm(&refill, compute).await.unwrap(), Warmed::Void);
    assert_eq!(read(&cache, &key, &tags, 2).await, (2, Outcome::Computed));
}

#[tokio::test]
async fn a_warmer_that_is_late_does_not_replace_what_is_newer() {
    let (key, tags) = unique("warm-late");
    let (slow, other) = (cache(), cache());
    let refill = Refill {
        limit: Duration::from_secs(1),
        ..refill(&key, &tags)
    };
    let compute = || async {
        // Its lease ends, and another takes its place.
        while warm(&other, &key, &tags, EVERY, 2).await == Warmed::Busy {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok::<_, std::fmt::Error>(1)
    };
    assert_eq!(slow.warm(&refill, compute).await.unwrap(), Warmed::Void);
    assert_eq!(read(&slow, &key, &tags, 3).await, (2, Outcome::Hit));
}

#[tokio::test]
async fn a_failure_to_warm_keeps_nobody_from_trying() {
    let (key, tags) = unique("warm-failure");
    let cache = cache();
    let refill = refill(&key, &tags);
    let failing = || async { Err::<u32, _>(std::fmt::Error) };
    assert!(cache.warm(&refill, failing).await.is_err());
    assert_eq!(read(&cache, &key, &tags, 2).await, (2, Outcome::Computed));
    let away = Cache::new(&inline("redis://127.0.0.1:9"), None).unwrap();
    assert_eq!(
        warm(&away, &key, &tags, EVERY, 3).await,
        Warmed::Unreachable
    );
}
