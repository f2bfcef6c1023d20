//! Our own work, in a process of its own.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use audit_log::AuditRules;
use clap::Args;
use log_formats::{Decompressed, LineLimits, Source};
use log_ingest::{PartitionedTables, Rules, ingest};
use log_privacy::Privacy;
use site_logs::LogRules;

/// Arguments of the hidden command.
#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    /// `gunzip`, `sums` or `full`.
    mode: String,
    /// What wrote the log.
    source: String,
    /// The log.
    log: PathBuf,
}

/// Does the work and prints requests and bytes by status.
pub(crate) fn work(args: &WorkArgs) -> Result<()> {
    let file = File::open(&args.log).context("failed to open the log")?;
    let stream = BufReader::with_capacity(128 * 1024, file);
    let source = Source::named(&args.source).context("there is no such source")?;
    let directory = args.log.with_extension("tables");
    match args.mode.as_str() {
        "gunzip" => {
            let mut stream = Decompressed::new(stream)?;
            let mut buffer = vec![0; 128 * 1024];
            while stream.read(&mut buffer)? > 0 {}
            Ok(())
        }
        "sums" => sums(stream, source, None),
        "full" => {
            std::fs::create_dir_all(&directory)?;
            let privacy = Privacy::new(LogRules::of_site()?.privacy, b"");
            let mut tables = PartitionedTables::new(&directory, privacy);
            sums(stream, source, Some(&mut tables))?;
            tables.finish()?;
            Ok(std::fs::remove_dir_all(&directory)?)
        }
        mode => bail!("there is no mode {mode}"),
    }
}

fn sums(
    stream: BufReader<File>,
    source: Source,
    tables: Option<&mut PartitionedTables>,
) -> Result<()> {
    let (rules, audit) = (LogRules::of_site()?, AuditRules::standard()?);
    let rules = Rules {
        summary: &rules.requests,
        audit: &audit,
        limits: LineLimits::default(),
        columns: None,
        now_ms: i64::MAX,
    };
    let ingested = ingest(stream, source, &rules, tables)?;
    let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
    for hour in ingested.summary.hours.values() {
        for (status, count) in &hour.statuses {
            *statuses.entry(status.to_string()).or_default() += count;
        }
    }
    println!("{}", serde_json::to_string(&statuses)?);
    Ok(())
}
