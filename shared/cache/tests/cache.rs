//! The cache kit against a real Redis.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use cache::{Cache, CacheSettings, Outcome, Policy, Refresh};
use local::{DataServices, FaultProxy};
use support::{POLICY, read, settings, unique};

fn services() -> &'static DataServices {
    static SERVICES: OnceLock<DataServices> = OnceLock::new();
    SERVICES.get_or_init(|| DataServices::start("cache-tests").unwrap())
}

fn cache() -> Cache {
    Cache::new(&settings(&services().redis_url()), None).unwrap()
}

#[tokio::test]
async fn an_answer_is_computed_once_and_then_read() {
    let (key, tags) = unique("once");
    assert_eq!(read(&cache(), &key, &tags, 1).await, (1, Outcome::Computed));
    assert_eq!(read(&cache(), &key, &tags, 2).await, (1, Outcome::Hit));
}

#[tokio::test]
async fn an_invalidated_tag_ends_every_answer_with_it() {
    let (key, tags) = unique("tag");
    let cache = cache();
    read(&cache, &key, &tags, 1).await;
    cache.invalidate(&tags).await.unwrap();
    assert_eq!(read(&cache, &key, &tags, 2).await, (2, Outcome::Computed));
    assert_eq!(read(&cache, &key, &tags, 3).await, (2, Outcome::Hit));
}

#[tokio::test]
async fn what_was_being_computed_when_its_tag_ended_does_not_stay() {
    let (key, tags) = unique("late");
    let cache = cache();
    let (also, tag) = (cache.clone(), tags.clone());
    let compute = move || async move {
        // Somebody changes what the answer is made of, after it was read.
        also.invalidate(&tag).await.unwrap();
        Ok::<_, std::fmt::Error>(1)
    };
    let late = cache.get_or_compute(&key, &POLICY, &tags, compute).await;
    assert_eq!(late.unwrap().value, 1);
    assert_eq!(read(&cache, &key, &tags, 2).await, (2, Outcome::Computed));
}

