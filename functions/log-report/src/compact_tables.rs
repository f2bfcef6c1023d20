//! The use case: an hour is over, and its table files are many and small.
//!
//! A journal says which files become which: a run that dies between writing the one and
//! deleting the others is finished by the next, so that no row is there twice for long.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use lambda_kit::Deadline;
use log_formats::Source;
use log_ingest::Partition;
use log_ledger::keys;
use log_summary::HOUR_MS;
use log_tables::{Table, compact};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Condition, ListedObject, NewObject, StoreError};
use telemetry::Chain;
use tracing::error;

use crate::open_ledgers::write_ledger;
use crate::recent_hours::{RecentHours, read_ledger};
use crate::{Deps, ReportError};

/// Hours after which an hour's files are put together: then, and once more for what came late.
const AFTER_HOURS: [i64; 2] = [2, 26];
/// Files that are large enough to stay as they are, in bytes.
const LARGE: u64 = 64 << 20;
/// What is put together at a time, in bytes: it is on the disk twice.
const MAX_BYTES: u64 = 192 << 20;
/// A journal that is younger may be that of a run that is still at it: longer than the
/// function's timeout.
const RUN_MS: i64 = 180_000;
/// Which tables have rows of which logs.
const PARTITIONS: [(Table, Source); 10] = [
    (Table::WebRequests, Source::Cloudfront),
    (Table::WebRequests, Source::Alb),
    (Table::WebRequests, Source::Nginx),
    (Table::TlsConnections, Source::AlbConnection),
    (Table::FirewallEvents, Source::Waf),
    (Table::NetworkFlows, Source::VpcFlow),
    (Table::Messages, Source::NginxError),
    (Table::Messages, Source::Lambda),
    (Table::Messages, Source::Postgres),
    (Table::AuditEvents, Source::Cloudtrail),
];

/// What becomes one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Journal {
    inputs: Vec<String>,
    output: String,
    /// When it was written, in milliseconds since 1970.
    begun_ms: i64,
}

/// Puts the files of one hour together that is due; how many there were.
pub(crate) async fn compact_one_hour(
    deps: &Deps,
    recent: &mut RecentHours,
    deadline: Deadline,
    now_ms: i64,
) -> Result<usize, ReportError> {
    let now = now_ms.div_euclid(HOUR_MS);
    let mut due = (1..).zip(AFTER_HOURS);
    let Some(hour) = due.find_map(|(times, after)| recent.uncompacted(now - after, times)) else {
        return Ok(0);
    };
    let mut compacted = 0;
    for (table, source) in PARTITIONS {
        if deadline.has_passed() {
            // The next run goes on with the same hour.
            return Ok(compacted);
        }
        let partition = Partition {
            table,
            source,
            hour,
        };
        match Box::pin(compact_partition(deps, &partition, now_ms)).await {
            Ok(Some(count)) => compacted += count,
            Ok(None) => return Ok(compacted),
            // Its files stay as they are; the other partitions are not to blame.
            Err(fault @ ReportError::Compact { .. }) => {
                error!(error = %Chain(&fault), "Left table files as they are");
            }
            Err(failed) => return Err(failed),
        }
    }
    let key = keys::ledger(hour);
    if let Some((mut ledger, etag)) = read_ledger(deps, &key).await? {
        ledger.compactions += 1;
        let etag = write_ledger(deps, &ledger, Some(&etag)).await?;
        recent.insert(&ledger, etag);
    }
    Ok(compacted)
}

/// How many files became one; `None` while another run is at it.
async fn compact_partition(
    deps: &Deps,
    partition: &Partition,
    now_ms: i64,
) -> Result<Option<usize>, ReportError> {
    let prefix = keys::partition(partition);
    let journal_key = keys::compaction(partition);
    if !finish_earlier(deps, &journal_key, &prefix, now_ms).await? {
        return Ok(None);
    }
    let files = deps.results.list_page(&prefix, "", 1000).await?;
    let inputs = small_ones(&files);
    if inputs.len() < 2 {
        return Ok(Some(0));
    }
    let journal = Journal {
        output: format!("{prefix}compacted-{}.parquet", hash_of(&inputs)),
        inputs,
        begun_ms: now_ms,
    };
    if !begin(deps, &journal, &journal_key, &prefix).await? {
        return Ok(None);
    }
    let dir = tempfile::tempdir().map_err(|source| fault(&prefix, source))?;
    for (number, key) in journal.inputs.iter().enumerate() {
        let Some(object) = deps.results.get(key, LARGE).await? else {
            return Ok(None);
        };
        let path = dir.path().join(format!("{number:04}.parquet"));
        std::fs::write(path, &object.bytes).map_err(|source| fault(&prefix, source))?;
    }
    let output = put_together(dir.path(), partition.table, &prefix).await?;
    let media_type = "application/vnd.apache.parquet";
    deps.results
        .put_file(&journal.output, &output, media_type)
        .await?;
    deps.results.delete(&journal.inputs).await?;
    deps.results.delete(&[journal_key]).await?;
    Ok(Some(journal.inputs.len()))
}

