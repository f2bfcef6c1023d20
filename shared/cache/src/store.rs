//! What is asked of Redis.

use std::time::Duration;

use cache_entry::{Entry, Nonce};
use redis::Pipeline;

use crate::CacheError;
use crate::link::{Link, Repeat};

/// For how long a tag's nonce is kept. Longer than any answer: when it ends, the answers
/// under it end too.
const TAG_SECONDS: u64 = 30 * 24 * 60 * 60;

/// Stores an answer if the lease is still ours, and ends the lease. A lease that ended
/// meanwhile belongs to somebody whose answer is newer.
const FILL: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then \
     redis.call('DEL', KEYS[1]) \
     redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) \
     return 1 end return 0";

/// Ends a lease if it is still ours.
const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/// What Redis has of an answer.
pub(crate) struct Found {
    /// The answer, where it fits its tags.
    pub(crate) entry: Option<Entry>,
    /// The nonces of its tags as they are now.
    pub(crate) nonces: Vec<Nonce>,
}

/// The answer and its tags, in one round trip where every tag is known.
pub(crate) async fn find(
    link: &Link,
    key: &str,
    tags: &[String],
    budget: Duration,
) -> Result<Found, CacheError> {
    let mut request = Pipeline::new();
    let mget = request.cmd("MGET").arg(answer_key(key));
    for tag in tags {
        mget.arg(tag_key(tag));
    }
    let (mut values,): (Vec<Option<Vec<u8>>>,) = link.ask(&request, Repeat::Once, budget).await?;
    let stored = (!values.is_empty()).then(|| values.remove(0)).flatten();
    let nonces: Option<Vec<Nonce>> = values.iter().map(|value| nonce(value.as_deref())).collect();
    let Some(nonces) = nonces else {
        let nonces = create_tags(link, tags, budget).await?;
        return Ok(Found {
            entry: None,
            nonces,
        });
    };
    // What cannot be read, or was stored under other nonces, is no answer.
    let entry = stored.and_then(|bytes| Entry::decode(&bytes).ok());
    Ok(Found {
        entry: entry.filter(|entry| entry.nonces == nonces),
        nonces,
    })
}

/// The answer alone.
pub(crate) async fn peek(
    link: &Link,
    key: &str,
    budget: Duration,
) -> Result<Option<Entry>, CacheError> {
    let mut request = Pipeline::new();
    request.cmd("GET").arg(answer_key(key));
    let (stored,): (Option<Vec<u8>>,) = link.ask(&request, Repeat::Once, budget).await?;
    Ok(stored.and_then(|bytes| Entry::decode(&bytes).ok()))
}

/// Gives nonces to the tags that have none, and reads them all.
async fn create_tags(
    link: &Link,
    tags: &[String],
    budget: Duration,
) -> Result<Vec<Nonce>, CacheError> {
    let mut request = Pipeline::new();
    for tag in tags {
        let set = request.cmd("SET").arg(tag_key(tag)).arg(&random_nonce()?);
        set.arg("NX").arg("EX").arg(TAG_SECONDS).ignore();
    }
    let mget = request.cmd("MGET");
    for tag in tags {
        mget.arg(tag_key(tag));
    }
    let (values,): (Vec<Option<Vec<u8>>>,) = link.ask(&request, Repeat::Once, budget).await?;
    let nonces = values.iter().map(|value| nonce(value.as_deref()));
    // A tag that is evicted this very moment: an answer under nonce 0 never fits.
    Ok(nonces.map(Option::unwrap_or_default).collect())
}

/// Gives every tag another nonce.
pub(crate) async fn invalidate(
    link: &Link,
    tags: &[String],
    budget: Duration,
) -> Result<(), CacheError> {
    let mut request = Pipeline::new();
    for tag in tags {
        let set = request.cmd("SET").arg(tag_key(tag)).arg(&random_nonce()?);
        set.arg("EX").arg(TAG_SECONDS).ignore();
    }
    link.ask(&request, Repeat::Once, budget).await
}

/// Tries to get the right, among all processes, to compute an answer.
pub(crate) async fn take_lease(
    link: &Link,
    key: &str,
    time: Duration,
    budget: Duration,
) -> Result<Option<Nonce>, CacheError> {
    let token = random_nonce()?;
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let mut request = Pipeline::new();
    let set = request.cmd("SET").arg(lease_key(key)).arg(&token);
    set.arg("NX").arg("PX").arg(milliseconds);
    let (taken,): (Option<String>,) = link.ask(&request, Repeat::Never, budget).await?;
    Ok(taken.is_some().then_some(token))
}

/// Stores an answer under a lease; tells whether the lease still held.
pub(crate) async fn fill(
    link: &Link,
    key: &str,
    lease: &Nonce,
    stored: &[u8],
    time: Duration,
    budget: Duration,
) -> Result<bool, CacheError> {
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut request = Pipeline::new();
    let eval = request.cmd("EVAL").arg(FILL).arg(2);
    eval.arg(lease_key(key)).arg(answer_key(key));
    eval.arg(lease).arg(stored).arg(milliseconds);
    let (filled,): (bool,) = link.ask(&request, Repeat::Never, budget).await?;
    Ok(filled)
}

/// Ends a lease whose computation failed, so that the next reader may try.
pub(crate) async fn release(
    link: &Link,
    key: &str,
    lease: &Nonce,
    budget: Duration,
) -> Result<(), CacheError> {
    let mut request = Pipeline::new();
    request
        .cmd("EVAL")
        .arg(RELEASE)
        .arg(1)
        .arg(lease_key(key))
        .arg(lease)
        .ignore();
    link.ask(&request, Repeat::Once, budget).await
}

/// Whether Redis answers.
pub(crate) async fn ping(link: &Link, budget: Duration) -> Result<(), CacheError> {
    let mut request = Pipeline::new();
    request.cmd("PING").ignore();
    link.ask(&request, Repeat::Once, budget).await
}

fn answer_key(key: &str) -> String {
    format!("c:{key}")
}

fn tag_key(tag: &str) -> String {
    format!("t:{tag}")
}

fn lease_key(key: &str) -> String {
    format!("l:{key}")
}

fn nonce(value: Option<&[u8]>) -> Option<Nonce> {
    value?.try_into().ok()
}

fn random_nonce() -> Result<Nonce, CacheError> {
    let mut nonce = Nonce::default();
    getrandom::fill(&mut nonce)?;
    Ok(nonce)
}
