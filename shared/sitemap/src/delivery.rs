use std::ops::ControlFlow;

use crate::location::judge;
use crate::{BadReason, Entry, Fault, Limit, ReadOptions, Totals};

/// Counts entries, and hands over those that can be used.
pub(crate) struct Delivery<'o, F> {
    pub(crate) options: &'o ReadOptions,
    pub(crate) totals: Totals,
    each: F,
}

impl<'o, F: FnMut(Entry) -> ControlFlow<()>> Delivery<'o, F> {
    pub(crate) fn new(options: &'o ReadOptions, each: F) -> Self {
        Self {
            options,
            totals: Totals::default(),
            each,
        }
    }

    /// Whether there may be another entry.
    pub(crate) fn admit(&self) -> Result<(), Fault> {
        let max = self.options.limits.max_entries;
        if self.totals.entries < max {
            return Ok(());
        }
        let limit = Limit::Entries;
        Err(Fault::TooMuch { limit, max })
    }

    /// Whether the next entry stands before the cursor.
    pub(crate) const fn is_behind(&self) -> bool {
        self.totals.entries < self.options.from.0
    }

    /// Passes over an entry.
    pub(crate) const fn skip(&mut self) {
        self.totals.skipped += 1;
        self.totals.entries += 1;
    }

    /// Counts an entry that cannot be used.
    pub(crate) fn bad(&mut self, reason: BadReason, text: &str) {
        let max_samples = self.options.limits.max_samples;
        self.totals.add_bad(reason, text, max_samples);
    }

    /// A location as it is handed over.
    pub(crate) fn judge<'t>(&self, text: &'t str) -> Result<&'t str, BadReason> {
        let limits = &self.options.limits;
        judge(text, &self.options.hosts, limits.max_location_chars)
    }

    /// Hands over an entry.
    pub(crate) fn hand_over(&mut self, entry: Entry) {
        match entry {
            Entry::Page(_) => self.totals.pages += 1,
            Entry::Sitemap(_) => self.totals.sitemaps += 1,
        }
        self.totals.entries += 1;
        self.totals.is_stopped = (self.each)(entry).is_break();
    }

    /// An entry that is a location and nothing else.
    pub(crate) fn line(
        &mut self,
        text: &[u8],
        is_too_long: bool,
        entry: impl FnOnce(String) -> Entry,
    ) -> Result<(), Fault> {
        self.admit()?;
        if self.is_behind() {
            self.skip();
            return Ok(());
        }
        let location = match std::str::from_utf8(text) {
            _ if is_too_long => Err(BadReason::TooLong),
            Ok(text) => self.judge(text),
            Err(_) => Err(BadReason::Encoding),
        };
        match location {
            Ok(location) => {
                let entry = entry(location.to_owned());
                self.hand_over(entry);
            }
            Err(reason) => self.bad(reason, &String::from_utf8_lossy(text)),
        }
        Ok(())
    }
}
