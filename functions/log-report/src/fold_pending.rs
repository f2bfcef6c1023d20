//! The use case: logs have been read since the last run.

use std::collections::BTreeSet;

use lambda_kit::Deadline;
use log_ledger::{Partial, decode, keys};
use store::NewObject;
use telemetry::Chain;
use tracing::error;

use crate::open_ledgers::OpenLedgers;
use crate::recent_hours::RecentHours;
use crate::{Deps, ReportError};

/// Documents that are folded before the ledgers are written.
const BATCH: i32 = 200;
/// Ledgers that are held at a time.
const OPEN_LEDGERS: usize = 12;
/// Days before the recent ones that a run touches: the pages of each are made again.
const OLD_DAYS: usize = 2;
/// The largest document that a log leaves, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// What was folded.
#[derive(Default)]
pub(crate) struct Folded {
    /// Logs, those included that were in the ledgers already.
    pub(crate) logs: usize,
    /// Hours of which the ledgers have changed.
    pub(crate) touched: BTreeSet<i64>,
    /// Documents that waited when the run began, as far as one page lists them.
    pub(crate) pending: usize,
}

/// Folds what waits, until there is no more or no time.
pub(crate) async fn fold_pending(
    deps: &Deps,
    recent: &mut RecentHours,
    deadline: Deadline,
    now_ms: i64,
) -> Result<Folded, ReportError> {
    let mut folded = Folded::default();
    let mut open = OpenLedgers::default();
    for hour in recent.closable(now_ms) {
        open.close_windows(deps, hour, now_ms).await?;
    }
    loop {
        let waiting = deps.results.list_page(keys::PENDING, "", BATCH).await?;
        folded.pending = folded.pending.max(waiting.len());
        let mut done = Vec::new();
        for object in waiting {
            let is_full =
                open.len() >= OPEN_LEDGERS || old_days(&folded.touched, now_ms) > OLD_DAYS;
            if is_full || deadline.has_passed() {
                break;
            }
            fold_one(deps, &object.key, &mut open).await?;
            done.push(object.key);
        }
        folded
            .touched
            .extend(open.write(deps, recent, now_ms).await?);
        deps.results.delete(&done).await?;
        folded.logs += done.len();
        if done.is_empty() || deadline.has_passed() {
            return Ok(folded);
        }
    }
}

async fn fold_one(deps: &Deps, key: &str, open: &mut OpenLedgers) -> Result<(), ReportError> {
    let Some(object) = deps.results.get(key, MAX_BYTES).await? else {
        return Ok(());
    };
    let partial: Partial = match decode(&object.bytes) {
        Ok(partial) => partial,
        Err(fault) => {
            error!(object.key = key, error = %Chain(&fault), "Put a document aside that cannot be read");
            let aside = key.replace(keys::PENDING, keys::UNREADABLE);
            return keep(deps, &aside, object.bytes).await;
        }
    };
    // Kept before it counts: whoever adds an hour up again must find it.
    keep(deps, &keys::partial(&partial.id), object.bytes).await?;
    open.fold(deps, &partial).await
}

async fn keep(deps: &Deps, key: &str, bytes: impl Into<bytes::Bytes>) -> Result<(), ReportError> {
    let object = NewObject {
        key,
        bytes: bytes.into(),
        content_type: "application/gzip",
        cache_control: "no-store",
        metadata: &[],
    };
    deps.results.put(object).await?;
    Ok(())
}

/// Days among some hours that are not recent.
fn old_days(hours: &BTreeSet<i64>, now_ms: i64) -> usize {
    let old = hours
        .iter()
        .filter(|hour| !RecentHours::is_recent(**hour, now_ms));
    old.map(|hour| hour.div_euclid(24))
        .collect::<BTreeSet<_>>()
        .len()
}
