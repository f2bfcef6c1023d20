use std::collections::BTreeMap;

use log_formats::Source;
use log_summary::{Counters, LatencySketch, Merge, Summary, WINDOW_MS, WINDOWS, Window};

/// Windows of the hour before, which a window is compared with.
const BASELINE: i64 = WINDOWS as i64;

/// The windows of one site and tier, numbered since 1970.
pub(crate) struct Timeline<'a> {
    pub(crate) site: &'a str,
    pub(crate) source: Source,
    windows: BTreeMap<i64, &'a Window>,
}

impl<'a> Timeline<'a> {
    /// The timelines of a summary.
    pub(crate) fn all(summary: &'a Summary) -> Vec<Self> {
        let mut timelines: BTreeMap<(&str, Source), Self> = BTreeMap::new();
        for (key, hour) in &summary.hours {
            let timeline = timelines
                .entry((key.site.as_str(), key.source))
                .or_insert_with(|| Self {
                    site: &key.site,
                    source: key.source,
                    windows: BTreeMap::new(),
                });
            for (index, window) in (0..).zip(&hour.windows) {
                if window.counters.requests > 0 {
                    timeline.windows.insert(key.hour * BASELINE + index, window);
                }
            }
        }
        timelines.into_values().collect()
    }

    /// The windows that end after `since_ms`, with their numbers.
    pub(crate) fn since(&self, since_ms: i64) -> impl Iterator<Item = (i64, &'a Window)> {
        let first = since_ms.div_euclid(WINDOW_MS);
        self.windows
            .range(first..)
            .map(|(number, window)| (*number, *window))
    }

    /// A window with those before it.
    pub(crate) fn back_from(&self, number: i64, count: i64) -> impl Iterator<Item = &'a Window> {
        self.windows
            .range(number - count + 1..=number)
            .map(|(_, window)| *window)
    }

    /// What the hour before a window was like.
    pub(crate) fn before(&self, number: i64) -> (Counters, LatencySketch) {
        let (mut counters, mut latency) = (Counters::default(), LatencySketch::default());
        for (_, window) in self.windows.range(number - BASELINE..number) {
            counters.merge(&window.counters);
            latency.merge(&window.latency);
        }
        (counters, latency)
    }
}
