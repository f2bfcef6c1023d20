//! What a stack starts with: its directory, its functions' programs, its services.

use std::fs::File;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, anyhow};

use crate::ports::PortPlan;
use crate::process::Service;
use crate::progress::Progress;
use crate::tools::Tools;
use crate::{emulator, functions, postgres, redis};

/// Takes the state directory for this process. The kernel frees it when the
/// process ends, however it ends.
pub(super) fn lock(state: &Path) -> Result<File> {
    let path = state.join("lock");
    let file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
    file.try_lock().with_context(|| {
        format!(
            "use {}: another `cargo run` of this repository is running",
            state.display()
        )
    })?;
    Ok(file)
}

/// Builds the functions.
pub(super) fn build(logs: &Path, progress: &Progress) -> Result<()> {
    let log = logs.join("build.log");
    let names = functions::names()?.join(", ");
    progress.step(&format!("building {names}"), Some(&log), || {
        functions::build(&log)
    })
}

/// Starts what does not depend on one another, at once.
pub(super) fn start_services(
    tools: &Tools,
    ports: &PortPlan,
    state: &Path,
    logs: &Path,
) -> Result<(Service, Service, Service)> {
    thread::scope(|scope| {
        let postgres = scope.spawn(|| {
            let service = postgres::start(ports.postgres, state, logs)?;
            // The emulator starts with empty tables and buckets, so what is projected from
            // them, and what shows their photos, does too.
            postgres::query(ports.postgres, postgres::START_AFRESH)?;
            anyhow::Ok(service)
        });
        let redis = scope.spawn(|| redis::start(ports.redis, state, logs));
        let emulator = emulator::start(&tools.emulator, ports, state, logs);
        let ended = |_| anyhow!("start a service: its thread ended early");
        Ok((
            postgres.join().map_err(ended)??,
            redis.join().map_err(ended)??,
            emulator?,
        ))
    })
}
