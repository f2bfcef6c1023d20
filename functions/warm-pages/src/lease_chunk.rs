//! A chunk is one worker's at a time, for as long as it says so.

use store::StoreError;
use warm_store::{Versioned, WarmStore};
use warming::{Chunk, ChunkProgress, Held};

use crate::PagesError;

/// How long a chunk is a worker's after it last said so: longer than the longest answer and the
/// calls around it, so that only a dead worker is followed by another.
pub(crate) const LEASE_MS: i64 = 60_000;
/// So often the row is read again when another worker wrote it first.
const TRIES: usize = 5;

/// What became of asking for a chunk.
#[derive(Debug)]
pub(crate) enum Leased {
    /// It is ours, from where it is.
    Ours(Box<Versioned<ChunkProgress>>),
    /// Nothing is left to do.
    Done,
    /// The chunk of this number has other items: the plan died before it knew that it had sent
    /// it, and what it was made from changed before it was sent again. Whichever was begun
    /// first counts.
    Other,
    /// Another worker has it.
    Held {
        /// Until when, if that worker dies.
        until_ms: i64,
    },
}

/// Takes a chunk for a worker.
pub(crate) async fn lease_chunk(
    store: &WarmStore,
    chunk: &Chunk,
    worker: &str,
    now_ms: i64,
) -> Result<Leased, StoreError> {
    let until_ms = now_ms + LEASE_MS;
    for _ in 0..TRIES {
        let stored = store.chunk(&chunk.run, chunk.chunk).await?;
        let items = u32::try_from(chunk.items.len()).unwrap_or(u32::MAX);
        let mut progress = stored.unwrap_or_else(|| Versioned::new(ChunkProgress::new(items)));
        if progress.value.is_done {
            return Ok(Leased::Done);
        }
        if progress.value.items != items {
            return Ok(Leased::Other);
        }
        if let Err(Held { until_ms }) = progress.value.take(worker, until_ms, now_ms) {
            return Ok(Leased::Held { until_ms });
        }
        let is_ours = store
            .put_chunk(&chunk.run, chunk.chunk, &progress, now_ms)
            .await?;
        if is_ours {
            progress.version += 1;
            return Ok(Leased::Ours(Box::new(progress)));
        }
    }
    Ok(Leased::Held { until_ms })
}

/// Writes how far a chunk of ours is.
pub(crate) async fn save_chunk(
    store: &WarmStore,
    chunk: &Chunk,
    progress: &mut Versioned<ChunkProgress>,
    now_ms: i64,
) -> Result<(), PagesError> {
    let (run, number) = (&chunk.run, chunk.chunk);
    let is_written = if progress.value.is_done {
        store.finish_chunk(run, number, progress, now_ms).await?
    } else {
        store.put_chunk(run, number, progress, now_ms).await?
    };
    if !is_written {
        // A call that was repeated after its answer got lost finds what it wrote itself.
        let stored = store.chunk(run, number).await?;
        if stored.is_none_or(|stored| stored.value != progress.value) {
            return Err(PagesError::Lost {
                run: run.clone(),
                chunk: number,
            });
        }
    }
    progress.version += 1;
    Ok(())
}
