//! Installing and starting sharp, pinned by `sharp/package-lock.json`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// What is copied beside the installed packages; a change of any of them installs anew.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("../sharp/package.json")),
    (
        "package-lock.json",
        include_str!("../sharp/package-lock.json"),
    ),
    ("worker.mjs", include_str!("../sharp/worker.mjs")),
];

/// Oldest major version of Node.js that sharp 0.35 runs on.
const MIN_NODE: u32 = 20;

/// An installed sharp.
#[derive(Debug, Clone)]
pub(crate) struct Sharp {
    directory: PathBuf,
    /// As Node.js and sharp call themselves.
    pub(crate) versions: String,
}

impl Sharp {
    /// Installs sharp into `directory` with `npm ci`, unless it is there already.
    ///
    /// # Errors
    /// Where Node.js is missing or too old, or the packages cannot be had.
    pub(crate) fn install(directory: &Path) -> Result<Self> {
        let node = node_version()?;
        fs::create_dir_all(directory)?;
        let is_current = FILES.iter().all(|(name, text)| {
            fs::read_to_string(directory.join(name)).is_ok_and(|found| found == *text)
        });
        if !is_current || !directory.join("node_modules/.package-lock.json").exists() {
            for (name, text) in FILES {
                fs::write(directory.join(name), text)?;
            }
            let status = Command::new("npm")
                .args([
                    "ci",
                    "--omit=dev",
                    "--no-audit",
                    "--no-fund",
                    "--loglevel=error",
                ])
                .current_dir(directory)
                .status()
                .context("failed to run npm, which comes with Node.js")?;
            ensure!(
                status.success(),
                "failed to install sharp: npm ci ended with {status}"
            );
        }
        let manifest = fs::read_to_string(directory.join("node_modules/sharp/package.json"))?;
        let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
        let version = manifest.get("version").and_then(|value| value.as_str());
        let version = version.context("failed to find sharp's version")?;
        Ok(Self {
            directory: directory.to_owned(),
            versions: format!("sharp {version} on Node.js {node}"),
        })
    }

    /// A process that answers jobs. One thread in the pool, as everything is measured alone.
    pub(crate) fn worker(&self) -> Command {
        let mut command = Command::new("node");
        command
            .arg(self.directory.join("worker.mjs"))
            .env("UV_THREADPOOL_SIZE", "1");
        command
    }
}

/// The version of the Node.js on the path, such as `20.20.2`.
fn node_version() -> Result<String> {
    let advice = "the bench needs Node.js 20 or newer with npm, because sharp is a Node.js \
                  package: install it from https://nodejs.org or with `apt-get install nodejs npm`";
    let output = Command::new("node")
        .arg("--version")
        .output()
        .context(advice)?;
    let version = String::from_utf8_lossy(&output.stdout)
        .trim()
        .trim_start_matches('v')
        .to_owned();
    let major = version
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_some_and(|major| major >= MIN_NODE),
        "Node.js {version} is too old: {advice}"
    );
    Ok(version)
}
