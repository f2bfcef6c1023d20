//! DuckDB and Polars, pinned by `log-peers/requirements.txt`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

const FILES: [(&str, &str); 3] = [
    (
        "requirements.txt",
        include_str!("../../log-peers/requirements.txt"),
    ),
    (
        "duckdb_logs.py",
        include_str!("../../log-peers/duckdb_logs.py"),
    ),
    (
        "polars_logs.py",
        include_str!("../../log-peers/polars_logs.py"),
    ),
];

/// Installs them into `directory`; their Python.
pub(crate) fn install(directory: &Path) -> Result<PathBuf> {
    let python = directory.join("venv/bin/python");
    fs::create_dir_all(directory)?;
    let requirements = fs::read_to_string(directory.join("requirements.txt"));
    let is_current = requirements.is_ok_and(|found| found == FILES[0].1);
    for (name, text) in FILES {
        fs::write(directory.join(name), text)?;
    }
    let complete = directory.join("complete");
    if is_current && complete.exists() {
        return Ok(python);
    }
    run(Command::new("python3")
        .args(["-m", "venv", "venv"])
        .current_dir(directory))?;
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(["--require-hashes", "--no-deps", "-r", "requirements.txt"])
        .current_dir(directory))?;
    fs::write(complete, "")?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("failed to run {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
