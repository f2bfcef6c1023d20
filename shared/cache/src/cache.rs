use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_credential_types::provider::SharedCredentialsProvider;
use cache_entry::{Entry, Freshness, Policy};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::flight::Flights;
use crate::job::{Job, note, now_ms, random};
use crate::link::Link;
use crate::{CacheError, CacheSettings, Refresh, store};

/// Longest wait for one answer of Redis.
const CALL: Duration = Duration::from_millis(150);
/// Cached answers. Cheap to clone.
#[derive(Clone)]
pub struct Cache {
    pub(crate) inner: Arc<Inner>,
    /// Longest wait for one answer of Redis.
    pub(crate) budget: Duration,
}

pub(crate) struct Inner {
    pub(crate) link: Option<Link>,
    refresh: Refresh,
    pub(crate) flights: Flights,
}

/// An answer and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cached<T> {
    /// The answer.
    pub value: T,
    /// Where it came from.
    pub outcome: Outcome,
    /// How long that took.
    pub took: Duration,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// From Redis, fresh.
    Hit,
    /// From Redis, past its soft expiry; somebody computes it anew.
    Stale,
    /// Computed, by this reader or by one it waited for.
    Computed,
    /// Computed, because Redis could not be asked.
    Bypassed,
}

impl Outcome {
    /// Its name in logs and headers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Stale => "stale",
            Self::Computed => "computed",
            Self::Bypassed => "bypassed",
        }
    }
}

impl Cache {
    /// A cache as the settings say; it is connected to when first needed. `credentials` sign
    /// tokens where IAM decides.
    ///
    /// # Errors
    /// When the address is none, or its certificates cannot be read.
    pub fn new(
        settings: &CacheSettings,
        credentials: Option<SharedCredentialsProvider>,
    ) -> Result<Self, CacheError> {
        let link = match &settings.url {
            Some(url) => Some(Link::new(settings, url.expose(), credentials)?),
            None => None,
        };
        let inner = Inner {
            link,
            refresh: settings.refresh,
            flights: Flights::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
            budget: CALL,
        })
    }

    /// The same cache for a reader who has `remaining` left: no call to Redis takes more than
    /// a tenth of that.
    #[must_use]
    pub fn within(&self, remaining: Duration) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            budget: CALL.min(remaining / 10),
        }
    }

    /// The answer under `key`, from Redis or from `compute`. `tags` name what the answer was
    /// made of; they must be the same, in the same order, each time. An absent thing is an
    /// answer too: let `T` be an `Option` to keep its absence.
    ///
    /// # Errors
    /// What `compute` fails with, when there is no answer that may still be served.
    pub async fn get_or_compute<T, E, F, Fut>(
        &self,
        key: &str,
        policy: &Policy,
        tags: &[String],
        compute: F,
    ) -> Result<Cached<T>, E>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: fmt::Display + Send + 'static,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let began = Instant::now();
        let (value, outcome) = self.answer(key, policy, tags, compute).await?;
        Ok(Cached {
            value,
            outcome,
            took: began.elapsed(),
        })
    }

    /// Makes every answer with one of these tags unusable, including those whose computation
    /// has begun.
    ///
    /// # Errors
    /// When Redis cannot be told. The answers then live until they expire: note the tags, and
    /// try again.
    pub async fn invalidate(&self, tags: &[String]) -> Result<(), CacheError> {
        match &self.inner.link {
            Some(link) if !tags.is_empty() => store::invalidate(link, tags, self.budget).await,
            _ => Ok(()),
        }
    }

    /// Asks Redis for a sign of life. Without a cache there is nothing to ask.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ping(&self) -> Result<(), CacheError> {
        match &self.inner.link {
            Some(link) => store::ping(link, self.budget).await,
            None => Ok(()),
        }
    }

    /// Whether Redis failed so often that it is left alone at present.
    #[must_use]
    pub fn is_left_alone(&self) -> bool {
        self.inner.link.as_ref().is_some_and(Link::is_open)
    }

    async fn answer<T, E, F, Fut>(
        &self,
        key: &str,
        policy: &Policy,
        tags: &[String],
        compute: F,
    ) -> Result<(T, Outcome), E>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: fmt::Display + Send + 'static,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let Some(found) = self.find(key, tags).await else {
            let job = Job::new(self, key, policy, None);
            return job.compute_shared(compute, Outcome::Bypassed).await;
        };
        let job = Job::new(self, key, policy, Some(found.nonces));
        let Some((entry, value)) = found.entry.and_then(decoded::<T>) else {
            return job.compute_shared(compute, Outcome::Computed).await;
        };
        let outcome = match policy.freshness(&entry, now_ms(), random()) {
            Freshness::Fresh => return Ok((value, Outcome::Hit)),
            Freshness::RefreshEarly => Outcome::Hit,
            Freshness::Stale => Outcome::Stale,
            Freshness::Expired => return job.compute_shared(compute, Outcome::Computed).await,
        };
        let renewal = job.renew(Duration::from_millis(entry.delta_ms.into()), compute);
        match self.inner.refresh {
            Refresh::Background => {
                // The reader has its answer; nobody waits for the renewal.
                drop(tokio::spawn(renewal));
                Ok((value, outcome))
            }
            Refresh::Inline => Ok(renewal
                .await
                .map_or((value, outcome), |renewed| (renewed, Outcome::Computed))),
        }
    }

    pub(crate) async fn find(&self, key: &str, tags: &[String]) -> Option<store::Found> {
        let link = self.inner.link.as_ref()?;
        match store::find(link, key, tags, self.budget).await {
            Ok(found) => Some(found),
            Err(error) => {
                note(&error);
                None
            }
        }
    }
}

fn decoded<T: DeserializeOwned>(entry: Entry) -> Option<(Entry, T)> {
    let value = serde_json::from_slice(&entry.payload).ok()?;
    Some((entry, value))
}