/// Writes the journal; whether this run is the one that does it.
async fn begin(
    deps: &Deps,
    journal: &Journal,
    key: &str,
    prefix: &str,
) -> Result<bool, ReportError> {
    let json = serde_json::to_vec(journal).map_err(|source| fault(prefix, source))?;
    let object = NewObject::private(key, json, "application/json");
    match deps.results.put_if(object, Condition::IsMissing).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict { .. }) => Ok(false),
        Err(failed) => Err(failed.into()),
    }
}

/// Ends what a run before began, of which nothing more is to be expected: with the one file
/// there, the others go. Whether the partition is free then.
async fn finish_earlier(
    deps: &Deps,
    journal_key: &str,
    prefix: &str,
    now_ms: i64,
) -> Result<bool, ReportError> {
    let Some(object) = deps.results.get(journal_key, 1 << 20).await? else {
        return Ok(true);
    };
    let journal: Journal =
        serde_json::from_slice(&object.bytes).map_err(|source| fault(prefix, source))?;
    if now_ms - journal.begun_ms < RUN_MS {
        return Ok(false);
    }
    if deps.results.etag(&journal.output).await?.is_some() {
        deps.results.delete(&journal.inputs).await?;
    }
    deps.results.delete(&[journal_key.to_owned()]).await?;
    Ok(true)
}

/// The files that are worth putting together, as many as there is room for.
fn small_ones(files: &[ListedObject]) -> Vec<String> {
    let mut bytes = 0;
    let mut fits = |file: &&ListedObject| {
        let is_small = file.size < LARGE && bytes + file.size <= MAX_BYTES;
        bytes += if is_small { file.size } else { 0 };
        is_small
    };
    let small = files.iter().filter(|file| fits(file));
    small.map(|file| file.key.clone()).collect()
}

fn hash_of(keys: &[String]) -> String {
    let mut hash = Sha256::new();
    for key in keys {
        hash.update(key.as_bytes());
        hash.update(b"\n");
    }
    let hash = hash.finalize();
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes one file of those in a folder. On a thread of its own, which also contains panics of
/// the Parquet reader: it has some for files that were damaged.
async fn put_together(
    dir: &Path,
    table: Table,
    prefix: &str,
) -> Result<std::path::PathBuf, ReportError> {
    let (dir, output) = (dir.to_owned(), dir.join("compacted"));
    let path = output.clone();
    let work = tokio::task::spawn_blocking(move || {
        let mut inputs: Vec<_> = std::fs::read_dir(dir)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        inputs.sort();
        let out = BufWriter::new(File::create(path)?);
        let compacted = compact(table, inputs.iter().map(File::open), out)?;
        compacted
            .out
            .into_inner()
            .map_err(|error| error.into_error())?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    });
    match work.await {
        Ok(Ok(())) => Ok(output),
        Ok(Err(source)) => Err(ReportError::Compact {
            prefix: prefix.to_owned(),
            source,
        }),
        Err(panicked) => Err(fault(prefix, panicked)),
    }
}

fn fault(prefix: &str, source: impl std::error::Error + Send + Sync + 'static) -> ReportError {
    ReportError::Compact {
        prefix: prefix.to_owned(),
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_are_put_together_as_far_as_there_is_room() {
        let file = |key: &str, size| ListedObject {
            key: key.to_owned(),
            etag: String::new(),
            size,
        };
        let files = [
            file("a", 1 << 20),
            file("large", LARGE),
            file("b", LARGE - 1),
            file("c", LARGE - 1),
            file("d", LARGE - 1),
            file("e", 1 << 20),
        ];
        assert_eq!(small_ones(&files), ["a", "b", "c", "e"]);
    }

    #[test]
    fn each_table_has_its_logs() {
        for table in Table::ALL {
            assert!(PARTITIONS.iter().any(|(of, _)| *of == table), "{table:?}");
        }
        for source in Source::ALL {
            assert!(PARTITIONS.iter().any(|(_, of)| *of == source), "{source:?}");
        }
    }
}
