use std::fmt;

use serde::{Deserialize, Serialize};

use crate::address::{address_fault, is_domain};
use crate::http_judge::days_left;
use crate::judgement::Findings;
use crate::usual::is_usual;
use crate::{Floors, Judgement, Levels, Period, Setting, Timings};

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TlsVersion {
    #[serde(rename = "1.2")]
    Tls12,
    #[serde(rename = "1.3")]
    Tls13,
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        })
    }
}

/// Opens a connection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TcpCheck {
    /// Host and port.
    pub address: Setting,
    /// How long it may take.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub latency: Levels<Period>,
}

impl TcpCheck {
    /// Judges how long it took to connect.
    #[must_use]
    pub fn judge(&self, timings: &Timings) -> Judgement {
        self.latency.judge("latency", &timings.total())
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = [
            address_fault("address", &self.address),
            self.latency.fault("latency"),
        ];
        faults.into_iter().flatten().collect()
    }
}

/// Looks at a server's certificate, whose chain must be valid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TlsCheck {
    /// Host and port.
    pub address: Setting,
    /// For so many more days it is valid.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub days: Floors<u32>,
    /// It is good for these names.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub names: Vec<String>,
    /// Older versions are not spoken.
    pub min_version: Option<TlsVersion>,
    /// How long it may take.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub latency: Levels<Period>,
}

/// What a server showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsAnswer {
    /// In how many seconds its certificate ends; negative when it has.
    pub left_s: i64,
    /// Why its chain is not valid; `None` when it is.
    pub chain_fault: Option<String>,
    /// The names that the certificate is for, some with `*.`.
    pub names: Vec<String>,
    /// The oldest version that it spoke.
    pub version: TlsVersion,
    /// How long it took.
    pub timings: Timings,
}

impl TlsCheck {
    /// Judges what a server showed.
    #[must_use]
    pub fn judge(&self, answer: &TlsAnswer) -> Judgement {
        let mut findings = Findings::default();
        findings.evidence(format!("{}; {}", answer.version, answer.timings.text()));
        if let Some(fault) = &answer.chain_fault {
            findings.add(Judgement::no_answer(
                &format!("the chain is not valid: {fault}"),
                &[],
            ));
        }
        if answer.left_s <= 0 {
            findings.fail("the certificate has ended");
        }
        findings.levels(
            "the certificate's days",
            &self.days,
            Some(&days_left(answer.left_s)),
        );
        for name in &self.names {
            let is_covered = answer.names.iter().any(|covered| covers(covered, name));
            findings.fail_unless(is_covered, || {
                format!("the certificate is not for `{name}`")
            });
        }
        if let Some(min) = self.min_version {
            findings.fail_unless(answer.version >= min, || {
                format!(
                    "the server speaks {} still, instead of {min} at least",
                    answer.version
                )
            });
        }
        findings.levels("latency", &self.latency, Some(&answer.timings.total()));
        findings.judgement()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = [
            address_fault("address", &self.address),
            self.days.fault("days"),
            self.latency.fault("latency"),
        ];
        let names = self
            .names
            .iter()
            .filter(|name| !is_domain(name) || name.contains('*'));
        let of_name = |name: &String| format!("`names` has `{name}`: a host's name is allowed");
        faults
            .into_iter()
            .flatten()
            .chain(names.map(of_name))
            .collect()
    }
}

/// Whether a certificate's name, whose first label may be `*`, is for a host.
fn covers(covered: &str, name: &str) -> bool {
    if let Some(parent) = covered.strip_prefix("*.") {
        let of_name = name.split_once('.').map(|(_, parent)| parent);
        return of_name.is_some_and(|of_name| of_name.eq_ignore_ascii_case(parent));
    }
    covered.eq_ignore_ascii_case(name)
}
