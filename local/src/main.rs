//! `cargo run`: brings the whole site up on this machine until Ctrl-C.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use local::{CheckFiles, JudgeTools, Ports, Progress, Purpose, Stack, StackOptions, Tools};

/// The whole site on this machine: builds the functions, starts every service,
/// deploys template.yaml to an emulator, and serves the site until Ctrl-C.
#[derive(Parser)]
#[command(name = "local")]
struct Arguments {
    /// Port of the site on 127.0.0.1; the eight that follow are used too.
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1024..=65_527))]
    port: u16,
    #[command(subcommand)]
    command: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Only installs what is missing: Debian packages and the pinned tools.
    Setup {
        /// Also what `cargo test --workspace` and `validate` need (a headless browser, checkov).
        #[arg(long)]
        tests: bool,
    },
    /// Only judges template.yaml: sam validate, cfn-lint, checkov, our own rules.
    Validate,
    /// Looks at a file of health checks, or makes one of another tool's.
    #[command(subcommand)]
    HealthChecks(CheckFiles),
    /// Compares docs/cost.md and README's table with what the renders have that `validate` made last.
    Costs {
        /// Writes it anew instead.
        #[arg(long)]
        write: bool,
    },
    /// Compares docs/architecture.svg and the routes in docs/template.md with those renders.
    Picture {
        /// Draws it anew instead.
        #[arg(long)]
        write: bool,
    },
    /// Asks a deployed site for what a visitor asks for: `smoke https://www.example.com`.
    #[command(disable_help_flag = true)]
    Smoke {
        /// Address and options; --help says which.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Takes a stack down and says what is kept: `teardown --stack-name sidetier`.
    #[command(disable_help_flag = true)]
    Teardown {
        /// Options; --help says which.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            Progress::plain().failed(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let progress = Progress::plain();
    match &arguments.command {
        Some(Task::Setup { tests }) => {
            let purpose = if *tests { Purpose::Test } else { Purpose::Run };
            local::install_packages(purpose, &progress)?;
            Tools::install(&progress)?;
            if *tests {
                JudgeTools::install(&progress)?;
            }
        }
        Some(Task::Validate) => local::validate_template(&Tools::install(&progress)?, &progress)?,
        Some(Task::HealthChecks(files)) => {
            return files.run(&mut std::io::stdout().lock(), &progress);
        }
        Some(Task::Costs { write }) => local::check_costs(*write, &progress)?,
        Some(Task::Picture { write }) => local::check_picture(*write, &progress)?,
        Some(Task::Smoke { arguments }) => return Err(local::operate("smoke", arguments)),
        Some(Task::Teardown { arguments }) => return Err(local::operate("teardown", arguments)),
        None => serve(arguments.port, &progress)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The site, until Ctrl-C.
fn serve(port: u16, progress: &Progress) -> Result<()> {
    let stop = stop_requests()?;
    let (started, outcome) = mpsc::channel();
    let options = StackOptions {
        ports: Ports::From(port),
        ..StackOptions::default()
    };
    let worker = progress.clone();
    // Apart from this thread, so that Ctrl-C is heard while it works. Leaving the
    // process then stops every child by its parent-death signal.
    thread::spawn(move || started.send(Stack::start(&options, &worker).map(Box::new)));
    let stack = loop {
        if stop.try_recv().is_ok() {
            progress.note("stopped before the site was up");
            return Ok(());
        }
        match outcome.recv_timeout(std::time::Duration::from_millis(100)) {
            Ok(stack) => break stack?,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                anyhow::bail!("start the site: its thread ended early")
            }
        }
    };
    progress.ready(&stack);
    stop.recv().context("wait for Ctrl-C")?;
    progress.note("stopping");
    drop(stack);
    Ok(())
}

/// A channel that hears of SIGINT and SIGTERM.
fn stop_requests() -> Result<mpsc::Receiver<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .context("start the signal handler")?;
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        runtime.block_on(async move {
            use tokio::signal::unix::{SignalKind, signal};
            let (Ok(mut interrupt), Ok(mut terminate)) = (
                signal(SignalKind::interrupt()),
                signal(SignalKind::terminate()),
            ) else {
                return;
            };
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if send.send(()).is_err() {
                    return;
                }
            }
        });
    });
    Ok(receive)
}
