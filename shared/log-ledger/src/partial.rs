use std::collections::BTreeMap;

use log_detections::Alert;
use log_formats::Source;
use log_ingest::Ingested;
use log_summary::HOUR_MS;
use serde::{Deserialize, Serialize};

use crate::{LogName, SiteHour, Sums};

/// What one log adds up to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Partial {
    /// [`LogName::id`] of the log.
    pub id: String,
    /// [`LogName::version`] of its content.
    pub version: String,
    /// Where it is, for people.
    pub origin: String,
    /// What wrote it.
    pub source: Source,
    /// The hours that it touches.
    pub hours: Vec<HourPart>,
}

/// What a log adds to one hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HourPart {
    /// Hours since 1970.
    pub hour: i64,
    /// What it adds.
    pub sums: Sums,
}

impl Partial {
    /// What was read of a log at `now_ms`, and what was found out about it as a whole. That is
    /// news of this hour, whatever time it is about.
    #[must_use]
    pub fn new(
        log: LogName,
        source: Source,
        ingested: Ingested,
        alerts: Vec<Alert>,
        now_ms: i64,
    ) -> Self {
        let mut hours: BTreeMap<i64, Sums> = BTreeMap::new();
        for (key, hour) in ingested.summary.hours {
            let (site, source) = (key.site, key.source);
            let requests = &mut hours.entry(key.hour).or_default().requests;
            requests.push(SiteHour { site, source, hour });
        }
        for (key, counts) in ingested.activity.hours {
            let activity = &mut hours.entry(key.hour).or_default().activity;
            activity.insert(key.source, counts);
        }
        for (hour, findings) in ingested.audit.by_hour() {
            hours.entry(hour).or_default().audit = findings;
        }
        if !alerts.is_empty() {
            let hour = now_ms.div_euclid(HOUR_MS);
            hours.entry(hour).or_default().alerts = alerts;
        }
        let hours = hours.into_iter();
        Self {
            id: log.id,
            version: log.version,
            origin: log.origin,
            source,
            hours: hours.map(|(hour, sums)| HourPart { hour, sums }).collect(),
        }
    }

    /// Also touches the hours that an earlier content of the log touched, with nothing: they
    /// have to be added up again without it.
    pub fn follow(&mut self, earlier: &Self) {
        for part in &earlier.hours {
            let hour = part.hour;
            if !self.hours.iter().any(|part| part.hour == hour) {
                let sums = Sums::default();
                self.hours.push(HourPart { hour, sums });
            }
        }
    }
}
