//! Other warmers, as their authors publish them, each in processes of its own:
//! [sitemap-preloader](https://pypi.org/project/sitemap-preloader/) (MIT), pinned by
//! `warm-peers/requirements.txt`, and [heater](https://crates.io/crates/heater) (MIT).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::python_peer;

const FILES: [(&str, &str); 2] = [
    (
        "requirements.txt",
        include_str!("../../warm-peers/requirements.txt"),
    ),
    ("preload.py", include_str!("../../warm-peers/preload.py")),
];
const HEATER: &str = "0.3.5";

/// A program that is compared with ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum PeerName {
    /// Python; one page after the other, each on a new connection.
    SitemapPreloader,
    /// Rust; as many requests at once as there are processors. Building it needs libssl-dev and
    /// pkg-config.
    Heater,
}

/// One that is installed.
pub(super) struct Peer {
    pub(super) name: String,
    program: PathBuf,
    /// What comes before the sitemap.
    arguments: Vec<PathBuf>,
}

impl Peer {
    /// Installs it below `directory`, unless it is there already.
    pub(super) fn install(name: PeerName, directory: &Path) -> Result<Self> {
        match name {
            PeerName::SitemapPreloader => preloader(&directory.join("sitemap-preloader")),
            PeerName::Heater => heater(&directory.join("heater")),
        }
    }

    /// What warms the pages of a sitemap.
    pub(super) fn command(&self, sitemap: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .arg(sitemap)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}

fn preloader(directory: &Path) -> Result<Peer> {
    println!("Installing sitemap-preloader …");
    let python = python_peer::install(directory, &FILES, |_| Ok(()))?;
    let pin = FILES[0].1.lines().find_map(|line| {
        let version = line.strip_prefix("sitemap-preloader==")?;
        version.split_whitespace().next()
    });
    let version = pin.context("find the version of sitemap-preloader")?;
    Ok(Peer {
        name: format!("sitemap-preloader {version}"),
        program: python,
        arguments: vec![directory.join("preload.py")],
    })
}

fn heater(directory: &Path) -> Result<Peer> {
    let program = directory.join("bin/heater");
    if !program.exists() {
        println!("Building heater …");
        let status = Command::new("cargo")
            .args(["install", "--quiet", "--locked", "--root"])
            .arg(directory)
            .arg(format!("heater@{HEATER}"))
            .status()
            .context("run cargo install")?;
        ensure!(
            status.success(),
            "build heater ({status}): apt-get install libssl-dev pkg-config, or leave it out with \
             --peers sitemap-preloader"
        );
    }
    Ok(Peer {
        name: format!("heater {HEATER}"),
        program,
        arguments: Vec::new(),
    })
}
