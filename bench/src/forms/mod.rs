//! `bench forms`: what a submission costs, beside a CMS that takes the same form.
//!
//! Both sides run as one process, take the same posts from this one in interleaved
//! rounds, and check and store each: ours with three calls to AWS, which answers at once
//! (`crate::aws`), Wagtail into SQLite. First as fast as they can, for CPU time and the
//! rate that one process sustains; then at fixed rates, where every latency counts from the moment
//! at which the post was meant to be sent, so that a server that falls behind is not
//! spared the waiting (<https://www.scylladb.com/2021/04/22/on-coordinated-omission/>).

mod load;
mod ours;
mod report;
mod wagtail;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use load::{Server, paced, saturated};
use ours::Ours;
use report::{AtRate, Report, Side};
use wagtail::Wagtail;

use crate::statistics::median;

/// Fixed rates, as shares of what Wagtail sustains: one that both can serve, and one that
/// asks more of it than it can give.
const SHARES: [f64; 2] = [0.5, 1.5];

/// How much, and of what.
#[derive(Debug, clap::Args)]
pub(crate) struct FormsArgs {
    /// Rounds of each side.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Posts of one round without pauses.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    posts: u32,
    /// Seconds of one round at a fixed rate.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Directory with `forms-intake/bootstrap`, as `cargo lambda build --release` leaves it.
    #[arg(long, value_name = "DIR", default_value = "target/lambda")]
    functions: PathBuf,
}

pub(crate) fn run(args: &FormsArgs, directory: &Path) -> Result<()> {
    println!("Installing and starting Wagtail …");
    let mut wagtail = Wagtail::start(&directory.join("wagtail"))?;
    let mut ours = Ours::start(&args.functions)?;
    let mut servers: [&mut dyn Server; 2] = [&mut wagtail, &mut ours];
    let mut sides: [Side; 2] = [Side::default(), Side::default()];
    // One unmeasured round fills every cache.
    for server in &mut servers {
        saturated(*server, args.posts / 10 + 1)?;
    }
    for round in 1..=args.rounds {
        println!("Round {round} of {} without pauses …", args.rounds);
        for (server, side) in servers.iter_mut().zip(&mut sides) {
            let run = saturated(*server, args.posts)?;
            side.cpu_ms.push(run.cpu_ms);
            side.rates.push(run.rate);
        }
    }
    let sustained = median(&sides[0].rates);
    for share in SHARES {
        let rate = sustained * share;
        let mut latencies = [Vec::new(), Vec::new()];
        for round in 1..=args.rounds {
            println!("Round {round} of {} at {rate:.0}/s …", args.rounds);
            for (server, latencies) in servers.iter_mut().zip(&mut latencies) {
                latencies.extend(paced(
                    *server,
                    rate,
                    Duration::from_secs(args.seconds.into()),
                )?);
            }
        }
        for (side, latencies_ms) in sides.iter_mut().zip(latencies) {
            side.at_rates.push(AtRate { rate, latencies_ms });
        }
    }
    for (server, side) in servers.iter().zip(&mut sides) {
        side.name = server.name();
    }
    let report = Report { sides };
    println!("\n{report}");
    let file = directory.join("forms.json");
    fs::write(&file, serde_json::to_vec_pretty(&report)?)?;
    println!("The raw figures are in {}.", file.display());
    Ok(())
}
