//! Peers that are Python programs, each in an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Writes `files`, of which `requirements.txt` pins all packages, into `directory`, installs
/// the packages and runs `set_up` there with its Python, unless all of it is there already.
/// Its Python.
pub(crate) fn install(
    directory: &Path,
    files: &[(&str, &str)],
    set_up: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let python = directory.join("venv/bin/python");
    let complete = directory.join("complete");
    let is_current = files.iter().all(|(name, text)| {
        fs::read_to_string(directory.join(name)).is_ok_and(|found| found == *text)
    });
    if is_current && complete.exists() {
        return Ok(python);
    }
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    for (name, text) in files {
        let file = directory.join(name);
        fs::create_dir_all(file.parent().unwrap_or(directory))?;
        fs::write(file, text)?;
    }
    let mut environment = Command::new("python3");
    run(environment
        .args(["-m", "venv", "venv"])
        .current_dir(directory))?;
    let mut packages = Command::new(&python);
    packages.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    packages.args(["--require-hashes", "--no-deps", "-r", "requirements.txt"]);
    run(packages.current_dir(directory))?;
    set_up(&python)?;
    fs::write(complete, "")?;
    Ok(python)
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("failed to run {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
