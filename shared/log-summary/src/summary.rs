use std::collections::BTreeMap;

use log_formats::Source;
use serde::{Deserialize, Serialize};

use crate::Hour;

/// Which hour of what.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HourKey {
    /// The site's name.
    pub site: String,
    /// Which tier saw it.
    pub source: Source,
    /// Hours since 1970.
    pub hour: i64,
}

/// What the requests of some logs add up to.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// By site, tier and hour.
    pub hours: BTreeMap<HourKey, Hour>,
    /// Requests that are in no hour: more hours than one file has, or, where a
    /// reader counts them, clocks that are wrong.
    pub skewed: u64,
}

impl Summary {
    /// Adds another summary.
    pub fn merge(&mut self, other: &Self) {
        for (key, theirs) in &other.hours {
            self.hours.entry(key.clone()).or_default().merge(theirs);
        }
        self.skewed += other.skewed;
    }
}
