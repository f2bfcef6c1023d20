//! What a worker writes: how far its chunk is, and what the origin's answers were like.

use lambda_kit::now_ms;
use origin_limit::{Batch, Limiter};

use crate::PagesError;
use crate::lease_chunk::{LEASE_MS, save_chunk};
use crate::worker::Worker;

/// So many samples are told at once.
const SAMPLES: usize = 20;
/// Samples are told after so long.
const FOLD_MS: i64 = 250;
/// The limiter is looked at after so long, sample or none: others may have paused it.
const LOOK_MS: i64 = 2_000;
/// Results are written after so long: what a worker that dies has to repeat.
const SAVE_MS: i64 = 1_000;
/// What is set aside of a budget counts as used after so long: longer than any invocation.
pub(crate) const SETTLED_MS: i64 = 1_000_000;

impl Worker<'_> {
    /// Writes what is due.
    pub(crate) async fn look_after_rows(&mut self) -> Result<(), PagesError> {
        let now_ms = now_ms();
        let since_ms = now_ms - self.folded_ms;
        let is_due = since_ms >= FOLD_MS || self.samples.len() >= SAMPLES || self.is_urgent;
        if (!self.samples.is_empty() && is_due) || since_ms >= LOOK_MS {
            self.fold().await?;
        }
        if now_ms - self.saved_ms >= SAVE_MS {
            self.save(false).await?;
        }
        Ok(())
    }

    /// Tells the other workers what the origin's answers were like, and hears what theirs were.
    pub(crate) async fn fold(&mut self) -> Result<(), PagesError> {
        let now_ms = now_ms();
        let deps = self.at.deps;
        self.heard = deps.brake.hear(&deps.site.brakes, now_ms).await;
        let (rules, heard) = (&deps.site.limiter, self.heard);
        let batch = self.batch();
        let tell = |limiter: &mut Limiter| {
            limiter.lease(rules, &batch.worker, now_ms);
            limiter.hear(rules, heard.health, heard.at_ms);
            limiter.fold(rules, &batch, now_ms);
        };
        let read = self.limiter.clone();
        let target = &self.at.chunk.target;
        let told = deps.store.change_limiter(target, rules, read, tell, now_ms);
        self.limiter = told.await?;
        self.folded += batch.samples.len() as u64;
        self.is_urgent = false;
        self.folded_ms = now_ms;
        Ok(())
    }

    /// Tells the last samples, and that this worker takes no part of the limit any more.
    pub(crate) async fn leave_origin(&mut self) -> Result<(), PagesError> {
        let now_ms = now_ms();
        let deps = self.at.deps;
        let rules = &deps.site.limiter;
        let batch = self.batch();
        let leave = |limiter: &mut Limiter| {
            limiter.fold(rules, &batch, now_ms);
            limiter.release(&batch.worker, now_ms);
        };
        let read = self.limiter.clone();
        let target = &self.at.chunk.target;
        let told = deps
            .store
            .change_limiter(target, rules, read, leave, now_ms);
        self.limiter = told.await?;
        self.folded += batch.samples.len() as u64;
        Ok(())
    }

    fn batch(&mut self) -> Batch {
        Batch {
            worker: self.at.name.clone(),
            first: self.folded,
            samples: std::mem::take(&mut self.samples),
        }
    }

    /// Writes results together with the place they lead to. A worker that goes on keeps its
    /// lease, one that ends gives it back. What ends the chunk is written once: it counts.
    pub(crate) async fn save(&mut self, ends: bool) -> Result<(), PagesError> {
        if self.is_finished {
            return Ok(());
        }
        let now_ms = now_ms();
        let chunk = self.at.chunk;
        let progress = &mut self.progress.value;
        while let Some((first, results)) = self.completions.take() {
            let advanced = progress.advance(chunk, first, &results);
            advanced.map_err(|source| PagesError::Gap {
                run: chunk.run.clone(),
                chunk: chunk.chunk,
                source,
            })?;
        }
        progress.note_limit(now_ms, &self.limiter.value);
        if ends || progress.is_done {
            progress.release(&self.at.name);
        } else {
            // Ours already, as nobody else takes it while the lease runs; if that has ended and
            // somebody did, the row is not as it was read and the write fails.
            let _ours = progress.take(&self.at.name, now_ms + LEASE_MS, now_ms);
        }
        save_chunk(&self.at.deps.store, chunk, &mut self.progress, now_ms).await?;
        self.is_finished = self.progress.value.is_done;
        self.saved_ms = now_ms;
        Ok(())
    }
}
