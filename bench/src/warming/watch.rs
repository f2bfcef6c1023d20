//! A program at work on a set of pages: how far it is, and what memory it needs.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::peer_programs::Peer;
use super::place::Place;
use super::sitemaps::PageSet;
use super::warmer::Warmer;
use crate::usage::resident_kib;

/// So often it is looked.
const LOOK: Duration = Duration::from_millis(100);

/// Sees how far a program is, and what memory it needs.
pub(super) struct Watch<'a> {
    place: &'a Place,
    set: &'a PageSet,
    pub(super) started: Instant,
    /// When nine tenths of the pages were asked for.
    pub(super) most_seconds: Option<f64>,
    /// The most memory that it had.
    pub(super) peak_kib: u64,
}

impl<'a> Watch<'a> {
    pub(super) fn new(place: &'a Place, set: &'a PageSet) -> Self {
        Self {
            place,
            set,
            started: Instant::now(),
            most_seconds: None,
            peak_kib: 0,
        }
    }

    /// Looks, after a while; whether all pages were asked for.
    fn look(&mut self, kib: u64) -> bool {
        self.peak_kib = self.peak_kib.max(kib);
        sleep(LOOK);
        let all = u64::from(self.set.pages);
        let asked = self.place.origin.asked(self.set).pages;
        if asked * 10 >= all * 9 {
            let seconds = self.started.elapsed().as_secs_f64();
            self.most_seconds.get_or_insert(seconds);
        }
        asked == all
    }
}

/// Warms with our functions until all pages were asked for. What is known of the origin stays from round to round.
pub(super) fn ours(watch: &mut Watch<'_>, patience: Duration) -> Result<()> {
    let Place { cloud, site, .. } = watch.place;
    cloud.forget_runs();
    let mut warmer = Warmer::start(cloud, site, watch.set, patience)?;
    while !watch.look(warmer.resident()?.all) {
        ensure!(watch.started.elapsed() < patience, "we did not end in time");
    }
    warmer.kill();
    Ok(())
}

/// Warms with another program until it has ended.
pub(super) fn theirs(peer: &Peer, watch: &mut Watch<'_>, patience: Duration) -> Result<()> {
    let sitemap = format!("{}{}", watch.place.site, watch.set.sitemap_path());
    let child = peer.command(&sitemap).spawn();
    let mut child = child.with_context(|| format!("start {}", peer.name))?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        watch.look(resident_kib(child.id()).unwrap_or(0));
        if watch.started.elapsed() >= patience {
            child.kill()?;
        }
    };
    ensure!(status.success(), "{} ended: {status}", peer.name);
    Ok(())
}
