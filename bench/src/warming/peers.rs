//! `bench warming peers`: the same number of cold pages, by us and by other programs, in turns,
//! each beside the same visitors.

use std::fmt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::keep;
use super::peer_programs::{Peer, PeerName};
use super::place::{Place, PlaceArgs};
use super::sitemaps::PageSet;
use super::verdict::ratio;
use super::visitors::Visitors;
use super::watch::{Watch, ours, theirs};
use crate::statistics::median;

/// The share of what the web servers can serve that visitors need.
const LOAD: f64 = 0.5;
const VISIBILITY: Duration = Duration::from_secs(720);
const ALONE: &str = "visitors alone";
const OURS: &str = "ours";

/// How much.
#[derive(Debug, clap::Args)]
pub(crate) struct PeersArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Rounds of each side.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Pages of the sitemap.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    pages: u32,
    /// Seconds in which visitors are alone, in each round.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Longest time for a sitemap, in seconds.
    #[arg(long, default_value_t = 900)]
    patience: u32,
    /// Whom we are compared with.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "sitemap-preloader,heater"
    )]
    peers: Vec<PeerName>,
}

/// One who warms.
enum Side {
    Nobody,
    Ours,
    Peer(Peer),
}

/// What was found.
#[derive(Debug, Serialize)]
struct Report {
    pages: u32,
    sides: Vec<Measured>,
}

/// One side, round by round.
#[derive(Debug, Serialize)]
struct Measured {
    name: String,
    rounds: Vec<Round>,
}

#[derive(Debug, Default, Serialize)]
struct Round {
    seconds: f64,
    /// Until nine tenths of the pages were asked for.
    most_seconds: f64,
    /// Different pages that reached the web servers, and in how many requests.
    pages: u64,
    requests: u64,
    peak_kib: u64,
    visits: usize,
    failures: u64,
    p50_ms: f64,
    p99_ms: f64,
}

pub(super) fn run(args: &PeersArgs, directory: &Path) -> Result<()> {
    let mut sides = vec![Side::Nobody, Side::Ours];
    for name in &args.peers {
        sides.push(Side::Peer(Peer::install(*name, directory)?));
    }
    let place = Place::start(&args.place, &directory.join("peers"), VISIBILITY)?;
    let time = Duration::from_secs(args.seconds.into());
    let rate = place.capacity(&args.place, time.min(Duration::from_secs(20)))? * LOAD;
    let measured = sides.iter().map(|side| Measured {
        name: side.name().to_owned(),
        rounds: Vec::new(),
    });
    let mut measured: Vec<_> = measured.collect();
    for round in 1..=args.rounds {
        for (number, (side, measured)) in sides.iter().zip(&mut measured).enumerate() {
            println!("Round {round} of {}: {} …", args.rounds, side.name());
            let set = PageSet::new(format!("peers-{number}-{round}"), args.pages);
            place.origin.publish(&set);
            let visitors = Visitors::start(&place.site, round.into(), rate);
            let mut found = side.warm(args, &place, &set)?;
            let visits = visitors.stop()?;
            found.visits = visits.latencies_ms.len();
            found.failures = visits.failures;
            found.p50_ms = visits.percentile_ms(50.0);
            found.p99_ms = visits.percentile_ms(99.0);
            measured.rounds.push(found);
        }
    }
    let report = Report {
        pages: args.pages,
        sides: measured,
    };
    println!("\n{report}");
    keep(&report, directory, "peers.json")
}

impl Side {
    fn name(&self) -> &str {
        match self {
            Self::Nobody => ALONE,
            Self::Ours => OURS,
            Self::Peer(peer) => &peer.name,
        }
    }

    /// Warms a set, from the start of the program to the last page.
    fn warm(&self, args: &PeersArgs, place: &Place, set: &PageSet) -> Result<Round> {
        let patience = Duration::from_secs(args.patience.into());
        let mut watch = Watch::new(place, set);
        match self {
            Self::Nobody => sleep(Duration::from_secs(args.seconds.into())),
            Self::Ours => ours(&mut watch, patience)?,
            Self::Peer(peer) => theirs(peer, &mut watch, patience)?,
        }
        let asked = place.origin.asked(set);
        Ok(Round {
            seconds: watch.started.elapsed().as_secs_f64(),
            most_seconds: watch.most_seconds.unwrap_or(0.0),
            pages: asked.pages,
            requests: asked.requests,
            peak_kib: watch.peak_kib,
            ..Round::default()
        })
    }
}

impl Measured {
    fn median(&self, figure: fn(&Round) -> f64) -> f64 {
        median(&self.rounds.iter().map(figure).collect::<Vec<_>>())
    }

    fn rate(&self) -> f64 {
        self.median(|round| round.pages as f64 / round.seconds)
    }

    fn mib(&self) -> f64 {
        self.median(|round| round.peak_kib as f64 / 1024.0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} cold pages beside visitors at half of what the web servers can serve; medians of the rounds",
            self.pages
        )?;
        writeln!(
            f,
            "{:<24} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8} {:>6} {:>6}",
            "",
            "pages/s",
            "all, s",
            "90 %, s",
            "pages",
            "requests",
            "p50, ms",
            "p99, ms",
            "failed",
            "MiB"
        )?;
        for side in &self.sides {
            let failures: u64 = side.rounds.iter().map(|round| round.failures).sum();
            writeln!(
                f,
                "{:<24} {:>7.1} {:>7.1} {:>7.1} {:>7.0} {:>8.0} {:>8.1} {:>8.1} {failures:>6} {:>6.1}",
                side.name,
                side.rate(),
                side.median(|round| round.seconds),
                side.median(|round| round.most_seconds),
                side.median(|round| round.pages as f64),
                side.median(|round| round.requests as f64),
                side.median(|round| round.p50_ms),
                side.median(|round| round.p99_ms),
                side.mib(),
            )?;
        }
        let named = |name: &str| self.sides.iter().find(|side| side.name == name);
        let (Some(alone), Some(ours)) = (named(ALONE), named(OURS)) else {
            return Ok(());
        };
        let warming = self.sides.iter().filter(|side| side.name != ALONE);
        for side in warming {
            let times = |figure| ratio(side.median(figure), alone.median(figure));
            let (p50, p99) = (times(|round| round.p50_ms), times(|round| round.p99_ms));
            writeln!(
                f,
                "{}: visitors wait {p50} times as long at the median and {p99} at the 99th percentile; \
                 ours ÷ it: {} in pages/s, {} in memory",
                side.name,
                ratio(ours.rate(), side.rate()),
                ratio(ours.mib(), side.mib()),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_compared_with_us_and_with_visitors_alone() {
        let side = |name: &str, seconds, p99_ms, peak_kib| Measured {
            name: name.to_owned(),
            rounds: vec![Round {
                seconds,
                most_seconds: seconds / 2.0,
                pages: 100,
                requests: 105,
                peak_kib,
                visits: 1_000,
                failures: 0,
                p50_ms: 50.0,
                p99_ms,
            }],
        };
        let report = Report {
            pages: 100,
            sides: vec![
                side(ALONE, 10.0, 200.0, 0),
                side(OURS, 2.0, 210.0, 2_048),
                side("another", 4.0, 400.0, 4_096),
            ],
        };
        let text = report.to_string();
        assert!(
            text.contains(
                "and 2.00 at the 99th percentile; ours ÷ it: 2.00 in pages/s, 0.50 in memory"
            ),
            "{text}"
        );
        assert!(
            text.contains("ours: visitors wait 1.00 times as long at the median and 1.05"),
            "{text}"
        );
    }
}
