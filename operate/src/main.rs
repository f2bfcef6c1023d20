//! `cargo run -- smoke` and `cargo run -- teardown`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use operate::smoke::{self, SmokeOptions};
use operate::teardown::{self, TeardownOptions};
use operate::{Aws, Console};

/// What is done to a deployed site from outside. Credentials are found as every AWS SDK finds
/// them; AWS_ENDPOINT_URL leads to an emulator.
#[derive(Parser)]
#[command(name = "cargo run --", bin_name = "cargo run --")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Asks a deployed site for what a visitor asks for, and says what does not work.
    Smoke(SmokeOptions),
    /// Takes a stack down, and says what is kept.
    Teardown(TeardownOptions),
}

fn main() -> ExitCode {
    let console = Console::standard();
    match run(&Arguments::parse().task, console) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            console.failed(&error);
            ExitCode::FAILURE
        }
    }
}

/// Whether all is well.
fn run(task: &Task, console: Console) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start")?;
    runtime.block_on(async {
        match task {
            Task::Smoke(options) => {
                let aws = if options.without_aws {
                    None
                } else {
                    Some(Aws::load(options.region.clone()).await?)
                };
                let report = smoke::run(options, aws.as_ref(), console).await?;
                Ok(report.passed())
            }
            Task::Teardown(options) => {
                let aws = Aws::load(options.region.clone()).await?;
                teardown::run(options, &aws, console).await?;
                Ok(true)
            }
        }
    })
}
