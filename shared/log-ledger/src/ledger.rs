use std::collections::BTreeMap;

use log_summary::{HOUR_MS, WINDOW_MS, WINDOWS};
use serde::{Deserialize, Serialize};

use crate::{Partial, Sums};

/// How long after a window its logs may come and still count in its percentiles: the load
/// balancer and CloudFront deliver most of them within five minutes.
const LATE_MS: i64 = 10 * 60_000;

/// What all logs add up to in one hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ledger {
    /// Hours since 1970.
    pub hour: i64,
    /// Versions of the logs in it, by their ids.
    pub logs: BTreeMap<String, String>,
    /// What they add up to.
    pub sums: Sums,
    /// So many of the hour's windows are closed: their percentiles have been told.
    pub closed_windows: usize,
    /// So often its table files have been compacted.
    #[serde(default)]
    pub compactions: u32,
}

/// Where a log stands in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is not in it yet.
    New,
    /// It is in it, or a later content of it is.
    Known,
    /// An earlier content of it is: the hour must be added up again.
    Replaced,
}

impl Ledger {
    /// An hour without logs.
    #[must_use]
    pub fn new(hour: i64) -> Self {
        Self {
            hour,
            logs: BTreeMap::new(),
            sums: Sums::default(),
            closed_windows: 0,
            compactions: 0,
        }
    }

    /// Where a log stands.
    #[must_use]
    pub fn standing(&self, id: &str, version: &str) -> Standing {
        match self.logs.get(id) {
            None => Standing::New,
            Some(known) if known.as_str() < version => Standing::Replaced,
            Some(_) => Standing::Known,
        }
    }

    /// Adds a log that is new, or again after [`Ledger::clear`]. A log that no longer has
    /// anything in this hour is remembered all the same.
    pub fn fold(&mut self, partial: &Partial) {
        let of_hour = |part: &&crate::HourPart| part.hour == self.hour;
        if let Some(part) = partial.hours.iter().find(of_hour) {
            self.sums.merge(&part.sums);
        }
        self.logs
            .insert(partial.id.clone(), partial.version.clone());
    }

    /// Forgets what the logs add up to, to add it up again, and which they are; these are
    /// returned.
    pub fn clear(&mut self) -> Vec<String> {
        self.sums = Sums::default();
        std::mem::take(&mut self.logs).into_keys().collect()
    }

    /// How many windows of an hour are over and have their logs, at `now_ms`.
    #[must_use]
    pub fn windows_over(hour: i64, now_ms: i64) -> usize {
        let over = (now_ms - LATE_MS - hour * HOUR_MS).div_euclid(WINDOW_MS);
        usize::try_from(over).unwrap_or(0).min(WINDOWS)
    }

    /// Closes the windows whose logs have come by now. Each is closed once.
    pub fn close_windows(&mut self, now_ms: i64) -> std::ops::Range<usize> {
        let over = Self::windows_over(self.hour, now_ms);
        let closed = self.closed_windows..over.max(self.closed_windows);
        self.closed_windows = closed.end;
        closed
    }
}

#[cfg(test)]
mod tests {
    use audit_log::AuditRules;
    use log_formats::{LineLimits, Source};
    use log_ingest::{Rules, ingest};
    use log_summary::{Site, SummaryRules};

    use super::*;
    use crate::{LogName, decode, encode};

    const NOW_MS: i64 = 1_795_774_830_000;

    fn partial(key: &str, modified_ms: i64, log: &str) -> Partial {
        let summary = SummaryRules {
            sites: vec![Site {
                name: "shop".to_owned(),
                hosts: Vec::new(),
            }],
            warmer: "Sidetier-Warmer".to_owned(),
            ..SummaryRules::default()
        };
        let audit = AuditRules::standard().unwrap();
        let rules = Rules {
            summary: &summary,
            audit: &audit,
            limits: LineLimits::default(),
            columns: None,
            now_ms: NOW_MS,
        };
        let ingested = ingest(log.as_bytes(), Source::Nginx, &rules, None).unwrap();
        let name = LogName::of_object("logs", key, modified_ms, "etag");
        let partial = Partial::new(name, Source::Nginx, ingested, Vec::new());
        decode(&encode(&partial).unwrap()).unwrap()
    }

    fn lines(hour: u32, count: usize) -> String {
        format!(
            "203.0.113.9 - - [27/Nov/2026:{hour:02}:20:30 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl\"\n"
        )
        .repeat(count)
    }

    fn requests(ledger: &Ledger) -> u64 {
        let sums = ledger.sums.requests.iter();
        sums.map(|site| site.hour.counters.requests).sum()
    }

    /// Folds as the function does.
    fn fold(ledger: &mut Ledger, partial: &Partial, stored: &[&Partial]) {
        match ledger.standing(&partial.id, &partial.version) {
            Standing::Known => {}
            Standing::New => ledger.fold(partial),
            Standing::Replaced => {
                for id in ledger.clear() {
                    let stored = stored.iter().find(|stored| stored.id == id);
                    ledger.fold(stored.unwrap());
                }
            }
        }
    }

    #[test]
    fn a_log_counts_once_however_often_it_comes() {
        let (one, other) = (
            partial("a", 1, &lines(10, 3)),
            partial("b", 1, &lines(10, 4)),
        );
        let mut ledger = Ledger::new(one.hours[0].hour);
        for partial in [&one, &other, &one, &other] {
            fold(&mut ledger, partial, &[]);
            ledger = decode(&encode(&ledger).unwrap()).unwrap();
        }
        assert_eq!((requests(&ledger), ledger.logs.len()), (7, 2));
    }

    #[test]
    fn a_log_that_was_replaced_counts_as_it_is_now() {
        let (half, other) = (
            partial("a", 1, &lines(10, 3)),
            partial("b", 1, &lines(10, 4)),
        );
        let whole = partial("a", 2, &lines(10, 30));
        let mut ledger = Ledger::new(half.hours[0].hour);
        fold(&mut ledger, &half, &[]);
        fold(&mut ledger, &other, &[]);
        fold(&mut ledger, &whole, &[&whole, &other]);
        assert_eq!(requests(&ledger), 34);
        // The earlier content, read late, changes nothing.
        fold(&mut ledger, &half, &[]);
        assert_eq!(requests(&ledger), 34);
    }

    #[test]
    fn a_log_of_two_hours_is_in_both() {
        let both = partial("a", 1, &format!("{}{}", lines(9, 2), lines(10, 5)));
        let counted: Vec<_> = both
            .hours
            .iter()
            .map(|part| {
                let mut ledger = Ledger::new(part.hour);
                ledger.fold(&both);
                requests(&ledger)
            })
            .collect();
        assert_eq!(counted, [2, 5]);
    }

    #[test]
    fn windows_are_closed_once_and_in_their_order() {
        let mut ledger = Ledger::new(10);
        let start_ms = 10 * HOUR_MS;
        assert_eq!(ledger.close_windows(start_ms - 1), 0..0);
        assert_eq!(ledger.close_windows(start_ms + 15 * 60_000), 0..1);
        assert_eq!(ledger.close_windows(start_ms + 16 * 60_000), 1..1);
        assert_eq!(ledger.close_windows(start_ms + 9 * HOUR_MS), 1..12);
        assert_eq!(ledger.close_windows(start_ms), 12..12);
    }
}
