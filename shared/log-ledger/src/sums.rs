use std::collections::BTreeMap;

use audit_log::AuditFindings;
use log_detections::Alert;
use log_formats::Source;
use log_summary::{Frequent, Hour};
use serde::{Deserialize, Serialize};

/// What logs add up to in one hour.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Web requests, by site and tier.
    pub requests: Vec<SiteHour>,
    /// What else happened, by source.
    pub activity: BTreeMap<Source, Frequent<String, ()>>,
    /// Which calls of AWS APIs fell under a rule.
    pub audit: AuditFindings,
    /// What was found when a log was read, such as a digest that does not fit.
    pub alerts: Vec<Alert>,
}

/// The requests of a site as one tier saw them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SiteHour {
    /// The site's name.
    pub site: String,
    /// Which tier.
    pub source: Source,
    /// The requests.
    pub hour: Hour,
}

impl Sums {
    /// Adds another log's.
    pub fn merge(&mut self, other: &Self) {
        for theirs in &other.requests {
            let is_same =
                |mine: &&mut SiteHour| mine.site == theirs.site && mine.source == theirs.source;
            match self.requests.iter_mut().find(is_same) {
                Some(mine) => mine.hour.merge(&theirs.hour),
                None => self.requests.push(theirs.clone()),
            }
        }
        for (source, theirs) in &other.activity {
            match self.activity.get_mut(source) {
                Some(mine) => mine.merge(theirs),
                None => {
                    self.activity.insert(*source, theirs.clone());
                }
            }
        }
        self.audit.merge(&other.audit);
        self.alerts.extend_from_slice(&other.alerts);
    }
}
