//! `bench road`: cached pages through every tier, against nginx alone; and the same pages
//! while tiers fail.

mod faults;
mod load;
mod nginx_alone;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use local::{Progress, Stack, StackOptions};

use crate::statistics::{median, percentile};
use load::{Answers, Load};
use nginx_alone::NginxAlone;

/// The pages that are asked for, in turn.
const PAGES: [&str; 6] = [
    "/",
    "/products",
    "/blog",
    "/pages/about",
    "/pages/delivery",
    "/sitemap.xml",
];

/// How much.
#[derive(Debug, clap::Args)]
pub(crate) struct RoadArgs {
    /// Rounds of each side without pauses.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Seconds of one round.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Connections at the same time.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// Requests a second while tiers fail.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Seconds for which all web servers are dead, and then PostgreSQL.
    #[arg(long, default_value_t = 20)]
    outage: u64,
}

/// One side of the comparison.
struct Side {
    name: &'static str,
    urls: Vec<String>,
    rates: Vec<f64>,
    p99_ms: Vec<f64>,
}

impl Side {
    fn new(name: &'static str, base: &str) -> Self {
        Self {
            name,
            urls: PAGES.iter().map(|page| format!("{base}{page}")).collect(),
            rates: Vec::new(),
            p99_ms: Vec::new(),
        }
    }
}

pub(crate) fn run(args: &RoadArgs, directory: &Path) -> Result<()> {
    let stack = Stack::start(&StackOptions::for_tests("road"), &Progress::plain())?;
    let load = Load::new()?;
    let site = stack.site_url();
    let alone = NginxAlone::start(&directory.join("nginx-alone"), &site, &PAGES)?;
    compare(args, &load, &stack, &alone)?;
    under_fire(args, &load, &stack)
}

/// The same pages from nginx alone, the proxy tier, and the whole road, interleaved.
fn compare(args: &RoadArgs, load: &Load, stack: &Stack, alone: &NginxAlone) -> Result<()> {
    let mut sides = [
        Side::new("nginx alone, files", &alone.url()),
        Side::new("reverse proxy tier, cached", &stack.proxy_url()),
        Side::new("whole road, cached at the edge", &stack.site_url()),
    ];
    let time = Duration::from_secs(args.seconds.into());
    for side in &sides {
        // One unmeasured round fills every cache.
        load.unpaced(&side.urls, args.connections, Duration::from_secs(1))?;
    }
    for round in 1..=args.rounds {
        println!("Round {round} of {} …", args.rounds);
        for side in &mut sides {
            let answers = load.unpaced(&side.urls, args.connections, time)?;
            ensure!(answers.failures() == 0, "{}: {answers}", side.name);
            side.rates.push(answers.count() as f64 / time.as_secs_f64());
            side.p99_ms.push(percentile(&answers.latencies_ms, 99.0));
        }
    }
    println!(
        "\nCached pages, {} connections, median of {} rounds",
        args.connections, args.rounds
    );
    println!(
        "{:<34} {:>10} {:>10} {:>8}",
        "", "pages/s", "p99, ms", "ratio"
    );
    let limit = sides.first().map(|side| median(&side.rates));
    let limit = limit.context("measure nginx alone")?;
    for side in &sides {
        let rate = median(&side.rates);
        let p99 = median(&side.p99_ms);
        println!(
            "{:<34} {rate:>10.0} {p99:>10.2} {:>8.2}",
            side.name,
            rate / limit
        );
    }
    Ok(())
}

/// The edge and the proxy tier, asked at a fixed rate while what is behind them fails.
fn under_fire(args: &RoadArgs, load: &Load, stack: &Stack) -> Result<()> {
    let mut urls = Side::new("", &stack.site_url()).urls;
    urls.extend(Side::new("", &stack.proxy_url()).urls);
    let outage = Duration::from_secs(args.outage);
    println!(
        "\n{} requests/s to the edge and to the proxy tier while tiers fail",
        args.rate
    );
    let (answers, faults) = std::thread::scope(|scope| {
        let (done, ended) = std::sync::mpsc::channel();
        let faults = scope.spawn(move || {
            let result = faults::all(stack, outage);
            // The load ends when nobody holds the sender any more.
            drop(done);
            result
        });
        let answers = load.paced(&urls, args.rate, &ended);
        (answers, faults.join())
    });
    faults.map_err(|_| anyhow::anyhow!("break tiers: the thread ended early"))??;
    let answers: Answers = answers?;
    println!("{answers}");
    for percent in [50.0, 99.0, 99.9] {
        let value = percentile(&answers.latencies_ms, percent);
        println!("  p{percent} from the intended start: {value:.1} ms");
    }
    ensure!(answers.failures() == 0, "some pages were not served");
    Ok(())
}
