//! Reads log files as the Lambda functions read them, on this machine:
//!
//! ```text
//! cargo run --release -p logs -- report access-logs/ --out report/
//! ```
//!
//! Files of any tier, compressed or not, become pages of each hour and day, a hot list, what
//! the detections find, and with `--tables` Parquet files.
//!
//! `logs backfill` has the function log-processor read the objects of the log bucket that it
//! has not read yet.

mod arguments;
mod backfill;
mod files;
mod read;
mod write;

use std::io::Write;

use anyhow::{Context, Result};
use audit_log::AuditRules;
use clap::Parser;
use site_logs::LogRules;

use crate::arguments::{Arguments, ReportArguments, Task};

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Report(arguments) => report(&arguments),
        Task::Backfill(arguments) => backfill::backfill(&arguments),
    }
}

fn report(arguments: &ReportArguments) -> Result<()> {
    let rules = match &arguments.rules {
        None => LogRules::of_site()?,
        Some(path) => {
            let text = std::fs::read_to_string(path);
            LogRules::parse(&text.with_context(|| format!("read {}", path.display()))?)?
        }
    };
    let found = files::find(&arguments.paths, arguments.source)?;
    let audit = AuditRules::standard()?;
    let read = read::read_all(&found.files, (&rules, &audit), arguments)?;
    let written = write::write_all(&read, (&rules, &audit), arguments)?;
    let mut out = std::io::stdout().lock();
    if found.passed_over > 0 {
        writeln!(
            out,
            "{} files were passed over: no logs by their names",
            found.passed_over
        )?;
    }
    for line in read.describe().into_iter().chain(written) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
