//! `bench cold-start`: from the start of a function's process to its first
//! response, with an AWS that answers at once: what our code and its libraries cost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;

use crate::aws::Aws;
use crate::function_process::command;
use crate::runtime_api::{Call, RuntimeApi};
use crate::statistics::{median, minimum};
use crate::usage::running_child_cpu;

/// The goal: CPU time from the start of the process to the first response.
const GOAL_CPU_MS: f64 = 25.0;
/// A function that says nothing for this long is taken for dead.
const PATIENCE: Duration = Duration::from_secs(20);

/// Functions that somebody waits for, and the one that decodes photos, with a first event.
const EVENTS: [(&str, &str); 4] = [
    (
        "forms-admin",
        include_str!("../../events/forms-admin/login-page.json"),
    ),
    (
        "forms-intake",
        include_str!("../../events/forms-intake/show-contact.json"),
    ),
    (
        "image-derive",
        include_str!("../cold-start/image-derive.json"),
    ),
    (
        "image-serve",
        include_str!("../cold-start/image-serve.json"),
    ),
];

/// How often, and of what.
#[derive(Debug, clap::Args)]
pub(crate) struct ColdStartArgs {
    /// Starts of each function.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Directory with `{function}/bootstrap`, as `cargo lambda build --release` leaves it.
    #[arg(long, value_name = "DIR", default_value = "target/lambda")]
    functions: PathBuf,
    /// End with an error where a function passes the goal.
    #[arg(long)]
    check: bool,
}

/// One start, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
struct Start {
    /// Process start to its first request for an event.
    init_cpu_ms: f64,
    init_wall_ms: f64,
    /// The event's arrival to the response.
    first_event_cpu_ms: f64,
    first_event_wall_ms: f64,
}

/// All starts of one function.
#[derive(Debug, Serialize)]
struct Function {
    name: &'static str,
    bootstrap_bytes: u64,
    starts: Vec<Start>,
}

pub(crate) fn run(args: &ColdStartArgs, directory: &Path) -> Result<()> {
    println!(
        "{:<14} {:>8} {:>22} {:>22} {:>22}  goal < {GOAL_CPU_MS} ms of CPU\n{:<14} {:>8} {:>22} \
         {:>22} {:>22}",
        "",
        "bootstrap",
        "start → ready",
        "event → response",
        "together",
        "",
        "MiB",
        "CPU (lowest) / wall",
        "CPU (lowest) / wall",
        "CPU (lowest) / wall"
    );
    let mut functions = Vec::new();
    for (name, event) in EVENTS {
        let bootstrap = args.functions.join(name).join("bootstrap");
        let function = measure(name, &bootstrap, event, args.runs)
            .with_context(|| format!("failed to measure {name}"))?;
        println!("{}", function.row());
        functions.push(function);
    }
    fs::create_dir_all(directory)?;
    let file = directory.join("cold-start.json");
    fs::write(&file, serde_json::to_vec_pretty(&functions)?)?;
    println!(
        "Medians of {} starts; the raw figures are in {}.",
        args.runs,
        file.display()
    );
    let missed = functions
        .iter()
        .any(|function| function.cpu_ms(median) >= GOAL_CPU_MS);
    if args.check && missed {
        bail!("a function needs {GOAL_CPU_MS} ms of CPU or more to its first response");
    }
    Ok(())
}

fn measure(
    name: &'static str,
    bootstrap: &Path,
    event: &'static str,
    runs: u32,
) -> Result<Function> {
    let file = fs::metadata(bootstrap).with_context(|| {
        format!(
            "{} is missing: run cargo lambda build --release",
            bootstrap.display()
        )
    })?;
    // One unmeasured start brings the file into the page cache.
    start(name, bootstrap, event)?;
    let starts = (0..runs)
        .map(|_| start(name, bootstrap, event))
        .collect::<Result<_>>()?;
    Ok(Function {
        name,
        bootstrap_bytes: file.len(),
        starts,
    })
}

