//! `bench ledger`: the long ledger run, against the whole local site. Nothing is timed;
//! what counts is that the books balance.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use it::ledger::{Faults, Plan, Report};
use local::{Progress, Stack, StackOptions};

/// How much.
#[derive(Debug, clap::Args)]
pub(crate) struct LedgerArgs {
    /// Submissions at least, each posted one to four times at once.
    #[arg(long, default_value_t = 10_000)]
    submissions: usize,
    /// Clients that post at the same time.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    clients: u32,
    /// How often PostgreSQL and Redis are stopped and workers killed.
    #[arg(long, default_value_t = 40)]
    faults: usize,
    /// Seconds for which DynamoDB fails in the second run.
    #[arg(long, default_value_t = 60)]
    outage: u64,
    /// Longest wait for the deliveries, in minutes.
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

pub(crate) fn run(args: &LedgerArgs) -> Result<()> {
    let stack = Stack::start(&StackOptions::for_tests("ledger"), &Progress::plain())?;
    let plan = |run: &str, submissions: usize, faults: Faults| Plan {
        run: run.to_owned(),
        submissions,
        clients: args.clients as usize,
        faults,
        patience: Duration::from_mins(args.patience),
    };
    let times = args.faults;
    let long = plan(
        "long",
        args.submissions,
        Faults::ServersAndWorkers { times },
    );
    let outage = Duration::from_secs(args.outage);
    let without_dynamodb = plan("outage", 0, Faults::DynamoDb { outage });
    for (title, plan) in [
        ("Servers stop and workers are killed", long),
        ("DynamoDB fails", without_dynamodb),
    ] {
        println!("\n{title}");
        let started = Instant::now();
        let report = it::ledger::run(&stack, &plan, &|line| {
            println!("  {:>6.1} s  {line}", started.elapsed().as_secs_f64());
        })?;
        println!("{report}");
        check(&report)?;
    }
    Ok(())
}

fn check(report: &Report) -> Result<()> {
    for books in [&report.table, &report.projection, &report.webhooks] {
        ensure!(
            books.lost == 0 && books.duplicated == 0 && report.refusals == 0,
            "the books do not balance"
        );
    }
    Ok(())
}
