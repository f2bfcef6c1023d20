use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use audit_log::{AuditFindings, AuditRules};
use log_formats::{Columns, LineLimits, Source};
use log_ingest::{Ingested, PartitionedTables, Rules, ingest};
use log_privacy::Privacy;
use log_summary::{Activity, Summary};
use sha2::{Digest, Sha256};
use site_logs::LogRules;

use crate::arguments::ReportArguments;
use crate::files::LogFile;

/// What all files hold.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) summary: Summary,
    pub(crate) activity: Activity,
    pub(crate) audit: AuditFindings,
    pub(crate) now_ms: i64,
    sources: BTreeMap<Source, Counts>,
    remarks: Vec<String>,
}

#[derive(Debug, Default)]
struct Counts {
    files: u64,
    records: u64,
    bad: u64,
    bytes: u64,
}

/// Reads the files with as many threads as there are processors. The order in which they end
/// does not matter to the sums.
pub(crate) fn read_all(
    files: &[LogFile],
    (rules, audit): (&LogRules, &AuditRules),
    arguments: &ReportArguments,
) -> Result<Read> {
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let read = Read {
        now_ms,
        ..Read::default()
    };
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Ok(read)));
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let rules_of_files = Rules {
                summary: &rules.requests,
                audit,
                limits: LineLimits::default(),
                columns: columns(arguments),
                now_ms,
            };
            let ingested = read_file(file, rules, &rules_of_files, arguments);
            let Ok(mut total) = total.lock() else { return };
            match (&mut *total, ingested) {
                (Ok(total), Ok(ingested)) => total.add(file, &ingested),
                (Ok(_), Err(error)) => *total = Err(error),
                (Err(_), _) => return,
            }
        }
    };
    let threads = thread::available_parallelism()?.get().min(files.len());
    thread::scope(|scope| {
        (0..threads).for_each(|_| {
            scope.spawn(work);
        });
    });
    total
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a thread that read a file broke off"))?
}

fn columns(arguments: &ReportArguments) -> Option<Columns> {
    let names = arguments.fields.iter().map(String::as_str);
    (!arguments.fields.is_empty()).then(|| Columns::of_names(names))
}

fn read_file(
    file: &LogFile,
    rules: &LogRules,
    rules_of_files: &Rules<'_>,
    arguments: &ReportArguments,
) -> Result<Ingested> {
    let described = || format!("read {}", file.path.display());
    let stream = File::open(&file.path).with_context(described)?;
    let stream = BufReader::with_capacity(128 * 1024, stream);
    if !arguments.tables {
        return ingest(stream, file.source, rules_of_files, None).with_context(described);
    }
    // Each file writes on its own; what it wrote is moved to where its rows belong.
    let tables_dir = arguments.out.join("tables");
    let name = file_id(&file.path)?;
    let work_dir = tables_dir.join(format!(".{name}"));
    fs::create_dir_all(&work_dir).with_context(|| format!("create {}", work_dir.display()))?;
    let privacy = Privacy::new(rules.privacy.clone(), b"");
    if privacy.needs_key() {
        anyhow::bail!("the rules hash addresses with a key, which this command does not have");
    }
    let mut tables = PartitionedTables::new(&work_dir, privacy);
    let ingested =
        ingest(stream, file.source, rules_of_files, Some(&mut tables)).with_context(described)?;
    for written in tables.finish()? {
        let dir = tables_dir.join(written.partition.prefix());
        fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
        let path = dir.join(format!("{name}-{}.parquet", written.part));
        fs::rename(&written.path, &path).with_context(|| format!("write {}", path.display()))?;
    }
    fs::remove_dir(&work_dir).with_context(|| format!("remove {}", work_dir.display()))?;
    Ok(ingested)
}

/// The same for the same file however it is named, so that a second run replaces what the
/// first wrote: its name, and a hash of where it is.
fn file_id(path: &Path) -> Result<String> {
    let place = fs::canonicalize(path).with_context(|| format!("find {}", path.display()))?;
    let hash = Sha256::digest(place.as_os_str().as_encoded_bytes());
    let hash: String = hash[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{name}-{hash}"))
}

impl Read {
    fn add(&mut self, file: &LogFile, ingested: &Ingested) {
        self.summary.merge(&ingested.summary);
        self.activity.merge(&ingested.activity);
        self.audit.merge(&ingested.audit);
        let counts = self.sources.entry(file.source).or_default();
        counts.files += 1;
        counts.records += ingested.records;
        counts.bad += ingested.bad();
        counts.bytes += ingested.totals.bytes;
        let path = file.path.display();
        if let Some(broken) = &ingested.broken {
            self.remarks.push(format!("{path} breaks off: {broken}"));
        }
        for sample in &ingested.samples {
            self.remarks.push(format!("{path}, {sample}"));
        }
    }

    /// What was read, a line for each source, and what was wrong.
    pub(crate) fn describe(&self) -> Vec<String> {
        let counted = self.sources.iter().map(|(source, counts)| {
            format!(
                "{}: {} records of {} files, {} bytes, {} lines that could not be read",
                source.name(),
                counts.records,
                counts.files,
                counts.bytes,
                counts.bad
            )
        });
        let skewed = (self.summary.skewed > 0).then(|| {
            format!(
                "{} requests have a time that cannot be",
                self.summary.skewed
            )
        });
        counted
            .chain(skewed)
            .chain(self.remarks.iter().cloned())
            .collect()
    }
}
