use std::time::Duration;

use cache_entry::{Entry, Policy};
use serde::Serialize;

use crate::Cache;
use crate::job::{Job, Stored, now_ms};

/// An answer that is to be there before a reader asks for it.
#[derive(Debug, Clone, Copy)]
pub struct Refill<'a> {
    /// Its key, as readers ask for it.
    pub key: &'a str,
    /// How long it lives, as readers say.
    pub policy: &'a Policy,
    /// What it is made of, as readers say and in their order.
    pub tags: &'a [String],
    /// An answer that still fits its tags and is younger than this is left as it is.
    pub every: Duration,
    /// How long its computation may keep others from doing the same: 1 to 30 s.
    pub limit: Duration,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warmed {
    /// It was there, and young.
    Young,
    /// It was computed and is there: a reader would get it.
    Filled,
    /// Somebody else computes it.
    Busy,
    /// It was computed in vain: a tag ended meanwhile, or another's answer is newer.
    Void,
    /// It is too large to be kept.
    Unfit,
    /// Redis cannot be asked.
    Unreachable,
}

impl Cache {
    /// Computes an answer for readers to come, unless it is there and young, or somebody computes
    /// it already. Whatever it is made of may change meanwhile: then it does not stay.
    ///
    /// # Errors
    /// What `compute` fails with.
    pub async fn warm<T, E, F, Fut>(&self, refill: &Refill<'_>, compute: F) -> Result<Warmed, E>
    where
        T: Serialize,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let Refill { key, tags, .. } = *refill;
        let Some(found) = self.find(key, tags).await else {
            return Ok(Warmed::Unreachable);
        };
        if found.entry.is_some_and(|entry| is_young(&entry, refill)) {
            return Ok(Warmed::Young);
        }
        let job = Job::new(self, key, refill.policy, Some(found.nonces));
        Ok(match job.fill(refill.limit, compute).await? {
            None => Warmed::Busy,
            Some(Stored::Unfit) => Warmed::Unfit,
            Some(Stored::Late) => Warmed::Void,
            Some(Stored::Failed) => Warmed::Unreachable,
            // As a reader would: under the tags as they are now.
            Some(Stored::Done) => match self.find(key, tags).await {
                Some(found) if found.entry.is_some() => Warmed::Filled,
                Some(_) => Warmed::Void,
                None => Warmed::Unreachable,
            },
        })
    }
}

fn is_young(entry: &Entry, refill: &Refill<'_>) -> bool {
    let every = u64::try_from(refill.every.as_millis()).unwrap_or(u64::MAX);
    let now_ms = now_ms();
    now_ms < entry.computed_at_ms.saturating_add(every) && now_ms < entry.hard_expiry_ms
}
