//! What both triggers do with a log: read it once, and store what is made of it.

use std::io::BufRead;
use std::sync::Arc;

use lambda_kit::now_ms;
use log_formats::{Columns, LineLimits, Source};
use log_ingest::{Ingested, PartitionFile, PartitionedTables, Rules, ingest};
use log_ledger::{LogName, Partial, encode, keys};
use log_privacy::Privacy;
use store::NewObject;
use telemetry::{Metrics, Unit};
use tempfile::TempDir;
use tracing::{info, warn};

use crate::{Deps, ProcessError};

/// What was read, and the rows of it on the disk.
pub(crate) struct LogResult {
    ingested: Ingested,
    files: Vec<PartitionFile>,
    /// Removed when this is dropped.
    _dir: TempDir,
}

/// Reads a log on a thread of its own.
pub(crate) async fn read_log(
    stream: impl BufRead + Send + 'static,
    (source, origin): (Source, &str),
    deps: &Arc<Deps>,
) -> Result<LogResult, ProcessError> {
    let deps = Arc::clone(deps);
    let read = tokio::task::spawn_blocking(move || {
        let dir = tempfile::tempdir().map_err(ReadFault::Disk)?;
        let privacy = Privacy::new(deps.rules.privacy.clone(), &deps.hash_key);
        let mut tables = PartitionedTables::new(dir.path(), privacy);
        let rules = Rules {
            summary: &deps.rules.requests,
            audit: &deps.audit,
            limits: LineLimits::default(),
            columns: columns(&deps),
            now_ms: now_ms(),
        };
        let ingested = ingest(stream, source, &rules, Some(&mut tables))?;
        let files = tables.finish()?;
        Ok(LogResult {
            ingested,
            files,
            _dir: dir,
        })
    });
    let origin = || origin.to_owned();
    match read.await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(ReadFault::Disk(source))) => Err(ProcessError::Disk(source)),
        Ok(Err(ReadFault::Ingest(source))) => {
            let origin = origin();
            Err(ProcessError::Ingest { origin, source })
        }
        Err(source) => {
            let origin = origin();
            Err(ProcessError::Worker { origin, source })
        }
    }
}

/// The fields of lines without a header.
fn columns(deps: &Deps) -> Option<Columns> {
    let fields = &deps.rules.cloudfront.realtime_fields;
    (!fields.is_empty()).then(|| Columns::of_names(fields.iter().map(String::as_str)))
}

enum ReadFault {
    Disk(std::io::Error),
    Ingest(log_ingest::IngestError),
}

impl From<log_ingest::IngestError> for ReadFault {
    fn from(source: log_ingest::IngestError) -> Self {
        Self::Ingest(source)
    }
}

/// Stores the rows and then what the log adds up to, under names made of the log's own.
pub(crate) async fn store_result(
    log: LogName,
    source: Source,
    result: LogResult,
    deps: &Deps,
) -> Result<(), ProcessError> {
    for file in &result.files {
        let key = keys::table_file(&file.partition, &log.id, file.part);
        let media_type = "application/vnd.apache.parquet";
        deps.results.put_file(&key, &file.path, media_type).await?;
    }
    tell(&log.origin, source, &result.ingested);
    let mut metrics = deps.config.telemetry.metrics();
    count(&result.ingested, &mut metrics);
    let partial = Partial::new(log, source, result.ingested, Vec::new(), now_ms());
    store_partial(&partial, deps).await?;
    metrics.flush();
    Ok(())
}

/// Stores what a log adds up to, until `log-report` folds it.
pub(crate) async fn store_partial(partial: &Partial, deps: &Deps) -> Result<(), ProcessError> {
    let key = keys::pending(partial, now_ms());
    let object = NewObject::private(&key, encode(partial)?, "application/gzip");
    deps.results.put(object).await?;
    Ok(())
}

fn tell(origin: &str, source: Source, ingested: &Ingested) {
    let (source, bad) = (source.name(), ingested.bad());
    let (records, lines) = (ingested.records, ingested.totals.lines);
    if let Some(broken) = &ingested.broken {
        warn!(
            log.origin = origin,
            log.source = source,
            broken,
            records,
            "A log breaks off"
        );
    }
    if bad > 0 {
        let samples = ingested.samples.join(" | ");
        warn!(
            log.origin = origin,
            log.source = source,
            bad,
            lines,
            samples,
            "Lines of a log cannot be read"
        );
    }
    info!(
        log.origin = origin,
        log.source = source,
        records,
        lines,
        bad,
        skewed = ingested.summary.skewed,
        "Read a log"
    );
}

fn count(ingested: &Ingested, metrics: &mut Metrics) {
    metrics.count("LogObjects");
    let mut add = |name, value: u64| metrics.add(name, Unit::Count, value as f64);
    add("LogRecords", ingested.records);
    add("BadLines", ingested.bad());
    add("BrokenObjects", u64::from(ingested.broken.is_some()));
    let bytes = ingested.totals.bytes as f64;
    metrics.add("LogBytes", Unit::Bytes, bytes);
}
