use log_detections::{Alert, Severity};
use log_formats::Source;

use crate::{DigestError, DigestName};

/// Examples of an alert at most, and the most characters of one: a forged digest may say
/// anything.
const EVIDENCE: usize = 5;
const EVIDENCE_CHARS: usize = 300;

/// What was found out about the time that a digest tells of.
#[derive(Debug)]
pub struct TrailFindings {
    /// When that began, in milliseconds since 1970.
    pub first_ms: i64,
    /// When it ended.
    pub last_ms: i64,
    /// Files that were held against the digest; none, where the digest itself is not believed.
    pub files: usize,
    /// What does not fit.
    pub faults: Vec<DigestError>,
}

impl TrailFindings {
    /// What there is to alert: one alert for a trail and region, whatever does not fit.
    #[must_use]
    pub fn alert(&self, name: &DigestName) -> Option<Alert> {
        let count = self.faults.len();
        if count == 0 {
            return None;
        }
        let finding = match self.files {
            0 => "a digest is not what CloudTrail wrote".to_owned(),
            files => format!("{count} of {files} files of a digest do not fit"),
        };
        let evidence = self.faults.iter().take(EVIDENCE);
        Some(Alert {
            rule: "trail-tampered".to_owned(),
            title: "The audit trail was changed or has gaps".to_owned(),
            severity: Severity::Critical,
            site: name.account.clone(),
            source: Source::Cloudtrail,
            group: format!("{} in {}", name.trail, name.region),
            finding,
            value: count as f64,
            threshold: 1.0,
            first_ms: self.first_ms,
            last_ms: self.last_ms,
            evidence: evidence
                .map(|fault| fault.to_string().chars().take(EVIDENCE_CHARS).collect())
                .collect(),
            runbook: "trail-tampered".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn name() -> DigestName {
        DigestName {
            account: "123456789012".to_owned(),
            region: "eu-central-1".to_owned(),
            trail: "shop-audit".to_owned(),
        }
    }

    fn findings(files: usize, faults: Vec<DigestError>) -> TrailFindings {
        TrailFindings {
            first_ms: 10 * HOUR,
            last_ms: 11 * HOUR,
            files,
            faults,
        }
    }

    #[test]
    fn faults_of_one_digest_are_one_alert() {
        let faults = (0..7)
            .map(|number| DigestError::MissingLogFile(format!("trail/{number}.json.gz")))
            .collect();
        let alert = findings(14, faults).alert(&name()).unwrap();
        assert_eq!(
            alert.key(),
            "123456789012/trail-tampered/shop-audit in eu-central-1"
        );
        assert_eq!(alert.finding, "7 of 14 files of a digest do not fit");
        assert_eq!((alert.value, alert.evidence.len()), (7.0, EVIDENCE));
        assert_eq!(alert.evidence[0], "the log file trail/0.json.gz is missing");
        assert!(findings(14, Vec::new()).alert(&name()).is_none());
    }

    #[test]
    fn the_next_hours_findings_continue_the_episode() {
        let of = |first_ms, last_ms| {
            let fault = DigestError::Signature("trail/d.json.gz".to_owned());
            let findings = TrailFindings {
                first_ms,
                last_ms,
                ..findings(0, vec![fault])
            };
            findings.alert(&name()).unwrap()
        };
        let alert = of(10 * HOUR, 11 * HOUR);
        assert_eq!(alert.finding, "a digest is not what CloudTrail wrote");
        assert!(alert.is_continued_by(&of(11 * HOUR, 12 * HOUR)));
    }

    #[test]
    fn a_forged_text_is_cut() {
        let fault = DigestError::UnknownKey {
            digest: "d".to_owned(),
            fingerprint: "é".repeat(100_000),
        };
        let alert = findings(0, vec![fault]).alert(&name()).unwrap();
        assert_eq!(alert.evidence[0].chars().count(), EVIDENCE_CHARS);
    }
}
