//! `bench warming`: what the cache warmer costs visitors and web servers, on a real proxy tier.
//!
//! Visitors ask for pages of their own at fixed rates (open loop), through the nginx of `edge/`,
//! of web servers that have so many workers and no more. The warmer is the code of `warm-plan`
//! and `warm-pages`, in processes of their own, with the limiter of the site's `warming.toml`.

mod beside;
mod cloud;
mod killed;
mod memory;
mod origin;
mod peer_programs;
mod peers;
mod place;
mod random;
mod schedule;
mod sitemaps;
mod storm;
mod verdict;
mod visitors;
mod warmer;
mod watch;
mod worker;

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

pub(crate) use worker::{WorkArgs, work};

/// Which of the measurements.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum WarmingBench {
    /// What visitors notice of the warmer, at half load and at high load.
    Beside(beside::BesideArgs),
    /// How fast the warmer stops when the web servers refuse.
    Storm(storm::StormArgs),
    /// The same pages warmed by other programs.
    Peers(peers::PeersArgs),
    /// Many pages, while all processes of the warmer are killed again and again.
    Killed(killed::KilledArgs),
}

pub(crate) fn run(bench: &WarmingBench, directory: &Path) -> Result<()> {
    let directory = directory.join("warming");
    fs::create_dir_all(&directory)?;
    match bench {
        WarmingBench::Beside(args) => beside::run(args, &directory),
        WarmingBench::Storm(args) => storm::run(args, &directory),
        WarmingBench::Peers(args) => peers::run(args, &directory),
        WarmingBench::Killed(args) => killed::run(args, &directory),
    }
}

/// Keeps the raw figures of a measurement.
fn keep<T: Serialize>(report: &T, directory: &Path, name: &str) -> Result<()> {
    let file = directory.join(name);
    fs::write(&file, serde_json::to_vec_pretty(report)?)?;
    println!("The raw figures are in {}.", file.display());
    Ok(())
}
