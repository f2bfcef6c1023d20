//! `bench images`: every case, then the table, the goals and the report files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use crate::cases::{self, Case};
use crate::corpus::Corpus;
use crate::goals::{Assessment, GOALS};
use crate::html_report;
use crate::measure::Lab;
use crate::outcome::Outcome;
use crate::sharp::Sharp;
use crate::table;

/// What to measure and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct ImagesArgs {
    /// Measured rounds of each case (two at most where one takes sharp over 3 s of CPU).
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Also measure with the JPEG files of this directory.
    #[arg(long, value_name = "DIR")]
    photos: Option<PathBuf>,
    /// Only cases whose name or group contains this text, such as `webp` or `meadow12`.
    #[arg(long = "case", value_name = "TEXT")]
    filter: Option<String>,
    /// End with an error where a goal is missed.
    #[arg(long)]
    check: bool,
}

/// Everything that was measured, as it is written to `images.json`.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Both sides by version.
    pub(crate) sides: [String; 2],
    pub(crate) machine: String,
    pub(crate) rounds: u32,
    pub(crate) goals: Vec<Assessment>,
    pub(crate) outcomes: Vec<Outcome>,
}

pub(crate) fn run(args: &ImagesArgs, directory: &Path) -> Result<()> {
    println!("Installing sharp (the first time takes a moment) …");
    let sharp = Sharp::install(&directory.join("sharp"))?;
    println!("Drawing the sources (once) …");
    let corpus = Corpus::prepare(&directory.join("corpus"), args.photos.as_deref())?;
    let cases = selected(cases::all(&corpus), args.filter.as_deref())?;

    let sides = [
        sharp.versions.clone(),
        format!("Sidetier {}", env!("CARGO_PKG_VERSION")),
    ];
    println!("{} against {}, {} cases\n", sides[0], sides[1], cases.len());
    let scratch = directory.join("outputs");
    fs::create_dir_all(&scratch)?;
    let mut lab = Lab::open(sharp, scratch, args.rounds)?;
    let mut outcomes = Vec::new();
    let mut heading = None;
    for case in &cases {
        if heading.replace(case.group) != Some(case.group) {
            println!("{}", table::heading(case.group));
        }
        let outcome = lab
            .run(case)
            .with_context(|| format!("failed to measure {}", case.name))?;
        println!("{}", table::row(&outcome));
        outcomes.push(outcome);
    }
    finish(
        Report {
            sides,
            machine: machine(),
            rounds: args.rounds,
            goals: assess(&outcomes),
            outcomes,
        },
        directory,
        args.check,
    )
}

/// Cases by group, so that the table reads well.
fn selected(mut cases: Vec<Case>, filter: Option<&str>) -> Result<Vec<Case>> {
    if let Some(text) = filter {
        let text = text.to_lowercase();
        cases.retain(|case| {
            let group = format!("{:?} {}", case.group, case.group.title());
            case.name.to_lowercase().contains(&text) || group.to_lowercase().contains(&text)
        });
    }
    if cases.is_empty() {
        bail!("no case contains that text");
    }
    cases.sort_by_key(|case| {
        cases::Group::ALL
            .iter()
            .position(|group| *group == case.group)
    });
    Ok(cases)
}

fn assess(outcomes: &[Outcome]) -> Vec<Assessment> {
    GOALS
        .iter()
        .filter_map(|goal| goal.assess(outcomes))
        .collect()
}

fn finish(report: Report, directory: &Path, check: bool) -> Result<()> {
    println!("{}", table::means(&report.outcomes));
    println!("{}", table::goals(&report.goals));
    let html = directory.join("images.html");
    fs::write(&html, html_report::render(&report))?;
    fs::write(
        directory.join("images.json"),
        serde_json::to_vec_pretty(&report)?,
    )?;
    println!(
        "The report is {}, the raw figures are beside it in images.json.",
        html.display()
    );
    let missed = report.goals.iter().filter(|goal| !goal.is_met).count();
    if check && missed > 0 {
        bail!("{missed} of {} goals are missed", report.goals.len());
    }
    Ok(())
}

/// Processor and number of cores, from proc(5).
fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(':').nth(1))
        .map_or("unknown processor", str::trim);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores, {}", std::env::consts::ARCH)
}
