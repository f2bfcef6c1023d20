//! The hours that pages, hot list and detections look at, as they are stored.

use std::collections::{BTreeMap, BTreeSet};

use audit_log::AuditFindings;
use log_detections::{Alert, judge};
use log_formats::Source;
use log_ledger::{Ledger, RECENT_HOURS, decode, keys};
use log_summary::{Activity, ActivityKey, HOUR_MS, HourKey, Summary};
use telemetry::Chain;
use tracing::error;

use crate::{Deps, ReportError};

/// The largest ledger, and the largest of what a log left, as it is stored, in bytes.
pub(crate) const MAX_DOCUMENT_BYTES: u64 = 64 << 20;

/// Some hours, in the form in which they are looked at. Rankings have their heads only.
#[derive(Default)]
pub(crate) struct RecentHours {
    /// Of each hour, what is stored.
    stored: BTreeMap<i64, Stored>,
    pub(crate) summary: Summary,
    pub(crate) activity: Activity,
    audit: BTreeMap<i64, AuditFindings>,
    told: BTreeMap<i64, Vec<Alert>>,
    /// What the detections found in these hours; what goes on is one alert.
    pub(crate) found: Vec<Alert>,
}

struct Stored {
    etag: String,
    closed_windows: BTreeMap<Source, usize>,
    compactions: u32,
}

impl RecentHours {
    /// Reads what others have written since, and forgets what is too old to matter.
    pub(crate) async fn refresh(&mut self, deps: &Deps, now_ms: i64) -> Result<(), ReportError> {
        let oldest = oldest_hour(now_ms);
        self.forget_before(oldest);
        let after = keys::ledger(oldest - 1);
        let listed = deps.results.list_page(keys::HOURS, &after, 1000).await?;
        let known: BTreeMap<String, &str> = self
            .stored
            .iter()
            .map(|(hour, stored)| (keys::ledger(*hour), stored.etag.as_str()))
            .collect();
        let is_new = |key: &str, etag: &str| known.get(key).is_none_or(|known| *known != etag);
        let listed = listed.into_iter();
        let changed: Vec<_> = listed
            .filter(|object| is_new(&object.key, &object.etag))
            .map(|object| object.key)
            .collect();
        let mut touched = BTreeSet::new();
        for key in changed {
            touched.extend(self.take_in(deps, &key).await?);
        }
        self.judge(deps, &touched);
        Ok(())
    }

    /// The hours of a range, whatever their age.
    pub(crate) async fn read(
        deps: &Deps,
        hours: std::ops::Range<i64>,
    ) -> Result<Self, ReportError> {
        let mut read = Self::default();
        for hour in hours.clone() {
            read.take_in(deps, &keys::ledger(hour)).await?;
        }
        read.judge(deps, &hours.collect());
        Ok(read)
    }

    /// Reads an hour; which it is. One that cannot be understood is left out: it is no reason to
    /// be silent about all others.
    async fn take_in(&mut self, deps: &Deps, key: &str) -> Result<Option<i64>, ReportError> {
        match read_ledger(deps, key).await {
            Ok(Some((ledger, etag))) => {
                self.insert(&ledger, etag);
                Ok(Some(ledger.hour))
            }
            Ok(None) => Ok(None),
            Err(fault @ ReportError::Document { .. }) => {
                error!(error = %Chain(&fault), "Left an hour out");
                Ok(None)
            }
            Err(failed) => Err(failed),
        }
    }

    /// Takes in an hour as it was stored.
    pub(crate) fn insert(&mut self, ledger: &Ledger, etag: String) {
        let hour = ledger.hour;
        self.summary.hours.retain(|key, _| key.hour != hour);
        self.activity.hours.retain(|key, _| key.hour != hour);
        for of_site in &ledger.sums.requests {
            let key = HourKey {
                site: of_site.site.clone(),
                source: of_site.source,
                hour,
            };
            let mut sums = of_site.hour.clone();
            sums.trim();
            self.summary.hours.insert(key, sums);
        }
        for (source, counts) in &ledger.sums.activity {
            let key = ActivityKey {
                source: *source,
                hour,
            };
            self.activity.hours.insert(key, counts.clone());
        }
        self.audit.insert(hour, ledger.sums.audit.clone());
        self.told.insert(hour, ledger.sums.alerts.clone());
        let stored = Stored {
            etag,
            closed_windows: ledger.closed_windows.clone(),
            compactions: ledger.compactions,
        };
        self.stored.insert(hour, stored);
    }

    /// What the detections find in some hours, which also becomes part of `found`.
    pub(crate) fn judge(&mut self, deps: &Deps, hours: &BTreeSet<i64>) -> Vec<Alert> {
        let Some(first) = hours.first() else {
            return Vec::new();
        };
        let since_ms = first * HOUR_MS;
        let mut alerts = judge(&self.summary, &deps.rules.detections, since_ms);
        // Some rules look back an hour.
        let mut audit = AuditFindings::default();
        let earlier = self.audit.range(first - 1..);
        earlier.for_each(|(_, findings)| audit.merge(findings));
        alerts.extend(audit.alerts(&deps.audit, since_ms));
        let told = self.told.range(first..);
        alerts.extend(told.flat_map(|(_, told)| told.iter().cloned()));
        for alert in &alerts {
            alert.clone().join(&mut self.found);
        }
        alerts
    }

    /// Whether an hour is among the recent ones.
    pub(crate) fn is_recent(hour: i64, now_ms: i64) -> bool {
        hour >= oldest_hour(now_ms)
    }

    /// Hours with windows whose logs have come and that are not closed.
    pub(crate) fn closable(&self, now_ms: i64) -> Vec<i64> {
        let is_due = |hour: i64, stored: &Stored| {
            let mut closable = Ledger::closable(hour, &stored.closed_windows, now_ms);
            closable.next().is_some()
        };
        let due = self
            .stored
            .iter()
            .filter(|(hour, stored)| is_due(**hour, stored));
        due.map(|(hour, _)| *hour).collect()
    }

    /// The first hour up to `hour` whose table files were compacted fewer than so many times.
    pub(crate) fn uncompacted(&self, hour: i64, times: u32) -> Option<i64> {
        let stored = self.stored.range(..=hour);
        let mut due = stored.filter(|(_, stored)| stored.compactions < times);
        due.next().map(|(hour, _)| *hour)
    }

    fn forget_before(&mut self, oldest: i64) {
        self.stored.retain(|hour, _| *hour >= oldest);
        self.summary.hours.retain(|key, _| key.hour >= oldest);
        self.activity.hours.retain(|key, _| key.hour >= oldest);
        self.audit.retain(|hour, _| *hour >= oldest);
        self.told.retain(|hour, _| *hour >= oldest);
        self.found.retain(|alert| alert.last_ms >= oldest * HOUR_MS);
    }
}

fn oldest_hour(now_ms: i64) -> i64 {
    now_ms.div_euclid(HOUR_MS) - RECENT_HOURS
}

/// A ledger and the entity tag of how it is stored.
pub(crate) async fn read_ledger(
    deps: &Deps,
    key: &str,
) -> Result<Option<(Ledger, String)>, ReportError> {
    let Some(object) = deps.results.get(key, MAX_DOCUMENT_BYTES).await? else {
        return Ok(None);
    };
    let ledger = decode(&object.bytes).map_err(|source| ReportError::Document {
        key: key.to_owned(),
        source,
    })?;
    Ok(Some((ledger, object.etag)))
}