/// One start: the process is ended after its first response.
fn start(name: &str, bootstrap: &Path, event: &'static str) -> Result<Start> {
    let (api, aws) = (RuntimeApi::start()?, Aws::start()?);
    let started = Instant::now();
    let mut child = command(name, bootstrap, &api.address(), &aws.endpoint()).spawn()?;
    let result = first_response(&api, &child, started, event);
    child.kill()?;
    child.wait()?;
    result
}

fn first_response(
    api: &RuntimeApi,
    child: &Child,
    started: Instant,
    event: &'static str,
) -> Result<Start> {
    let give = match api.call(PATIENCE)? {
        Call::Next(give) => give,
        Call::Response(_) => bail!("the function answered before it was asked"),
        Call::Error(body) => bail!(
            "the function did not start: {}",
            String::from_utf8_lossy(&body)
        ),
    };
    let (init_wall, init_cpu) = (started.elapsed(), running_child_cpu(child.id())?);
    let asked = Instant::now();
    ensure!(
        give.send(event.to_owned()).is_ok(),
        "the function did not wait for its event"
    );
    match api.call(PATIENCE)? {
        Call::Response(_) => {}
        Call::Next(_) => bail!("the function asked for another event before it answered"),
        Call::Error(body) => bail!("the function failed: {}", String::from_utf8_lossy(&body)),
    }
    let (event_wall, total_cpu) = (asked.elapsed(), running_child_cpu(child.id())?);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    Ok(Start {
        init_cpu_ms: ms(init_cpu),
        init_wall_ms: ms(init_wall),
        first_event_cpu_ms: ms(total_cpu.saturating_sub(init_cpu)),
        first_event_wall_ms: ms(event_wall),
    })
}

impl Function {
    fn summary(&self, figure: fn(&Start) -> f64, of: fn(&[f64]) -> f64) -> f64 {
        of(&self.starts.iter().map(figure).collect::<Vec<f64>>())
    }

    /// CPU time to the first response.
    fn cpu_ms(&self, of: fn(&[f64]) -> f64) -> f64 {
        self.summary(|start| start.init_cpu_ms + start.first_event_cpu_ms, of)
    }

    fn row(&self) -> String {
        let cell = |cpu: fn(&Start) -> f64, wall: fn(&Start) -> f64| {
            format!(
                "{:.1} ({:.1}) / {:.1}",
                self.summary(cpu, median),
                self.summary(cpu, minimum),
                self.summary(wall, median)
            )
        };
        format!(
            "{:<14} {:>8.1} {:>22} {:>22} {:>22}  {}",
            self.name,
            self.bootstrap_bytes as f64 / 1_048_576.0,
            cell(|start| start.init_cpu_ms, |start| start.init_wall_ms),
            cell(
                |start| start.first_event_cpu_ms,
                |start| start.first_event_wall_ms
            ),
            cell(
                |start| start.init_cpu_ms + start.first_event_cpu_ms,
                |start| start.init_wall_ms + start.first_event_wall_ms
            ),
            if self.cpu_ms(median) < GOAL_CPU_MS {
                "met"
            } else {
                "MISSED"
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_json_and_name_their_functions() {
        for (name, event) in EVENTS {
            let event: serde_json::Value = serde_json::from_str(event).unwrap();
            assert!(event.is_object(), "{name}");
        }
    }

    #[test]
    fn rows_add_both_phases() {
        let start = |init| Start {
            init_cpu_ms: init,
            init_wall_ms: 30.0,
            first_event_cpu_ms: 4.0,
            first_event_wall_ms: 5.0,
        };
        let function = Function {
            name: "image-serve",
            bootstrap_bytes: 3 << 20,
            starts: vec![start(10.0), start(90.0), start(12.0)],
        };
        let row = function.row();
        assert!(row.contains("16.0 (14.0) / 35.0"), "{row}");
        assert!(row.ends_with("met") && row.contains("3.0"), "{row}");
    }
}
