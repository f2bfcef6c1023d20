//! Builds the Lambda functions, and the reference site's server with them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

use crate::machine;
use crate::process::{self, StopBy, bound_command};

/// Names of the functions: the directories of `functions/`.
pub(crate) fn names() -> Result<Vec<String>> {
    let dir = machine::repository().join("functions");
    let mut names: Vec<String> = fs::read_dir(&dir)
        .with_context(|| format!("read {}", dir.display()))?
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// Where the functions' packages are: `{name}/bootstrap` for each.
pub(crate) fn output_dir() -> PathBuf {
    machine::target_dir().join("local-functions")
}

/// How programs are built: as this one was, so that what they depend on is compiled once, with
/// the tests. Dev builds have the hot crates optimised (`Cargo.toml`): deriving a photo takes
/// 1.4 times as long as in a release build. Benchmarks are release builds, and so are these then.
const PROFILE: Profile = if cfg!(debug_assertions) {
    Profile {
        name: "dev",
        folder: "debug",
    }
} else {
    Profile {
        name: "release",
        folder: "release",
    }
};

struct Profile {
    name: &'static str,
    folder: &'static str,
}

/// The built program of this name.
pub(crate) fn program(name: &str) -> PathBuf {
    machine::target_dir().join(PROFILE.folder).join(name)
}

/// Builds every function for this machine, and the web server.
///
/// As part of the whole workspace: packages picked out of it would get other features of their
/// dependencies than its tests, and nearly everything would be compiled a second time.
///
/// The machine's own linker and C library serve here: cargo-lambda's default, Zig, is for the
/// cloud's older C library and would build all dependencies a second time, for another target.
pub(crate) fn build(log: &Path) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = bound_command(Path::new(&cargo), StopBy::Terminate, None);
    command.current_dir(machine::repository()).args([
        "build",
        "--locked",
        "--workspace",
        "--bins",
        "--profile",
        PROFILE.name,
    ]);
    process::run("build the functions", command, log)?;
    names()?.iter().try_for_each(|name| package(name))
}

/// Makes what `sam deploy` uploads: a program that becomes the built one. A dev build is large,
/// and packing twenty of them would take longer than all the rest of a start.
fn package(name: &str) -> Result<()> {
    let program = program(name);
    let dir = output_dir().join(name);
    fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
    let bootstrap = dir.join("bootstrap");
    let quoted = program.display().to_string().replace('\'', r"'\''");
    let script = format!("#!/bin/sh\nexec '{quoted}'\n");
    fs::write(&bootstrap, script).with_context(|| format!("write {}", bootstrap.display()))?;
    fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("make {} executable", bootstrap.display()))
}
