//! The warmer's processes: one that plans, and as many that ask for pages as the lane has.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::cloud::Cloud;
use super::sitemaps::PageSet;
use super::worker::Function;
use crate::usage::resident_kib;

/// Workers of a lane: `MaximumConcurrency` of the template.
pub(super) const WORKERS: usize = 2;

/// Running processes. They are killed on drop.
pub(super) struct Warmer {
    children: Vec<(Function, Child)>,
}

/// Memory of the warmer at a time, in KiB.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Resident {
    pub(super) plan: u64,
    /// The largest of those that ask for pages.
    pub(super) pages: u64,
    /// All together.
    pub(super) all: u64,
}

impl Warmer {
    /// Starts it on the pages of a set. It ends by itself after `time`.
    pub(super) fn start(cloud: &Cloud, site: &str, set: &PageSet, time: Duration) -> Result<Self> {
        Self::start_with(cloud, site, set, time, &[])
    }

    /// The same, with more arguments for its processes.
    pub(super) fn start_with(
        cloud: &Cloud,
        site: &str,
        set: &PageSet,
        time: Duration,
        more: &[String],
    ) -> Result<Self> {
        let pages = std::iter::repeat_n(Function::Pages, WORKERS);
        let mut warmer = Self {
            children: Vec::new(),
        };
        for function in std::iter::once(Function::Plan).chain(pages) {
            let child = Command::new(std::env::current_exe()?)
                .arg("warm-work")
                .arg(function.name())
                .args(["--site", site, "--sitemap", &set.sitemap_path()])
                .args(["--seconds", &time.as_secs().to_string()])
                .args(more)
                .env_clear()
                .envs([
                    ("AWS_REGION", "eu-central-1"),
                    ("AWS_ACCESS_KEY_ID", "bench"),
                    ("AWS_SECRET_ACCESS_KEY", "bench"),
                    ("AWS_ENDPOINT_URL", &cloud.endpoint()),
                ])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .context("start a process of the warmer")?;
            warmer.children.push((function, child));
        }
        Ok(warmer)
    }

    /// Waits until all of it has ended by itself.
    pub(super) fn wait(mut self) -> Result<()> {
        for (_, child) in &mut self.children {
            check(child.wait()?)?;
        }
        Ok(())
    }

    /// What it has in memory now. Fails where one of it has failed.
    pub(super) fn resident(&mut self) -> Result<Resident> {
        let mut resident = Resident::default();
        for (function, child) in &mut self.children {
            if let Some(status) = child.try_wait()? {
                check(status)?;
                continue;
            }
            let kib = resident_kib(child.id()).unwrap_or(0);
            resident.all += kib;
            match function {
                Function::Plan => resident.plan = kib,
                Function::Pages => resident.pages = resident.pages.max(kib),
            }
        }
        Ok(resident)
    }

    /// Ends it at once, whatever it is doing.
    pub(super) fn kill(self) {}
}

fn check(status: ExitStatus) -> Result<()> {
    ensure!(status.success(), "a process of the warmer ended: {status}");
    Ok(())
}

impl Drop for Warmer {
    fn drop(&mut self) {
        for (_, child) in &mut self.children {
            // It may have ended; there is nobody to tell.
            let _killed = child.kill();
            let _ended = child.wait();
        }
    }
}

/// Whether something was so before a time was over.
pub(super) fn wait_until(time: Duration, mut is_so: impl FnMut() -> Result<bool>) -> Result<bool> {
    const LOOK: Duration = Duration::from_millis(100);
    let start = Instant::now();
    while start.elapsed() < time {
        if is_so()? {
            return Ok(true);
        }
        std::thread::sleep(LOOK);
    }
    Ok(false)
}
