//! One busy answer. A program of its own: other tests beside it would take the time that it
//! measures.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cache::{Cache, CacheAuth, CacheSettings, Outcome, Policy, Refresh};
use local::DataServices;
use settings::Secret;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hot_answer_is_computed_once_per_window() {
    // Two caches stand for two processes: they share nothing but Redis.
    let services = DataServices::start("hot-key").unwrap();
    let settings = CacheSettings {
        url: Some(Secret::new(services.redis_url())),
        auth: CacheAuth::Url,
        ca_file: None,
        refresh: Refresh::Background,
    };
    let cache = || Cache::new(&settings, None).unwrap();
    let caches = [cache(), cache()];
    let (key, tags) = ("hot".to_owned(), vec!["hot".to_owned()]);
    let window = Duration::from_secs(3);
    let policy = Policy::new(window, Duration::from_mins(1));
    let (computed, at_once, most) = (counter(), counter(), counter());
    let (slow, reads) = (counter(), 12_000_u32);
    let mut readers = tokio::task::JoinSet::new();
    let start = Instant::now();
    for number in 0..reads {
        let cache = caches[number as usize % 2].clone();
        let (key, tags) = (key.clone(), tags.clone());
        let (computed, at_once, most, slow) = (
            computed.clone(),
            at_once.clone(),
            most.clone(),
            slow.clone(),
        );
        // 1,000 reads a second.
        tokio::time::sleep_until((start + Duration::from_millis(1) * number).into()).await;
        readers.spawn(async move {
            let compute = move || async move {
                computed.fetch_add(1, Ordering::SeqCst);
                most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20)).await;
                at_once.fetch_sub(1, Ordering::SeqCst);
                Ok::<_, std::fmt::Error>(number)
            };
            let cached = cache.get_or_compute(&key, &policy, &tags, compute).await;
            let outcome = cached.unwrap().outcome;
            let waited = !matches!(outcome, Outcome::Hit | Outcome::Stale);
            // After the first fill nobody waits for a computation.
            if waited && number > 500 {
                slow.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    while let Some(read) = readers.join_next().await {
        read.unwrap();
    }
    let windows = start.elapsed().as_secs_f64() / window.as_secs_f64();
    let computed = computed.load(Ordering::SeqCst);
    println!(
        "{reads} reads in {windows:.1} windows: {computed} computations, {} at a time, {} waited",
        most.load(Ordering::SeqCst),
        slow.load(Ordering::SeqCst),
    );
    // The first is no recomputation.
    let most_allowed = (windows * 1.1).ceil();
    assert!(
        (computed - 1) as f64 <= most_allowed,
        "{computed} in {windows}"
    );
    assert_eq!(most.load(Ordering::SeqCst), 1);
    assert_eq!(slow.load(Ordering::SeqCst), 0);
}

fn counter() -> Arc<AtomicUsize> {
    Arc::default()
}
