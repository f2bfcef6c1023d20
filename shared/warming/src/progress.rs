use std::collections::BTreeMap;

use origin_limit::Limiter;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Chunk;
use crate::result::{ChunkResult, ItemResult, add};
use crate::trace::{LimitMinute, Stop};

const MINUTE_MS: i64 = 60_000;

/// How far a chunk is, and what came of it so far: what is stored, together and on condition
/// that nobody else wrote it meanwhile.
///
/// Every item counts once: results count from `next` on, and with them `next` moves on.
/// Whoever gets the chunk again goes on there; results that are handed in again count for
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkProgress {
    /// Items of the chunk.
    pub items: u32,
    /// The first item that nothing is known of.
    pub next: u32,
    /// What came of those before it.
    pub result: ChunkResult,
    /// Who works on it.
    pub lease: Option<Lease>,
    /// Whether nothing is left to do.
    pub is_done: bool,
}

/// Who works on a chunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The worker's name.
    pub worker: String,
    /// Until when it counts as alive.
    pub until_ms: i64,
}

/// Another worker has the chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("another worker has the chunk until {until_ms}")]
pub struct Held {
    /// Until when, unless it goes on.
    pub until_ms: i64,
}

/// Results that do not follow on what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "results of items {first} to {end} do not fit a chunk of {items} whose next item is {next}"
)]
pub struct Gap {
    /// The first item that there is a result of.
    pub first: u32,
    /// The item after the last one.
    pub end: u64,
    /// The chunk's next item.
    pub next: u32,
    /// The chunk's items.
    pub items: u32,
}

impl ChunkProgress {
    /// A chunk of so many items, that nobody has begun.
    #[must_use]
    pub fn new(items: u32) -> Self {
        Self {
            items,
            next: 0,
            result: ChunkResult::default(),
            lease: None,
            is_done: items == 0,
        }
    }

    /// Takes it, or keeps it for longer, unless another worker has it.
    ///
    /// # Errors
    /// Another worker has it.
    pub fn take(&mut self, worker: &str, until_ms: i64, now_ms: i64) -> Result<(), Held> {
        if let Some(lease) = &self.lease
            && lease.worker != worker
            && lease.until_ms > now_ms
        {
            return Err(Held {
                until_ms: lease.until_ms,
            });
        }
        let worker = worker.to_owned();
        self.lease = Some(Lease { worker, until_ms });
        Ok(())
    }

    /// Gives it back, if this worker has it.
    pub fn release(&mut self, worker: &str) {
        let is_ours = self
            .lease
            .as_ref()
            .is_some_and(|lease| lease.worker == worker);
        if is_ours {
            self.lease = None;
        }
    }

    /// Whether a worker has it that is alive.
    #[must_use]
    pub fn is_held(&self, now_ms: i64) -> bool {
        let lease = self.lease.as_ref();
        lease.is_some_and(|lease| lease.until_ms > now_ms)
    }

    /// Takes in the results of items from `first` on. Those that are known already are passed
    /// over.
    ///
    /// # Errors
    /// Items before `first` have no result yet, or there are more results than items. Nothing
    /// is taken in then.
    pub fn advance(
        &mut self,
        chunk: &Chunk,
        first: u32,
        results: &[ItemResult],
    ) -> Result<(), Gap> {
        let end = u64::from(first) + results.len() as u64;
        let items = self
            .items
            .min(u32::try_from(chunk.items.len()).unwrap_or(u32::MAX));
        if first > self.next || end > u64::from(items) {
            return Err(Gap {
                first,
                end,
                next: self.next,
                items,
            });
        }
        let known = (self.next - first) as usize;
        let new = results.get(known..).unwrap_or_default();
        let items = chunk.items.get(self.next as usize..).unwrap_or_default();
        for (item, result) in items.iter().zip(new) {
            self.result.take(item, result);
            self.next += 1;
        }
        self.result.bound();
        self.is_done = self.next >= self.items;
        Ok(())
    }

    /// Notes what the limiter allows at a time.
    pub fn note_limit(&mut self, at_ms: i64, limiter: &Limiter) {
        let minute = at_ms.div_euclid(MINUTE_MS);
        self.result
            .add_limit(minute, &LimitMinute::of(limiter, at_ms));
    }

    /// Notes why a worker stops.
    pub fn note_stop(&mut self, stop: Stop) {
        add(&mut self.result.stops, stop, 1);
    }
}

/// Results that become known in another order than that of their items: what follows on what
/// was handed over is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completions {
    next: u32,
    waiting: BTreeMap<u32, ItemResult>,
}

impl Completions {
    /// Whose first result is that of the item `next`.
    #[must_use]
    pub const fn new(next: u32) -> Self {
        Self {
            next,
            waiting: BTreeMap::new(),
        }
    }

    /// Takes the result of an item; one that was handed over already counts for nothing.
    pub fn put(&mut self, index: u32, result: ItemResult) {
        if index >= self.next {
            self.waiting.entry(index).or_insert(result);
        }
    }

    /// The results that follow on what was handed over, with the first one's item; `None` where
    /// that one's is not known yet.
    pub fn take(&mut self) -> Option<(u32, Vec<ItemResult>)> {
        let first = self.next;
        let mut results = Vec::new();
        while let Some(result) = self.waiting.remove(&self.next) {
            results.push(result);
            self.next += 1;
        }
        (!results.is_empty()).then_some((first, results))
    }

    /// Results that wait for those before them.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}
