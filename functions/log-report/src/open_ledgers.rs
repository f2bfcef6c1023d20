//! The ledgers that a run changes: read once, written once.

use std::collections::BTreeMap;
use std::ops::Range;

use log_formats::Source;
use log_ledger::{Ledger, Partial, Standing, Sums, decode, encode, keys};
use store::{Condition, NewObject};
use tracing::warn;

use crate::emit_metrics::{emit_percentiles, emit_sums};
use crate::recent_hours::{MAX_DOCUMENT_BYTES, RecentHours, read_ledger};
use crate::{Deps, ReportError};

/// Ledgers that have been opened, by their hours.
#[derive(Default)]
pub(crate) struct OpenLedgers(BTreeMap<i64, Open>);

struct Open {
    ledger: Ledger,
    /// How it was read; `None` for an hour that has none yet.
    etag: Option<String>,
    /// What was new, which metrics have not had.
    added: Sums,
    /// Windows that were closed, by tier.
    closed: Vec<(Source, Range<usize>)>,
    is_changed: bool,
}

impl OpenLedgers {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    async fn open(&mut self, deps: &Deps, hour: i64) -> Result<&mut Open, ReportError> {
        let open = match self.0.remove(&hour) {
            Some(open) => open,
            None => {
                let read = read_ledger(deps, &keys::ledger(hour)).await?;
                let (ledger, etag) = match read {
                    Some((ledger, etag)) => (ledger, Some(etag)),
                    None => (Ledger::new(hour), None),
                };
                Open {
                    ledger,
                    etag,
                    added: Sums::default(),
                    closed: Vec::new(),
                    is_changed: false,
                }
            }
        };
        Ok(self.0.entry(hour).or_insert(open))
    }

    /// Adds what a log adds to an hour, unless it has it.
    pub(crate) async fn fold(
        &mut self,
        deps: &Deps,
        hour: i64,
        partial: &Partial,
    ) -> Result<(), ReportError> {
        let open = self.open(deps, hour).await?;
        match open.ledger.standing(&partial.id, &partial.version) {
            Standing::Known => return Ok(()),
            Standing::New => {
                open.ledger.fold(partial);
                let of_hour = partial.hours.iter().filter(|part| part.hour == hour);
                of_hour.for_each(|part| open.added.merge(&part.sums));
            }
            Standing::Replaced => open.add_up_again(deps, partial).await?,
        }
        open.is_changed = true;
        Ok(())
    }

    /// Closes the windows of an hour whose logs have come.
    pub(crate) async fn close_windows(
        &mut self,
        deps: &Deps,
        hour: i64,
        now_ms: i64,
    ) -> Result<(), ReportError> {
        let open = self.open(deps, hour).await?;
        open.closed = open.ledger.close_windows(now_ms);
        open.is_changed |= !open.closed.is_empty();
        Ok(())
    }

    /// Writes what has changed. Metrics are told of what is written,
    /// so that nothing counts twice.
    pub(crate) async fn write(
        &mut self,
        deps: &Deps,
        recent: &mut RecentHours,
        now_ms: i64,
    ) -> Result<(), ReportError> {
        for (hour, open) in std::mem::take(&mut self.0) {
            if !open.is_changed {
                continue;
            }
            let etag = write_ledger(deps, &open.ledger, open.etag.as_deref()).await?;
            emit_sums(&open.added, hour, &deps.rules, &deps.config.telemetry);
            emit_percentiles(&open.ledger, &open.closed, &deps.config.telemetry);
            if RecentHours::is_recent(hour, now_ms) {
                recent.insert(&open.ledger, etag);
            }
        }
        Ok(())
    }
}

impl Open {
    /// One of the logs has another content than when it was folded. What the others hold is
    /// read again; of one that is no longer kept, the hour stays as it is.
    async fn add_up_again(&mut self, deps: &Deps, partial: &Partial) -> Result<(), ReportError> {
        let mut again = self.ledger.without_logs();
        for id in self.ledger.logs.keys() {
            if *id == partial.id {
                again.fold(partial);
                continue;
            }
            let Some(other) = read_partial(deps, id).await? else {
                warn!(
                    log.origin = partial.origin,
                    hour = self.ledger.hour,
                    "A log was replaced too late: its hour is not added up again"
                );
                let logs = &mut self.ledger.logs;
                logs.insert(partial.id.clone(), partial.version.clone());
                return Ok(());
            };
            again.fold(&other);
        }
        self.ledger = again;
        Ok(())
    }
}

/// What a log left when it was folded last.
pub(crate) async fn read_partial(deps: &Deps, id: &str) -> Result<Option<Partial>, ReportError> {
    let key = keys::partial(id);
    let Some(object) = deps.results.get(&key, MAX_DOCUMENT_BYTES).await? else {
        return Ok(None);
    };
    let partial = decode(&object.bytes);
    partial.map_err(|source| ReportError::Document { key, source })
}

/// Writes a ledger if it is still as it was read; its new entity tag.
pub(crate) async fn write_ledger(
    deps: &Deps,
    ledger: &Ledger,
    read: Option<&str>,
) -> Result<String, ReportError> {
    let key = keys::ledger(ledger.hour);
    let bytes = encode(ledger).map_err(|source| ReportError::Document {
        key: key.clone(),
        source,
    })?;
    let object = NewObject::private(&key, bytes, "application/gzip");
    let condition = read.map_or(Condition::IsMissing, Condition::Is);
    Ok(deps.results.put_if(object, condition).await?)
}
