//! Builds the Lambda functions, and the reference site's server with them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::machine;
use crate::process::{self, StopBy, bound_command};
use crate::tools::Environment;

/// Names of the functions: the directories of `functions/`.
pub(crate) fn names() -> Result<Vec<String>> {
    let dir = machine::repository().join("functions");
    let mut names: Vec<String> = std::fs::read_dir(&dir)
        .with_context(|| format!("read {}", dir.display()))?
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// Where the built functions are: `{name}/bootstrap` for each.
pub(crate) fn output_dir() -> PathBuf {
    machine::target_dir().join("lambda")
}

/// The package of the reference site: its server is built with the functions, whose
/// dependencies it shares.
const SITE: &str = "site";

/// Builds every function for this machine, as `cargo lambda build --release` does.
///
/// The machine's own linker and C library serve here: Zig, cargo-lambda's default,
/// is for the cloud's older C library and would build the C codecs a second time.
/// Of cargo-lambda's defaults, link-time optimisation over the whole AWS SDK is left
/// to the cloud's build: it takes minutes after every change.
pub(crate) fn build(cargo_lambda: &Environment, log: &Path) -> Result<()> {
    let program = cargo_lambda.program("cargo-lambda");
    let mut command = bound_command(&program, StopBy::Terminate, None);
    command
        .current_dir(machine::repository())
        .env("PATH", machine::path_with(&[&cargo_lambda.bin()])?)
        .args([
            "lambda",
            "build",
            "--release",
            "--compiler",
            "cargo",
            "--disable-optimizations",
            "--lambda-dir",
        ])
        .arg(output_dir());
    for name in names()?.iter().map(String::as_str).chain([SITE]) {
        command.args(["--package", name]);
    }
    process::run("build the functions", command, log)
}
