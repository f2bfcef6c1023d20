use serde::Deserialize;

use crate::{Measure, Severity};

/// A rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detection {
    /// Its name in keys and metrics: lower-case letters, digits and hyphens.
    pub id: String,
    /// What it means when it alerts.
    pub title: String,
    /// How soon someone must look.
    pub severity: Severity,
    /// An anchor of `docs/runbook.md`.
    pub runbook: String,
    /// When it alerts.
    #[serde(rename = "when")]
    pub condition: Condition,
}

/// When a rule alerts.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Condition {
    /// One network does it so often.
    Network {
        /// What is counted.
        measure: Measure,
        /// From so many on.
        at_least: u64,
        /// In so many minutes: a multiple of five, up to sixty.
        minutes: u32,
    },
    /// The networks of one operator together do it so often.
    Operator {
        /// What is counted.
        measure: Measure,
        /// From so many on.
        at_least: u64,
        /// In so many minutes.
        minutes: u32,
    },
    /// More answers are 5xx than before.
    Errors {
        /// From this share of the requests on, in per cent.
        percent: f64,
        /// And so many times the share of the hour before.
        times: f64,
        /// Of at least so many requests in five minutes.
        requests: u64,
    },
    /// Answers take longer than before.
    Latency {
        /// Which percentile.
        percentile: f64,
        /// From so many milliseconds on.
        ms: u32,
        /// And so many times that of the hour before.
        times: f64,
        /// Of at least so many requests in five minutes.
        requests: u64,
    },
    /// The cache answers less than before.
    HitRatio {
        /// By so many percentage points.
        points: f64,
        /// Of at least so many requests in five minutes.
        requests: u64,
    },
}

impl Detection {
    /// Faults of the rule, each with what is allowed.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let id = &self.id;
        let is_of_name =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || !id.bytes().all(is_of_name) {
            faults.push(format!("detection `{id}`: an id has a-z, 0-9 and `-`"));
        }
        if let Condition::Network { minutes, .. } | Condition::Operator { minutes, .. } =
            self.condition
            && (minutes == 0 || minutes > 60 || minutes % 5 != 0)
        {
            faults.push(format!(
                "detection `{id}`: {minutes} minutes are not allowed: 5, 10, … 60 are"
            ));
        }
        if let Condition::Latency { percentile, .. } = self.condition
            && !(1.0..100.0).contains(&percentile)
        {
            faults.push(format!(
                "detection `{id}`: a percentile is from 1 to below 100"
            ));
        }
        faults
    }
}
