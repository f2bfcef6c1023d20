//! Measures the project against its goals.
//!
//! ```text
//! cargo run --release -p bench -- images       our picture pipeline against sharp
//! cargo run --release -p bench -- cold-start   process start to first response
//! cargo run --release -p bench -- forms        a form post against Wagtail
//! cargo run --release -p bench -- ledger       what is acknowledged is there, once
//! cargo run --release -p bench -- road         cached pages through every tier
//! cargo run --release -p bench -- logs         access logs against DuckDB, Polars, GoAccess
//! cargo run --release -p bench -- warming      the cache warmer beside visitors, and its peers
//! ```
//!
//! CPU time is what counts: clock time on a shared machine says little. Reports
//! go to `target/bench/`.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool prints what it finds"
)]

mod aws;
mod cases;
mod cold_start;
mod corpus;
mod forms;
mod function_process;
mod goals;
mod html_report;
mod images;
mod job;
mod judge;
mod ledger;
mod logs;
mod loopback;
mod measure;
mod our_worker;
mod outcome;
mod python_peer;
mod quality;
mod road;
mod runtime_api;
mod sharp;
mod statistics;
mod table;
mod usage;
mod warming;
mod worker_process;

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about = "Measures the project against its goals")]
struct Cli {
    #[command(subcommand)]
    command: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Our picture pipeline against sharp: CPU, memory, bytes and quality.
    Images(images::ImagesArgs),
    /// Process start to first response of the functions.
    ColdStart(cold_start::ColdStartArgs),
    /// Intake of a form post against Wagtail: CPU, rate, latency.
    Forms(forms::FormsArgs),
    /// Thousands of submissions while servers stop, workers die and DynamoDB fails.
    Ledger(ledger::LedgerArgs),
    /// Cached pages through every tier, against nginx alone, and while tiers fail.
    Road(road::RoadArgs),
    /// Reading access logs, against gunzip alone, DuckDB, Polars and GoAccess.
    Logs(logs::LogsArgs),
    /// The cache warmer beside visitors, in a storm, against others, and killed.
    Warming {
        /// Which of the measurements.
        #[command(subcommand)]
        bench: warming::WarmingBench,
    },
    /// Our part of `logs`.
    #[command(hide = true)]
    LogWork(logs::WorkArgs),
    /// A process of the warmer; started by `warming`.
    #[command(hide = true)]
    WarmWork(warming::WorkArgs),
    /// Runs a command and prints what it cost.
    #[command(hide = true)]
    RunMeasured {
        /// Program and arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<std::ffi::OsString>,
    },
    /// Answers jobs on standard input; started by `images`.
    #[command(hide = true)]
    Worker,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    if cfg!(debug_assertions) && !matches!(cli.command, Bench::Worker) {
        return restart_optimised();
    }
    let directory = report_directory();
    match cli.command {
        Bench::Images(args) => images::run(&args, &directory),
        Bench::ColdStart(args) => cold_start::run(&args, &directory),
        Bench::Forms(args) => forms::run(&args, &directory),
        Bench::Ledger(args) => ledger::run(&args),
        Bench::Road(args) => road::run(&args, &directory),
        Bench::Logs(args) => logs::run(&args, &directory),
        Bench::Warming { bench } => warming::run(&bench, &directory),
        Bench::LogWork(args) => logs::work(&args),
        Bench::WarmWork(args) => warming::work(&args),
        Bench::RunMeasured { command } => logs::run_measured(&command),
        Bench::Worker => our_worker::serve(io::stdin().lock(), io::stdout().lock()),
    }
}

/// Figures of an unoptimised build would be untrue.
fn restart_optimised() -> Result<()> {
    println!("Built without optimisation: starting the release build …");
    let error = Command::new("cargo")
        .args(["run", "--release", "--package", "bench", "--"])
        .args(std::env::args_os().skip(1))
        .exec();
    Err(error).context("failed to start cargo run --release")
}

/// `target/bench` of this workspace.
fn report_directory() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    workspace.unwrap_or(Path::new(".")).join("target/bench")
}
