use std::collections::BTreeMap;
use std::ops::Range;

use log_formats::Source;
use log_summary::{HOUR_MS, WINDOW_MS, WINDOWS};
use serde::{Deserialize, Serialize};

use crate::{Partial, Sums};

/// The tiers whose logs say how long requests took, and how long after a window they may come
/// and still count in its percentiles, in milliseconds. The load balancer delivers within five
/// minutes, CloudFront mostly within an hour:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html>
const LATE_MS: [(Source, i64); 3] = [
    (Source::Cloudfront, 75 * 60_000),
    (Source::Alb, 10 * 60_000),
    (Source::Nginx, 10 * 60_000),
];

/// What all logs add up to in one hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ledger {
    /// Hours since 1970.
    pub hour: i64,
    /// Versions of the logs in it, by their ids.
    pub logs: BTreeMap<String, String>,
    /// What they add up to.
    pub sums: Sums,
    /// So many of a tier's windows are closed: their percentiles have been told.
    #[serde(default)]
    pub closed_windows: BTreeMap<Source, usize>,
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
            closed_windows: BTreeMap::new(),
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

    /// Adds a log that is new, or again to [`Ledger::without_logs`]. A log that no longer has
    /// anything in this hour is remembered all the same.
    pub fn fold(&mut self, partial: &Partial) {
        let of_hour = |part: &&crate::HourPart| part.hour == self.hour;
        if let Some(part) = partial.hours.iter().find(of_hour) {
            self.sums.merge(&part.sums);
        }
        self.logs
            .insert(partial.id.clone(), partial.version.clone());
    }

    /// The same hour without logs, to add it up again.
    #[must_use]
    pub fn without_logs(&self) -> Self {
        Self {
            closed_windows: self.closed_windows.clone(),
            compactions: self.compactions,
            ..Self::new(self.hour)
        }
    }

    /// Of an hour, the tiers with windows that are over, have their logs at `now_ms`, and are
    /// not among those that are closed.
    pub fn closable(
        hour: i64,
        closed: &BTreeMap<Source, usize>,
        now_ms: i64,
    ) -> impl Iterator<Item = (Source, Range<usize>)> {
        LATE_MS.into_iter().filter_map(move |(source, late_ms)| {
            let over = (now_ms - late_ms - hour * HOUR_MS).div_euclid(WINDOW_MS);
            let over = usize::try_from(over).unwrap_or(0).min(WINDOWS);
            let closed = closed.get(&source).copied().unwrap_or(0);
            (closed < over).then_some((source, closed..over))
        })
    }

    /// Closes the windows whose logs have come by now. Each is closed once.
    pub fn close_windows(&mut self, now_ms: i64) -> Vec<(Source, Range<usize>)> {
        let closed: Vec<_> = Self::closable(self.hour, &self.closed_windows, now_ms).collect();
        for (source, windows) in &closed {
            self.closed_windows.insert(*source, windows.end);
        }
        closed
    }
}

#[cfg(test)]
mod tests {
    use audit_log::AuditRules;
    use log_formats::LineLimits;
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
        let partial = Partial::new(name, Source::Nginx, ingested, Vec::new(), NOW_MS);
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
                let mut again = ledger.without_logs();
                for id in ledger.logs.keys() {
                    let stored = stored.iter().find(|stored| stored.id == *id);
                    again.fold(stored.unwrap());
                }
                *ledger = again;
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
    fn a_log_that_moves_to_another_hour_leaves_the_one_before() {
        let before = partial("a", 1, &lines(10, 3));
        let mut after = partial("a", 2, &lines(9, 3));
        let mut ledger = Ledger::new(before.hours[0].hour);
        fold(&mut ledger, &before, &[]);
        after.follow(&before);
        assert_eq!(after.hours.len(), 2);
        fold(&mut ledger, &after, &[&after]);
        assert_eq!(requests(&ledger), 0);
    }

    #[test]
    fn recent_hours_wait_apart_and_old_ones_by_their_day() {
        let log = partial("a", 1, &lines(10, 3));
        let later = partial("a", 2, &lines(10, 3));
        let name = |partial, now_ms| crate::keys::pending(partial, now_ms);
        assert!(name(&log, NOW_MS).starts_with("pending/recent/"));
        assert_ne!(name(&log, NOW_MS), name(&later, NOW_MS));
        let week = 7 * 24 * HOUR_MS;
        assert!(name(&log, NOW_MS + week).starts_with("pending/old/2026-11-27/"));
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
        let mut close = |now_ms| {
            let closed = ledger.close_windows(now_ms).into_iter();
            closed
                .map(|(source, windows)| (source.name(), windows))
                .collect::<Vec<_>>()
        };
        assert_eq!(close(start_ms - 1), []);
        assert_eq!(
            close(start_ms + 15 * 60_000),
            [("alb", 0..1), ("nginx", 0..1)]
        );
        assert_eq!(close(start_ms + 16 * 60_000), []);
        assert_eq!(
            close(start_ms + 9 * HOUR_MS),
            [("cloudfront", 0..12), ("alb", 1..12), ("nginx", 1..12)]
        );
        assert_eq!(close(start_ms), []);
    }
}
