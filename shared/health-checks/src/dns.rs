use std::fmt;

use serde::{Deserialize, Serialize};

use crate::address::{address_fault, is_domain};
use crate::excerpt::excerpt;
use crate::judgement::Findings;
use crate::usual::is_usual;
use crate::{Judgement, Levels, Period, Setting, Timings};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names say it")]
pub enum RecordType {
    #[default]
    A,
    Aaaa,
    Caa,
    Cname,
    Mx,
    Ns,
    Ptr,
    Soa,
    Srv,
    Txt,
}

/// How a name server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Rcode {
    #[default]
    NoError,
    FormErr,
    ServFail,
    NxDomain,
    NotImp,
    Refused,
}

impl fmt::Display for Rcode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", format!("{self:?}").to_ascii_uppercase())
    }
}

/// Asks for the records of a name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DnsCheck {
    /// The name.
    pub name: Setting,
    /// Which records.
    #[serde(rename = "type", default, skip_serializing_if = "is_usual")]
    pub record_type: RecordType,
    /// Host and port of the name server; the system's when there is none.
    pub resolver: Option<Setting>,
    /// What is expected.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub expect: DnsExpectation,
    /// How long it may take.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub latency: Levels<Period>,
}

/// What is expected of a name server's answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DnsExpectation {
    /// How it answers.
    #[serde(skip_serializing_if = "is_usual")]
    pub rcode: Rcode,
    /// So many records at least; one when it is `NOERROR` and nothing is said.
    pub min_answers: Option<u16>,
    /// All of these are among the records.
    #[serde(skip_serializing_if = "is_usual")]
    pub contains: Vec<String>,
}

/// What a name server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsAnswer {
    /// How.
    pub rcode: Rcode,
    /// The records that were asked for, as text.
    pub records: Vec<String>,
    /// How long it took.
    pub timings: Timings,
}

impl DnsExpectation {
    fn min_answers(&self) -> usize {
        let default = u16::from(self.rcode == Rcode::NoError);
        usize::from(self.min_answers.unwrap_or(default))
    }
}

impl DnsCheck {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &DnsAnswer) -> Judgement {
        let mut findings = Findings::default();
        let (expect, records) = (&self.expect, &answer.records);
        findings.fail_unless(answer.rcode == expect.rcode, || {
            format!("{} instead of {}", answer.rcode, expect.rcode)
        });
        let min = expect.min_answers();
        findings.fail_unless(records.len() >= min, || {
            format!("{} records instead of at least {min}", records.len())
        });
        for wanted in &expect.contains {
            let wanted = without_dot(wanted);
            let is_there = records
                .iter()
                .any(|record| without_dot(record).eq_ignore_ascii_case(wanted));
            findings.fail_unless(is_there, || format!("`{wanted}` is not among the records"));
        }
        findings.levels("latency", &self.latency, Some(&answer.timings.total()));
        for record in records.iter().take(10) {
            findings.evidence(excerpt(record.as_bytes(), 100, &[]));
        }
        findings.judgement()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let name = self.name.fault("name").or_else(|| {
            let is_name = self.name.literal().is_none_or(is_domain);
            (!is_name).then(|| "`name` is no name of DNS such as `www.shop.example`".to_owned())
        });
        let resolver = self.resolver.as_ref();
        let is_error = self.expect.rcode != Rcode::NoError;
        let wants_records = self.expect.min_answers() > 0 || !self.expect.contains.is_empty();
        let never = (is_error && wants_records).then(|| {
            format!(
                "what is expected can never hold: no records come with {}",
                self.expect.rcode
            )
        });
        let faults = [
            name,
            resolver.and_then(|resolver| address_fault("resolver", resolver)),
            never,
            self.latency.fault("latency"),
        ];
        faults.into_iter().flatten().collect()
    }
}

fn without_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}
