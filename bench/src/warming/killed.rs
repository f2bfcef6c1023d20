//! `bench warming killed`: many pages of a sitemap index, while all processes of the warmer are
//! killed again and again. Nothing may be lost, and nothing told twice.

use std::fmt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use super::keep;
use super::memory::{Moment, growth, sampled};
use super::origin::Asked;
use super::place::{Place, PlaceArgs};
use super::sitemaps::PageSet;
use super::verdict::{at_most, holds};
use super::warmer::Warmer;

/// How many times as much memory the last third of the run may need as the first.
const GOAL_GROWTH: f64 = 1.2;
/// So often it is looked.
const LOOK: Duration = Duration::from_secs(1);
/// Progress is told so often.
const TELL: u32 = 10;
/// Rows of memory that are shown.
const ROWS: usize = 12;

/// How much.
#[derive(Debug, clap::Args)]
pub(crate) struct KilledArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Pages of the sitemap.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    pages: u32,
    /// Seconds between two kills.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
    /// Seconds after which the queue delivers again what a dead worker had; the template says 720.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    visibility: u32,
    /// How long the part of a killed worker in the limit stays its own, in milliseconds; the site's
    /// rules say 10,000.
    #[arg(long)]
    lease_ms: Option<i64>,
    /// Longest wait for the report, in minutes; the run's own deadline is 50.
    #[arg(long, default_value_t = 55)]
    patience: u32,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Report {
    pages: u32,
    seconds: f64,
    kills: u32,
    asked: Asked,
    told: Told,
    moments: Vec<Moment>,
}

/// What the warmer's own reports say.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Told {
    reports: usize,
    requested: u64,
    done: u64,
    skipped: u64,
    failed: u64,
    chunks: u64,
    chunks_done: u64,
}

pub(super) fn run(args: &KilledArgs, directory: &Path) -> Result<()> {
    let visibility = Duration::from_secs(args.visibility.into());
    let place = Place::start(&args.place, &directory.join("killed"), visibility)?;
    let set = PageSet::new("killed", args.pages);
    place.origin.publish(&set);
    let patience = Duration::from_mins(args.patience.into());
    let every = Duration::from_secs(args.every.into());
    let lease = args.lease_ms.map(|ms| format!("--lease-ms={ms}"));
    let more: Vec<String> = lease.into_iter().collect();
    let start = || Warmer::start_with(&place.cloud, &place.site, &set, patience, &more);
    let (started, mut warmer) = (Instant::now(), start()?);
    let (mut kills, mut moments) = (0_u32, Vec::new());
    let mut reports = Vec::new();
    while reports.is_empty() {
        ensure!(started.elapsed() < patience, "the run did not end in time");
        sleep(LOOK);
        let resident = warmer.resident()?;
        let seconds = started.elapsed();
        let pages = place.origin.asked(&set).pages;
        moments.push(Moment::new(seconds.as_secs_f64(), pages, resident));
        if seconds >= every * (kills + 1) {
            warmer.kill();
            kills += 1;
            warmer = start()?;
        }
        if moments.len().is_multiple_of(TELL as usize) {
            let limit = place.cloud.limiter().map_or(0.0, |limiter| limiter.limit());
            println!(
                "  {:>6.0} s  {pages} pages, {kills} kills, limit {limit:.1}",
                seconds.as_secs_f64()
            );
        }
        reports = place.cloud.reports()?;
    }
    warmer.kill();
    let report = Report {
        pages: args.pages,
        seconds: started.elapsed().as_secs_f64(),
        kills,
        asked: place.origin.asked(&set),
        told: told(&reports)?,
        moments,
    };
    println!("\n{report}");
    keep(&report, directory, "killed.json")?;
    ensure!(report.is_whole(), "pages are lost, or told twice");
    Ok(())
}

