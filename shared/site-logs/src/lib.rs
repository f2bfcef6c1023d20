//! The site's log rules, `logs.toml`: sites, route groups, privacy and detections. They are
//! part of the program: a change of them is reviewed, tested and rolled back like one.

use log_detections::{AbuseRules, Detection};
use log_privacy::PrivacyRules;
use log_summary::SummaryRules;
use serde::Deserialize;

const RULES: &str = include_str!("../logs.toml");

/// All rules about logs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRules {
    /// How requests are grouped.
    pub requests: SummaryRules,
    /// How CloudFront's logs are read.
    #[serde(default)]
    pub cloudfront: CloudfrontRules,
    /// What of visitors is kept.
    pub privacy: PrivacyRules,
    /// Whose visitors the forms look at twice.
    pub abuse: AbuseRules,
    /// What is worth an alert.
    #[serde(rename = "detection", default)]
    pub detections: Vec<Detection>,
}

/// Of CloudFront's logs, what they do not say themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudfrontRules {
    /// The fields of real-time logs in their order, which have no header.
    #[serde(default)]
    pub realtime_fields: Vec<String>,
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// Not TOML, or other keys and values than are allowed.
    #[error("read the log rules: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Faults that types do not express.
    #[error("the log rules cannot be used: {}", .0.join("; "))]
    Faults(Vec<String>),
}

impl LogRules {
    /// Reads rules.
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let rules: Self = toml::from_str(text)?;
        let mut faults: Vec<String> = rules
            .detections
            .iter()
            .flat_map(Detection::faults)
            .collect();
        if let Err(error) = rules.requests.check() {
            faults.extend(error.faults);
        }
        for parameter in &rules.requests.page_parameters {
            if !rules.privacy.keep_parameters.contains(parameter) {
                faults.push(format!(
                    "page parameter `{parameter}` would show values that privacy does not keep"
                ));
            }
        }
        for (index, detection) in rules.detections.iter().enumerate() {
            let id = &detection.id;
            if rules.detections[..index]
                .iter()
                .any(|other| other.id == *id)
            {
                faults.push(format!("detection `{id}` is there twice"));
            }
        }
        if faults.is_empty() {
            Ok(rules)
        } else {
            Err(RulesError::Faults(faults))
        }
    }

    /// The rules of this site.
    ///
    /// # Errors
    /// Never for a build that passed its tests, which read them.
    pub fn of_site() -> Result<Self, RulesError> {
        Self::parse(RULES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sites_rules_are_sound() {
        let rules = LogRules::of_site().unwrap();
        assert!(rules.detections.len() >= 10);
        let leaky = RULES.replace("page_parameters = [", "page_parameters = [\"q\", ");
        let error = LogRules::parse(&leaky).unwrap_err().to_string();
        assert!(error.contains("page parameter `q`"), "{error}");
    }

    #[test]
    fn faults_are_named_together() {
        let twice = format!(
            "{RULES}\n{}",
            r#"
            [[detection]]
            id = "server-errors"
            title = "x"
            severity = "low"
            runbook = "x"
            when = { what = "network", measure = "requests", at_least = 1, minutes = 7 }
            "#
        );
        let error = LogRules::parse(&twice).unwrap_err().to_string();
        assert!(error.contains("`server-errors` is there twice"), "{error}");
        assert!(error.contains("7 minutes are not allowed"), "{error}");
        let error = LogRules::parse("[requests]\nsites = 1")
            .unwrap_err()
            .to_string();
        assert!(error.contains("unknown field `sites`"), "{error}");
    }
}
