//! `bench warming storm`: the web servers begin to refuse in the middle of a run.

use std::fmt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use origin_limit::Limiter;
use serde::Serialize;

use super::keep;
use super::place::{Place, PlaceArgs};
use super::sitemaps::PageSet;
use super::verdict::at_most;
use super::warmer::{Warmer, wait_until};

/// The limit must be one after so many seconds, and nothing be asked any more after these.
const GOAL_ONE: f64 = 2.0;
const GOAL_SILENCE: f64 = 5.0;
/// So often the limiter is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// A storm shows something only where more than one request may be in flight before.
const HIGH: f64 = 2.0;
const VISIBILITY: Duration = Duration::from_secs(720);
/// Pages that show that warming goes on.
const BACK: u64 = 10;

/// How much.
#[derive(Debug, clap::Args)]
pub(crate) struct StormArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Storms, each in a run of its own.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Seconds of warming before.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Seconds of the storm.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    storm: u32,
    /// Seconds that `Retry-After` says.
    #[arg(long, default_value_t = 2)]
    retry_after: u32,
    /// Longest wait for a limit of two, and for pages to be asked for again, in seconds each.
    #[arg(long, default_value_t = 180)]
    patience: u32,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Report {
    storms: Vec<Storm>,
    seconds: u32,
    retry_after: u32,
}

/// One storm. Times are seconds from its beginning.
#[derive(Debug, Serialize)]
struct Storm {
    /// What was allowed in flight before.
    limit: f64,
    /// Until no more than one request may be in flight; `None` where that did not happen.
    until_one: Option<f64>,
    /// Until no request may start at all.
    until_pause: Option<f64>,
    /// Requests that were refused.
    refused: usize,
    /// When the last of them came.
    last: f64,
    /// Seconds from its end until pages were asked for again.
    back: Option<f64>,
}

pub(super) fn run(args: &StormArgs, directory: &Path) -> Result<()> {
    let place = Place::start(&args.place, &directory.join("storm"), VISIBILITY)?;
    let mut storms = Vec::new();
    for round in 1..=args.rounds {
        println!(
            "Storm {round} of {}, after {} s …",
            args.rounds, args.seconds
        );
        storms.push(storm(args, &place, round)?);
    }
    let report = Report {
        storms,
        seconds: args.storm,
        retry_after: args.retry_after,
    };
    println!("\n{report}");
    keep(&report, directory, "storm.json")
}

fn storm(args: &StormArgs, place: &Place, round: u32) -> Result<Storm> {
    place.cloud.forget();
    let whole = args.seconds + args.storm + args.patience * 2;
    let rate = args.place.workers * 1_000 / args.place.service_ms.max(1);
    let set = PageSet::new(format!("storm-{round}"), whole * rate.max(1));
    place.origin.publish(&set);
    let time = Duration::from_secs(whole.into());
    let mut warmer = Warmer::start(&place.cloud, &place.site, &set, time)?;
    sleep(Duration::from_secs(args.seconds.into()));
    let patience = Duration::from_secs(args.patience.into());
    let mut limit = 0.0;
    let is_high = wait_until(patience, || {
        warmer.resident()?;
        let limiter = place.cloud.limiter();
        limit = limiter.map_or(0.0, |limiter| limiter.limit());
        Ok(limit >= HIGH)
    })?;
    ensure!(is_high, "the limit did not rise to {HIGH} in time");

    place.origin.refuse(Some(args.retry_after));
    let begun = Instant::now();
    let (until_one, until_pause) = watch(place, begun, Duration::from_secs(args.storm.into()));
    place.origin.refuse(None);
    let refused = place.origin.take_refused();
    let last = refused
        .last()
        .map_or(0.0, |at| at.duration_since(begun).as_secs_f64());

    println!("  the web servers work again …");
    let (ended, asked) = (Instant::now(), place.origin.asked(&set).requests);
    let is_back = wait_until(patience, || {
        warmer.resident()?;
        Ok(place.origin.asked(&set).requests >= asked + BACK)
    })?;
    let back = is_back.then(|| ended.elapsed().as_secs_f64());
    warmer.kill();
    Ok(Storm {
        limit,
        until_one,
        until_pause,
        refused: refused.len(),
        last,
        back,
    })
}

/// When the limit became one, and when all requests were paused.
fn watch(place: &Place, begun: Instant, time: Duration) -> (Option<f64>, Option<f64>) {
    let (mut until_one, mut until_pause) = (None, None);
    while begun.elapsed() < time {
        if let Some(limiter) = place.cloud.limiter() {
            let seconds = begun.elapsed().as_secs_f64();
            if is_one(&limiter) {
                until_one.get_or_insert(seconds);
            }
            if limiter.paused_until_ms() > now_ms() {
                until_pause.get_or_insert(seconds);
            }
        }
        sleep(LOOK);
    }
    (until_one, until_pause)
}

/// Whether no more than one request may be in flight once the pause is over: there are no halves
/// of requests.
fn is_one(limiter: &Limiter) -> bool {
    limiter.limit() < HIGH
}

fn now_ms() -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, retry_after) = (self.seconds, self.retry_after);
        writeln!(f, "503 with Retry-After: {retry_after} for {seconds} s")?;
        writeln!(
            f,
            "{:>5} {:>6} {:>12} {:>9} {:>8} {:>9} {:>9}  verdict",
            "", "limit", "paused, s", "one, s", "refused", "last, s", "back, s"
        )?;
        let shown = |time: Option<f64>| time.map_or("never".to_owned(), |s| format!("{s:.3}"));
        for (number, storm) in (1..).zip(&self.storms) {
            let one = storm.until_one.unwrap_or(f64::INFINITY);
            writeln!(
                f,
                "{number:>5} {:>6.1} {:>12} {:>9} {:>8} {:>9.3} {:>9}  one within {GOAL_ONE} s: {}; silent after {GOAL_SILENCE} s: {}",
                storm.limit,
                shown(storm.until_pause),
                shown(storm.until_one),
                storm.refused,
                storm.last,
                storm.back.map_or("never".to_owned(), |s| format!("{s:.0}")),
                at_most(one, GOAL_ONE),
                at_most(storm.last, GOAL_SILENCE),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_never_became_one_misses_the_goal() {
        let storm = |until_one, last| Storm {
            limit: 6.4,
            until_one,
            until_pause: Some(0.02),
            refused: 7,
            last,
            back: None,
        };
        let report = Report {
            storms: vec![storm(Some(0.1), 0.05), storm(None, 19.0)],
            seconds: 20,
            retry_after: 5,
        };
        let text = report.to_string();
        assert!(
            text.contains("one within 2 s: met; silent after 5 s: met"),
            "{text}"
        );
        assert!(
            text.contains("one within 2 s: MISSED; silent after 5 s: MISSED"),
            "{text}"
        );
    }
}
