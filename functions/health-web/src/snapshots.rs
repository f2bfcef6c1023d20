//! What the prober saw last, from the bucket that has it for whoever shows it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use status_page::Snapshot;
use store::{Bucket, StoreError};
use telemetry::Chain;
use tracing::warn;

const KEY: &str = "snapshot.json";
/// Of 50 components with 90 days each and many incidents it has half of that.
const MAX_BYTES: u64 = 2 * 1024 * 1024;
/// For so long what was read, or could not be, is not asked for again.
const KEPT: Duration = Duration::from_secs(5);
/// Whoever asks waits for no more than this: what is known is nearly as good.
const READ_LIMIT: Duration = Duration::from_secs(2);

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SnapshotError {
    /// The bucket failed.
    #[error("get the snapshot")]
    Store(#[from] StoreError),
    /// The bucket did not answer in time.
    #[error("get the snapshot: there was no answer within {} s", READ_LIMIT.as_secs())]
    TimeOut,
    /// There is none: the prober has not run yet.
    #[error("get the snapshot: there is none yet")]
    None,
    /// It is not what the prober writes.
    #[error("read the snapshot")]
    Json(#[from] serde_json::Error),
}

/// The last snapshot that could be read, and why no newer one could.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// What is shown, as old as it may be.
    pub(crate) snapshot: Option<Arc<Snapshot>>,
    /// Whether the last try to read it failed.
    pub(crate) has_failed: bool,
    tried: Option<Instant>,
}

impl Known {
    fn is_fresh(&self, now: Instant) -> bool {
        self.tried
            .is_some_and(|tried| now.saturating_duration_since(tried) < KEPT)
    }

    /// What is known after a try. What was known is better than nothing.
    fn after(mut self, outcome: Result<Snapshot, SnapshotError>, now: Instant) -> Self {
        self.tried = Some(now);
        self.has_failed = outcome.is_err();
        match outcome {
            Ok(snapshot) => self.snapshot = Some(Arc::new(snapshot)),
            Err(failure) => {
                let is_known = self.snapshot.is_some();
                warn!(is_known, error = %Chain(&failure), "Could not read the snapshot");
            }
        }
        self
    }
}

/// Snapshots, read again every five seconds at most.
pub(crate) struct Snapshots {
    bucket: Bucket,
    known: Mutex<Known>,
}

impl Snapshots {
    pub(crate) const fn new(bucket: Bucket) -> Self {
        Self {
            bucket,
            known: Mutex::new(Known {
                snapshot: None,
                has_failed: false,
                tried: None,
            }),
        }
    }

    /// What is known now.
    pub(crate) async fn get(&self) -> Known {
        let known = self.kept().clone();
        if known.is_fresh(Instant::now()) {
            return known;
        }
        let outcome = self.read().await;
        let known = known.after(outcome, Instant::now());
        self.kept().clone_from(&known);
        known
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read(&self) -> Result<Snapshot, SnapshotError> {
        let object = tokio::time::timeout(READ_LIMIT, self.bucket.get(KEY, MAX_BYTES)).await;
        let object = object.map_err(|_| SnapshotError::TimeOut)??;
        let object = object.ok_or(SnapshotError::None)?;
        Ok(serde_json::from_slice(&object.bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(made_ms: i64) -> Snapshot {
        Snapshot {
            made_ms,
            ..Snapshot::default()
        }
    }

    #[test]
    fn the_last_one_is_kept_while_no_newer_one_can_be_read() {
        let start = Instant::now();
        let known = Known::default().after(Ok(snapshot(1)), start);
        assert!(!known.has_failed);
        let failed = known.after(Err(SnapshotError::TimeOut), start + KEPT);
        assert!(failed.has_failed);
        assert_eq!(failed.snapshot.as_deref(), Some(&snapshot(1)));
        let again = failed.after(Ok(snapshot(2)), start + KEPT * 2);
        assert!(!again.has_failed);
        assert_eq!(again.snapshot.as_deref(), Some(&snapshot(2)));
    }

    #[test]
    fn a_try_counts_for_five_seconds_whether_it_failed_or_not() {
        let start = Instant::now();
        assert!(!Known::default().is_fresh(start));
        let failed = Known::default().after(Err(SnapshotError::None), start);
        assert!(failed.snapshot.is_none());
        assert!(failed.is_fresh(start + KEPT - Duration::from_millis(1)));
        assert!(!failed.is_fresh(start + KEPT));
    }
}
