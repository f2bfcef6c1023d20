//! Reading access logs, against decompression alone, DuckDB, Polars and GoAccess.
//!
//! Each contestant is a process of its own, with one thread where it can be told, and all run in
//! turns. What counts is CPU time and peak memory; the answers must be equal.

mod contestants;
mod corpus;
mod measured;
mod peers;
mod work;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use log_formats::Source;

use self::contestants::{Contestant, contestants};
use self::measured::Cost;
use crate::statistics::median;

pub(crate) use self::measured::run_measured;
pub(crate) use self::work::{WorkArgs, work};

/// Options of `logs`.
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// Lines of each log.
    #[arg(long, default_value_t = 1_000_000)]
    lines: u64,
    /// Rounds, of which the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// What must be reached, as ratios of CPU time.
const GOALS: [(&str, &str, f64); 2] = [
    ("ours, sums", "gunzip by zlib-rs", 1.3),
    ("ours, sums and Parquet", "gunzip by zlib-rs", 2.3),
];
const PEER_GOALS: [(&str, f64); 3] = [("DuckDB", 3.0), ("Polars", 3.0), ("GoAccess", 5.0)];

/// Measures and prints.
pub(crate) fn run(args: &LogsArgs, directory: &Path) -> Result<()> {
    let directory = directory.join("logs");
    std::fs::create_dir_all(&directory).context("failed to make the bench's folder")?;
    let python = peers::install(&directory.join("peers"))?;
    for source in [Source::Cloudfront, Source::Alb] {
        let log = corpus::prepare(&directory, source, args.lines)?;
        let contestants = contestants(source, &log.path, &directory, &python);
        let costs = measure(&contestants, args.rounds)?;
        print(source, &log, &contestants, &costs);
    }
    let growth = corpus::memory_growth(&directory)?;
    println!("{growth}");
    Ok(())
}

/// Costs of each round by the contestant's name. The answers of all must be equal.
fn measure(contestants: &[Contestant], rounds: usize) -> Result<BTreeMap<&'static str, Vec<Cost>>> {
    let mut costs: BTreeMap<_, Vec<Cost>> = BTreeMap::new();
    let mut answer = None;
    for round in 0..rounds {
        println!("round {} of {rounds} …", round + 1);
        for contestant in contestants {
            let cost = contestant.run()?;
            if let Some(found) = contestant.answer(&cost.output)? {
                let expected = answer.get_or_insert_with(|| found.clone());
                let name = contestant.name;
                ensure!(
                    found == *expected,
                    "{name} counts {found:?}, another {expected:?}"
                );
            }
            costs.entry(contestant.name).or_default().push(cost);
        }
    }
    Ok(costs)
}

fn print(
    source: Source,
    log: &corpus::Log,
    contestants: &[Contestant],
    costs: &BTreeMap<&'static str, Vec<Cost>>,
) {
    let cpu = |name: &str| {
        let costs = costs.get(name)?;
        Some(median(
            &costs
                .iter()
                .map(|cost| cost.cpu.as_secs_f64())
                .collect::<Vec<_>>(),
        ))
    };
    println!(
        "\n{}: {} lines, {} MB, {} MB compressed",
        source.name(),
        log.lines,
        log.bytes / 1_000_000,
        log.compressed / 1_000_000
    );
    println!(
        "{:<26} {:>8} {:>8} {:>10} {:>9} {:>8}",
        "", "CPU s", "MB/s", "lines/s", "peak MiB", "× gunzip"
    );
    let gunzip = cpu("gunzip by zlib-rs").unwrap_or(f64::NAN);
    for contestant in contestants {
        let Some(seconds) = cpu(contestant.name) else {
            continue;
        };
        let peaks: Vec<f64> = costs[contestant.name]
            .iter()
            .map(|cost| cost.peak_kib as f64 / 1024.0)
            .collect();
        println!(
            "{:<26} {seconds:>8.2} {:>8.0} {:>10.0} {:>9.0} {:>8.2}",
            contestant.name,
            log.bytes as f64 / 1e6 / seconds,
            log.lines as f64 / seconds,
            median(&peaks),
            seconds / gunzip,
        );
    }
    for (name, against, most) in GOALS {
        if let (Some(ours), Some(limit)) = (cpu(name), cpu(against)) {
            let verdict = if ours / limit <= most {
                "met"
            } else {
                "MISSED"
            };
            println!(
                "{name}: {:.2} × {against}, at most {most} is the goal: {verdict}",
                ours / limit
            );
        }
    }
    let full = cpu("ours, sums and Parquet").unwrap_or(f64::NAN);
    for (peer, least) in PEER_GOALS {
        let Some(theirs) = cpu(peer) else {
            println!("{peer}: not measured, it is not installed");
            continue;
        };
        // GoAccess writes no Parquet.
        let ours = if peer == "GoAccess" {
            cpu("ours, sums").unwrap_or(f64::NAN)
        } else {
            full
        };
        let verdict = if theirs / ours >= least {
            "met"
        } else {
            "MISSED"
        };
        println!(
            "{peer} ÷ ours: {:.2}, at least {least} is the goal: {verdict}",
            theirs / ours
        );
    }
}