fn told(reports: &[Value]) -> Result<Told> {
    let mut told = Told {
        reports: reports.len(),
        ..Told::default()
    };
    for report in reports {
        let count = |name: &str| {
            let count = report[name].as_u64();
            count.with_context(|| format!("find {name} in a report"))
        };
        told.requested += count("requested")?;
        told.done += count("done")?;
        told.failed += count("failed")?;
        told.chunks += count("chunks")?;
        told.chunks_done += count("chunks_done")?;
        let skipped = report["skipped"]
            .as_object()
            .context("find what was skipped")?;
        told.skipped += skipped.values().filter_map(Value::as_u64).sum::<u64>();
    }
    Ok(told)
}

impl Report {
    /// Each page was asked for, and is in one report, as done.
    fn is_whole(&self) -> bool {
        self.is_fetched() && self.is_told_once()
    }

    fn is_fetched(&self) -> bool {
        self.asked.pages == u64::from(self.pages)
    }

    fn is_told_once(&self) -> bool {
        let pages = u64::from(self.pages);
        let told = &self.told;
        let is_counted = told.requested == pages && told.done == pages;
        is_counted && told.reports == 1 && told.chunks == told.chunks_done
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pages,
            seconds,
            kills,
            asked,
            told,
            ..
        } = self;
        writeln!(
            f,
            "{pages} pages in {seconds:.0} s ({:.0}/s), all processes killed {kills} times",
            f64::from(*pages) / seconds
        )?;
        writeln!(
            f,
            "asked for at the web servers: {} different pages in {} requests: {}",
            asked.pages,
            asked.requests,
            holds(self.is_fetched())
        )?;
        writeln!(
            f,
            "told: {} requested, {} done, {} skipped, {} failed, in {} report and {} of {} chunks: {}",
            told.requested,
            told.done,
            told.skipped,
            told.failed,
            told.reports,
            told.chunks_done,
            told.chunks,
            holds(self.is_told_once())
        )?;
        writeln!(
            f,
            "{:>8} {:>9} {:>11} {:>14}",
            "s", "pages", "plan, MiB", "a worker, MiB"
        )?;
        let mib = |kib: u64| kib as f64 / 1024.0;
        for moment in sampled(&self.moments, ROWS) {
            let Moment {
                seconds,
                pages,
                plan_kib,
                pages_kib,
            } = moment;
            writeln!(
                f,
                "{seconds:>8.0} {pages:>9} {:>11.1} {:>14.1}",
                mib(plan_kib),
                mib(pages_kib)
            )?;
        }
        let most = self.moments.iter().map(|moment| moment.pages_kib).max();
        let growth = growth(&self.moments, |moment| moment.pages_kib).unwrap_or(1.0);
        writeln!(
            f,
            "a worker has {:.1} MiB at most; the last third of the run needs {growth:.2} times what the first does: {}",
            mib(most.unwrap_or(0)),
            at_most(growth, GOAL_GROWTH)
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(done: u64, requests: u64) -> Report {
        let document = json!({
            "requested": 500, "done": done, "failed": 0, "skipped": {"budget": 500 - done},
            "chunks": 5, "chunks_done": 5,
        });
        Report {
            pages: 500,
            seconds: 10.0,
            kills: 2,
            asked: Asked {
                requests,
                pages: 500,
            },
            told: told(&[document]).unwrap(),
            moments: Vec::new(),
        }
    }

    #[test]
    fn pages_may_be_asked_for_twice_but_are_told_once() {
        assert!(report(500, 517).is_whole());
        assert!(!report(499, 500).is_whole());
        let mut twice = report(500, 500);
        twice.told.reports = 2;
        assert!(!twice.is_whole());
        let mut lost = report(500, 500);
        lost.asked.pages = 499;
        assert!(!lost.is_whole());
        assert!(lost.to_string().contains("in 500 requests: MISSED"));
    }

    #[test]
    fn skips_are_added_up_over_their_reasons() {
        assert_eq!(report(490, 500).told.skipped, 10);
        assert!(told(&[json!({"requested": 1})]).is_err());
    }
}
