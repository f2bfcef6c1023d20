//! Caches, keys and answers of the tests.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache::{Cache, CacheAuth, CacheSettings, Outcome, Policy, Refresh};
use settings::Secret;

pub(crate) const POLICY: Policy = Policy::new(Duration::from_mins(1), Duration::from_hours(1));

/// The Redis at an address, used as a web server does.
pub(crate) fn settings(url: &str) -> CacheSettings {
    CacheSettings {
        url: Some(Secret::new(url)),
        auth: CacheAuth::Url,
        ca_file: None,
        refresh: Refresh::Background,
    }
}

/// A key and a tag that no other test has.
pub(crate) fn unique(name: &str) -> (String, Vec<String>) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let key = format!("{name}-{}-{number}", std::process::id());
    (key.clone(), vec![key])
}

/// What a reader gets who would compute this value.
pub(crate) async fn read(cache: &Cache, key: &str, tags: &[String], value: u32) -> (u32, Outcome) {
    let compute = move || async move { Ok::<_, std::fmt::Error>(value) };
    let cached = cache.get_or_compute(key, &POLICY, tags, compute).await;
    let cached = cached.unwrap();
    (cached.value, cached.outcome)
}
