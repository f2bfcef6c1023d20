//! A process and what it cost.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use crate::usage::ended_children_cpu;

/// What a process cost, and what it wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) cpu: Duration,
    pub(crate) peak_kib: u64,
    pub(crate) output: String,
}

/// Runs a command in a process of its own kind: only there is the peak of all ended children
/// that of this one.
pub(crate) fn measure(command: &[OsString]) -> Result<Cost> {
    let output = Command::new(std::env::current_exe()?)
        .arg("run-measured")
        .args(command)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("failed to start the measuring process")?;
    ensure!(output.status.success(), "{command:?} failed");
    serde_json::from_slice(&output.stdout).context("failed to read what a process cost")
}

/// The other end of [`measure`]: runs the command, and prints what it cost.
pub(crate) fn run_measured(command: &[OsString]) -> Result<()> {
    let (program, arguments) = command
        .split_first()
        .context("there is no command to run")?;
    let output = Command::new(program)
        .args(arguments)
        // Libraries that start a thread for each processor would be measured on all.
        .env("POLARS_MAX_THREADS", "1")
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("failed to run {}", program.display()))?;
    ensure!(
        output.status.success(),
        "{} ended with {}",
        program.display(),
        output.status
    );
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("failed to read the peak memory")?;
    let cost = Cost {
        cpu: ended_children_cpu()?,
        peak_kib: u64::try_from(usage.max_rss()).unwrap_or(0),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}
