//! Computing one answer: who does, who waits, what is stored.

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cache_entry::{Entry, Nonce, Policy};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::{debug, warn};

use crate::flight::{Leader, Payload, Turn, answer_of};
use crate::{Cache, CacheError, Outcome, store};

/// How long the first computation of an answer keeps others from doing the same; later ones
/// three times as long as the last took.
const FIRST_LEASE: Duration = Duration::from_secs(5);
/// Shortest and longest lease.
const LEASES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// Longest wait for an answer that another process computes for the first time.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks for it.
const LOOK: Duration = Duration::from_millis(25);

/// The right to compute an answer for all processes, until it ends.
#[derive(Clone, Copy)]
struct Lease {
    token: Nonce,
    began: Instant,
}

/// What became of an answer that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// It is in Redis.
    Done,
    /// It is beyond the limits of an entry, or no JSON.
    Unfit,
    /// The lease had ended: somebody's answer is newer.
    Late,
    /// Redis failed.
    Failed,
}

/// One answer that has to be computed.
pub(crate) struct Job {
    cache: Cache,
    key: String,
    policy: Policy,
    /// The nonces before the computation; without them it cannot be stored.
    nonces: Option<Vec<Nonce>>,
}

impl Job {
    pub(crate) fn new(
        cache: &Cache,
        key: &str,
        policy: &Policy,
        nonces: Option<Vec<Nonce>>,
    ) -> Self {
        Self {
            cache: cache.clone(),
            key: key.to_owned(),
            policy: *policy,
            nonces,
        }
    }

