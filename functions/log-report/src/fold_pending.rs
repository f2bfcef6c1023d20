//! The use case: logs have been read since the last run.

use std::collections::BTreeSet;

use lambda_kit::{Classified, Deadline, ErrorClass};
use log_ledger::{Partial, decode, encode, keys};
use store::{NewObject, StoreError};
use telemetry::Chain;
use tracing::error;

use crate::open_ledgers::{OpenLedgers, read_partial};
use crate::recent_hours::{MAX_DOCUMENT_BYTES, RecentHours};
use crate::{Deps, ReportError};

/// Documents that are listed at a time.
const BATCH: i32 = 1000;
/// Ledgers that are held at a time.
const OPEN_LEDGERS: usize = 12;
/// Days before the recent ones that a run touches: the pages of each are made again.
const OLD_DAYS: usize = 2;

/// What was folded.
#[derive(Default)]
pub(crate) struct Folded {
    /// Documents that are in the ledgers. They are deleted once all is told: should this run
    /// end before, the next one tells it.
    pub(crate) done: Vec<String>,
    /// Hours that these are about.
    pub(crate) touched: BTreeSet<i64>,
    /// Documents about recent hours that waited when the run began, as far as one page lists
    /// them.
    pub(crate) pending: usize,
    /// Documents that could not be read or folded.
    pub(crate) unreadable: usize,
}

/// Folds what waits, as much as one listing has and there is time for: first what is about
/// recent hours, and then old days, a few in each run.
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
        if open.len() >= OPEN_LEDGERS {
            open.write(deps, recent, now_ms).await?;
        }
    }
    let results = &deps.results;
    let mut waiting = results.list_page(keys::PENDING_RECENT, "", BATCH).await?;
    folded.pending = waiting.len();
    waiting.extend(results.list_page(keys::PENDING_OLD, "", BATCH).await?);
    for object in waiting {
        if deadline.has_passed() || old_days(&folded.touched, now_ms) > OLD_DAYS {
            break;
        }
        match fold_one(deps, &object.key, &mut open, &mut folded).await {
            Ok(()) => folded.done.push(object.key),
            // It waits on, and the others do not wait for it.
            Err(fault) if fault.class() == ErrorClass::Permanent || is_too_large(&fault) => {
                error!(object.key, error = %Chain(&fault), "Passed a document over");
                folded.unreadable += 1;
            }
            Err(failed) => return Err(failed),
        }
        if open.len() >= OPEN_LEDGERS {
            open.write(deps, recent, now_ms).await?;
        }
    }
    open.write(deps, recent, now_ms).await?;
    Ok(folded)
}

fn is_too_large(fault: &ReportError) -> bool {
    matches!(fault, ReportError::Store(StoreError::TooLarge { .. }))
}

/// Adds a document to the ledgers of its hours.
async fn fold_one(
    deps: &Deps,
    key: &str,
    open: &mut OpenLedgers,
    folded: &mut Folded,
) -> Result<(), ReportError> {
    let Some(object) = deps.results.get(key, MAX_DOCUMENT_BYTES).await? else {
        return Ok(());
    };
    let mut partial: Partial = match decode(&object.bytes) {
        Ok(partial) => partial,
        Err(fault) => {
            error!(object.key = key, error = %Chain(&fault), "Put a document aside that cannot be read");
            folded.unreadable += 1;
            let aside = key.replace(keys::PENDING, keys::UNREADABLE);
            return keep(deps, &aside, object.bytes.to_vec()).await;
        }
    };
    // Kept before it counts: whoever adds an hour up again must find it, with all hours that
    // it ever was about.
    match read_partial(deps, &partial.id).await? {
        Some(kept) if kept.version >= partial.version => partial = kept,
        earlier => {
            if let Some(earlier) = earlier {
                partial.follow(&earlier);
            }
            let key = keys::partial(&partial.id);
            let bytes = encode(&partial).map_err(|source| ReportError::Document {
                key: key.clone(),
                source,
            })?;
            keep(deps, &key, bytes).await?;
        }
    }
    for part in &partial.hours {
        folded.touched.insert(part.hour);
        open.fold(deps, part.hour, &partial).await?;
    }
    Ok(())
}

async fn keep(deps: &Deps, key: &str, bytes: Vec<u8>) -> Result<(), ReportError> {
    let object = NewObject::private(key, bytes, "application/gzip");
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
