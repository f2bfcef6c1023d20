//! `bench warming beside`: the same visitors with and without the warmer, in turns.

use std::fmt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::keep;
use super::place::{Place, PlaceArgs};
use super::sitemaps::PageSet;
use super::verdict::{at_most, ratio};
use super::visitors::{Visitors, Visits};
use super::warmer::Warmer;
use crate::statistics::median;

/// Shares of what the web servers can serve.
const LOADS: [f64; 2] = [0.5, 0.78];
/// How much longer visitors may wait, in the mean of the rounds: median and 99th percentile.
const GOAL_P50: f64 = 1.15;
const GOAL_P99: f64 = 1.10;
/// Messages are never left by dead workers here.
const VISIBILITY: Duration = Duration::from_secs(720);

/// How much.
#[derive(Debug, clap::Args)]
pub(crate) struct BesideArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Rounds at each load, each with and without the warmer.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Seconds of each of the two.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Report {
    capacity: f64,
    seconds: u32,
    effects: Vec<Effect>,
}

/// At one load.
#[derive(Debug, Serialize)]
struct Effect {
    load: f64,
    rounds: Vec<Round>,
}

/// The same visitors twice.
#[derive(Debug, Serialize)]
struct Round {
    visits: usize,
    /// Median and 99th percentile without the warmer, in milliseconds.
    alone_ms: [f64; 2],
    /// The same beside it.
    beside_ms: [f64; 2],
    failures: u64,
    warmed: u64,
    /// What the limiter allowed at the end.
    limit: f64,
}

pub(super) fn run(args: &BesideArgs, directory: &Path) -> Result<()> {
    let place = Place::start(&args.place, &directory.join("beside"), VISIBILITY)?;
    let time = Duration::from_secs(args.seconds.into());
    let capacity = place.capacity(&args.place, time.min(Duration::from_secs(20)))?;
    let mut effects = Vec::new();
    for load in LOADS {
        // As at a site that the warmer knows nothing of.
        place.cloud.forget();
        let mut rounds = Vec::new();
        for round in 1..=args.rounds {
            println!("{:.0} %, round {round} of {} …", load * 100.0, args.rounds);
            rounds.push(measure(&place, load, capacity, round, time)?);
        }
        effects.push(Effect { load, rounds });
    }
    let seconds = args.seconds;
    let report = Report {
        capacity,
        seconds,
        effects,
    };
    println!("\n{report}");
    keep(&report, directory, "beside.json")
}

/// One round. Which half comes first changes, so that whatever else the machine does falls on
/// both.
fn measure(place: &Place, load: f64, capacity: f64, round: u32, time: Duration) -> Result<Round> {
    let rate = capacity * load;
    let seed = u64::from(round);
    let name = format!("beside-{:.0}-{round}", load * 100.0);
    // More than can be warmed, whatever the limiter allows.
    let set = PageSet::new(name, (capacity * time.as_secs_f64()).ceil() as u32);
    let with = || -> Result<(Visits, f64)> {
        place.cloud.forget_runs();
        place.origin.publish(&set);
        let warmer = Warmer::start(&place.cloud, &place.site, &set, time)?;
        let visits = visit(&place.site, seed, rate, time)?;
        let limit = place.cloud.limiter().map_or(0.0, |limiter| limiter.limit());
        warmer.wait()?;
        Ok((visits, limit))
    };
    let (alone, (beside, limit)) = if round.is_multiple_of(2) {
        let beside = with()?;
        (visit(&place.site, seed, rate, time)?, beside)
    } else {
        (visit(&place.site, seed, rate, time)?, with()?)
    };
    let warmed = place.origin.asked(&set).pages;
    ensure!(warmed > 0, "the warmer did not ask for any page");
    let both = |visits: &Visits| [50.0, 99.0].map(|percent| visits.percentile_ms(percent));
    Ok(Round {
        visits: alone.latencies_ms.len(),
        alone_ms: both(&alone),
        beside_ms: both(&beside),
        failures: alone.failures + beside.failures,
        warmed,
        limit,
    })
}

fn visit(site: &str, seed: u64, rate: f64, time: Duration) -> Result<Visits> {
    let visitors = Visitors::start(site, seed, rate);
    sleep(time);
    visitors.stop()
}

impl Effect {
    /// How many times as long visitors wait beside the warmer, round by round.
    fn ratios(&self, which: usize) -> Vec<f64> {
        let ratio = |round: &Round| round.beside_ms[which] / round.alone_ms[which];
        self.rounds.iter().map(ratio).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Visitors beside the warmer; milliseconds are medians of the rounds, ratios their mean"
        )?;
        writeln!(
            f,
            "{:<18} {:>9} {:>9} {:>7} {:>7} {:>7}",
            "", "alone", "beside", "ratio", "worst", "goal"
        )?;
        for effect in &self.effects {
            let rate = self.capacity * effect.load;
            writeln!(f, "{:.0} % ({rate:.0} visits/s)", effect.load * 100.0)?;
            for (which, name, goal) in [(0, "p50, ms", GOAL_P50), (1, "p99, ms", GOAL_P99)] {
                let of = |ms: fn(&Round) -> [f64; 2]| {
                    let all = effect.rounds.iter().map(|round| ms(round)[which]);
                    median(&all.collect::<Vec<_>>())
                };
                let ratios = effect.ratios(which);
                let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
                let worst = ratios.iter().copied().fold(0.0, f64::max);
                writeln!(
                    f,
                    "  {name:<16} {:>9.1} {:>9.1} {mean:>7.3} {worst:>7.3} {goal:>7.2}  {}",
                    of(|round| round.alone_ms),
                    of(|round| round.beside_ms),
                    at_most(mean, goal),
                )?;
            }
            let warmed = effect.rounds.iter().map(|round| round.warmed).sum::<u64>() as f64;
            let rate = warmed / f64::from(self.seconds) / effect.rounds.len() as f64;
            let idle = self.capacity * (1.0 - effect.load);
            let failures: u64 = effect.rounds.iter().map(|round| round.failures).sum();
            let limits: Vec<_> = effect.rounds.iter().map(|round| round.limit).collect();
            writeln!(
                f,
                "  {rate:.1} pages/s warmed, {} of what was idle; limit at the end {:.1}; {failures} failed visits",
                ratio(rate, idle),
                median(&limits),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(alone_ms: [f64; 2], beside_ms: [f64; 2]) -> Round {
        Round {
            visits: 100,
            alone_ms,
            beside_ms,
            failures: 0,
            warmed: 300,
            limit: 2.0,
        }
    }

    #[test]
    fn the_mean_of_the_rounds_decides() {
        let report = Report {
            capacity: 100.0,
            seconds: 10,
            effects: vec![Effect {
                load: 0.5,
                rounds: vec![
                    round([50.0, 100.0], [55.0, 120.0]),
                    round([50.0, 100.0], [50.0, 104.0]),
                ],
            }],
        };
        let text = report.to_string();
        assert!(text.contains("1.050   1.100    1.15  met"), "{text}");
        assert!(text.contains("1.120   1.200    1.10  MISSED"), "{text}");
        assert!(
            text.contains("30.0 pages/s warmed, 0.60 of what was idle"),
            "{text}"
        );
    }
}