#[tokio::test]
async fn what_is_no_entry_is_no_answer() {
    let (key, tags) = unique("garbage");
    let cache = cache();
    read(&cache, &key, &tags, 1).await;
    let client = redis::Client::open(services().redis_url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut set = redis::cmd("SET");
    set.arg(format!("c:{key}")).arg(&[0xff_u8, 1, 2][..]);
    set.query_async::<()>(&mut connection).await.unwrap();
    assert_eq!(read(&cache, &key, &tags, 2).await, (2, Outcome::Computed));
}

#[tokio::test]
async fn a_failure_to_compute_leaves_the_stale_answer() {
    let (key, tags) = unique("stale");
    let cache = cache();
    let short = Policy::new(Duration::from_millis(20), Duration::from_mins(1));
    let first = || async { Ok::<_, std::fmt::Error>(1) };
    cache
        .get_or_compute(&key, &short, &tags, first)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    for _ in 0..3 {
        let failing = || async { Err::<u32, _>(std::fmt::Error) };
        let cached = cache
            .get_or_compute(&key, &short, &tags, failing)
            .await
            .unwrap();
        assert_eq!((cached.value, cached.outcome), (1, Outcome::Stale));
    }
}

#[tokio::test]
async fn a_failure_with_nothing_stored_is_the_readers() {
    let (key, tags) = unique("failure");
    let failing = || async { Err::<u32, _>(std::fmt::Error) };
    let failed = cache().get_or_compute(&key, &POLICY, &tags, failing).await;
    assert_eq!(failed.unwrap_err(), std::fmt::Error);
    // And keeps nobody from trying again.
    assert_eq!(read(&cache(), &key, &tags, 2).await, (2, Outcome::Computed));
}

fn counter() -> Arc<AtomicUsize> {
    Arc::default()
}

/// Reads once through a connection that works, breaks it, and reads again.
async fn thaw(breaks: impl Fn(&FaultProxy)) -> Duration {
    let proxy = FaultProxy::start(services().redis_address()).unwrap();
    let cache = Cache::new(&settings(&format!("redis://{}", proxy.address())), None).unwrap();
    let (key, tags) = unique("thaw");
    read(&cache, &key, &tags, 1).await;
    breaks(&proxy);
    let start = Instant::now();
    assert_eq!(read(&cache, &key, &tags, 2).await, (1, Outcome::Hit));
    start.elapsed()
}

#[tokio::test]
async fn the_first_read_after_a_freeze_is_answered_from_redis() {
    for (name, breaks) in [
        ("closed", FaultProxy::close_all as fn(&FaultProxy)),
        ("silent", FaultProxy::silence_all),
    ] {
        let mut times = Vec::new();
        for _ in 0..10 {
            times.push(thaw(breaks).await);
        }
        times.sort();
        println!("{name}: median {:?}, longest {:?}", times[5], times[9]);
        // The bar is 300 ms; a busy machine may take longer to get to it.
        assert!(times[5] < Duration::from_secs(1), "{name}: {times:?}");
    }
}

#[tokio::test]
async fn without_redis_everything_is_computed_and_nothing_fails() {
    let proxy = FaultProxy::start(services().redis_address()).unwrap();
    let cache = Cache::new(&settings(&format!("redis://{}", proxy.address())), None).unwrap();
    let (key, tags) = unique("away");
    read(&cache, &key, &tags, 1).await;
    proxy.refuse(true);
    proxy.close_all();
    for value in 2..10 {
        assert_eq!(
            read(&cache, &key, &tags, value).await,
            (value, Outcome::Bypassed)
        );
    }
    assert!(cache.is_left_alone());
    assert!(cache.invalidate(&tags).await.is_err());
    let start = Instant::now();
    for value in 0..100 {
        read(&cache, &key, &tags, value).await;
    }
    println!("100 reads while it is left alone: {:?}", start.elapsed());
    proxy.refuse(false);
    // Left alone for five seconds, then tried again.
    while read(&cache, &key, &tags, 3).await.1 == Outcome::Bypassed {
        assert!(start.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!cache.is_left_alone());
}

#[tokio::test]
async fn without_redis_readers_of_one_answer_share_one_computation() {
    let cache = Cache::new(&settings("redis://127.0.0.1:9"), None).unwrap();
    let (key, tags) = unique("shared");
    let computed = counter();
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (cache, computed) = (cache.clone(), computed.clone());
        let (key, tags) = (key.clone(), tags.clone());
        readers.spawn(async move {
            let compute = move || async move {
                computed.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(200)).await;
                Ok::<_, std::fmt::Error>(7)
            };
            cache
                .get_or_compute(&key, &POLICY, &tags, compute)
                .await
                .unwrap()
                .value
        });
    }
    let values = readers.join_all().await;
    assert_eq!(values, [7; 50]);
    assert!(computed.load(Ordering::SeqCst) <= 2, "{computed:?}");
}

#[tokio::test]
async fn for_lambda_a_stale_answer_is_renewed_before_it_is_given() {
    let inline = CacheSettings {
        refresh: Refresh::Inline,
        ..settings(&services().redis_url())
    };
    let cache = Cache::new(&inline, None).unwrap();
    let (key, tags) = unique("inline");
    let short = Policy::new(Duration::from_millis(20), Duration::from_mins(1));
    for value in 1..4 {
        let compute = move || async move { Ok::<_, std::fmt::Error>(value) };
        let cached = cache
            .get_or_compute(&key, &short, &tags, compute)
            .await
            .unwrap();
        assert_eq!(cached.value, value);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

#[tokio::test]
async fn tls_is_verified() {
    let (url, certificate) = services().start_redis_with_tls().unwrap();
    let trusting = CacheSettings {
        ca_file: Some(certificate),
        ..settings(&url)
    };
    Cache::new(&trusting, None).unwrap().ping().await.unwrap();
    let suspicious = Cache::new(&settings(&url), None).unwrap();
    let refused = suspicious.ping().await.unwrap_err();
    let chain = format!("{refused:?}");
    assert!(chain.to_lowercase().contains("certificate"), "{chain}");
}