    /// For a reader who has nothing: computes, or waits for the one who does.
    pub(crate) async fn compute_shared<T, E, F, Fut>(
        self,
        compute: F,
        outcome: Outcome,
    ) -> Result<(T, Outcome), E>
    where
        T: Serialize + DeserializeOwned,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let leader = match self.cache.inner.flights.join(&self.key) {
            Turn::Leader(leader) => leader,
            Turn::Follower(receiver) => {
                let shared = answer_of(receiver).await;
                let value = shared.and_then(|bytes| serde_json::from_slice(&bytes).ok());
                return match value {
                    Some(value) => Ok((value, outcome)),
                    // The leader failed: its failure is not ours to report.
                    None => Ok((compute().await?, outcome)),
                };
            }
        };
        let lease = self.lease(FIRST_LEASE).await;
        if lease.is_none()
            && let Some(payload) = self.wait_for_another().await
            && let Ok(value) = serde_json::from_slice(&payload)
        {
            leader.finish(payload);
            return Ok((value, outcome));
        }
        let (value, _) = self.compute_under(lease, leader, compute).await?;
        Ok((value, outcome))
    }

    /// For a reader who has an answer that is due: computes it, unless somebody does already.
    pub(crate) async fn renew<T, E, F, Fut>(self, last: Duration, compute: F) -> Option<T>
    where
        T: Serialize,
        E: fmt::Display,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let Turn::Leader(leader) = self.cache.inner.flights.join(&self.key) else {
            return None;
        };
        let lease = self.lease(last.saturating_mul(3)).await?;
        match self.compute_under(Some(lease), leader, compute).await {
            Ok((value, _)) => Some(value),
            Err(error) => {
                warn!(cache.key = %self.key, error = %error, "Kept a stale answer: it cannot be computed anew");
                None
            }
        }
    }

    /// For nobody in particular: computes, unless somebody does already. Tells what became of the
    /// answer; nothing when it is somebody else's to compute.
    pub(crate) async fn fill<T, E, F, Fut>(
        self,
        limit: Duration,
        compute: F,
    ) -> Result<Option<Stored>, E>
    where
        T: Serialize,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let Turn::Leader(leader) = self.cache.inner.flights.join(&self.key) else {
            return Ok(None);
        };
        let Some(lease) = self.lease(limit).await else {
            return Ok(None);
        };
        let (_, stored) = self.compute_under(Some(lease), leader, compute).await?;
        Ok(Some(stored))
    }

    /// Computes, stores under the lease, and hands the answer to those who wait.
    async fn compute_under<T, E, F, Fut>(
        &self,
        lease: Option<Lease>,
        leader: Leader,
        compute: F,
    ) -> Result<(T, Stored), E>
    where
        T: Serialize,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let value = match compute().await {
            Ok(value) => value,
            Err(error) => {
                self.give_back(lease).await;
                return Err(error);
            }
        };
        let stored = match serde_json::to_vec(&value) {
            Ok(bytes) => {
                let payload = Payload::new(bytes);
                let stored = match lease {
                    Some(lease) => self.store(lease, &payload).await,
                    None => Stored::Late,
                };
                leader.finish(payload);
                stored
            }
            Err(error) => {
                warn!(cache.key = %self.key, error = %error, "Left an answer uncached: it is not JSON");
                self.give_back(lease).await;
                Stored::Unfit
            }
        };
        Ok((value, stored))
    }

    async fn lease(&self, time: Duration) -> Option<Lease> {
        self.nonces.as_ref()?;
        let link = self.cache.inner.link.as_ref()?;
        let time = time.clamp(LEASES.0, LEASES.1);
        let began = Instant::now();
        match store::take_lease(link, &self.key, time, self.cache.budget).await {
            Ok(token) => token.map(|token| Lease { token, began }),
            Err(error) => {
                note(&error);
                None
            }
        }
    }

    async fn give_back(&self, lease: Option<Lease>) {
        if let (Some(lease), Some(link)) = (lease, &self.cache.inner.link)
            && let Err(error) =
                store::release(link, &self.key, &lease.token, self.cache.budget).await
        {
            note(&error);
        }
    }

    /// Looks for the answer that another process computes. Nothing when it takes too long, or
    /// when Redis cannot say.
    async fn wait_for_another(&self) -> Option<Payload> {
        self.nonces.as_ref()?;
        let link = self.cache.inner.link.as_ref()?;
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            tokio::time::sleep(LOOK).await;
            let stored = store::peek(link, &self.key, self.cache.budget).await.ok()?;
            let fits = |entry: &Entry| Some(&entry.nonces) == self.nonces.as_ref();
            if let Some(entry) = stored.filter(fits) {
                return Some(Payload::new(entry.payload));
            }
        }
        None
    }

    async fn store(&self, lease: Lease, payload: &Payload) -> Stored {
        let (Some(link), Some(nonces)) = (&self.cache.inner.link, &self.nonces) else {
            return Stored::Failed;
        };
        let now_ms = now_ms();
        let (soft_expiry_ms, hard_expiry_ms) = self.policy.expiries(now_ms, random());
        let took = lease.began.elapsed().as_millis();
        let entry = Entry {
            computed_at_ms: now_ms,
            delta_ms: u32::try_from(took).unwrap_or(u32::MAX),
            soft_expiry_ms,
            hard_expiry_ms,
            nonces: nonces.clone(),
            payload: payload.to_vec(),
        };
        let stored = match entry.encode() {
            Ok(stored) => stored,
            Err(error) => {
                debug!(cache.key = %self.key, error = %error, "Left an answer uncached");
                self.give_back(Some(lease)).await;
                return Stored::Unfit;
            }
        };
        let time = Duration::from_millis(hard_expiry_ms.saturating_sub(now_ms));
        let filled = store::fill(
            link,
            &self.key,
            &lease.token,
            &stored,
            time,
            self.cache.budget,
        );
        match filled.await {
            Ok(true) => Stored::Done,
            Ok(false) => {
                debug!(cache.key = %self.key, "Left an answer uncached: its lease ended");
                Stored::Late
            }
            Err(error) => {
                note(&error);
                Stored::Failed
            }
        }
    }
}

/// Says that Redis failed, but not while it is left alone: that was said.
pub(crate) fn note(error: &CacheError) {
    if !matches!(error, CacheError::Open) {
        warn!(error = %error, "Went on without the cache");
    }
}

pub(crate) fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

/// A number in 0..1; the middle where the system has no random bytes to give.
pub(crate) fn random() -> f64 {
    getrandom::u32().map_or(0.5, |bits| f64::from(bits) / (f64::from(u32::MAX) + 1.0))
}
