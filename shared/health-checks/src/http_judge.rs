//! What an HTTP answer comes to.

use serde_json::Value;

use crate::excerpt::excerpt;
use crate::judgement::Findings;
use crate::secrets::{MASK, is_secret_name};
use crate::{HeaderExpectation, HttpAnswer, HttpExpectation, Judgement, MAX_BODY_BYTES};

const MAX_BODY_EXCERPT: usize = 200;
const MAX_HEADER_EXCERPT: usize = 100;
const DAY_S: i64 = 86_400;

impl HttpExpectation {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &HttpAnswer) -> Judgement {
        let mut findings = Findings::default();
        findings.evidence(format!(
            "status {}; {}",
            answer.status,
            answer.timings.text()
        ));
        self.judge_status(answer, &mut findings);
        findings.levels("latency", &self.latency, Some(&answer.timings.total()));
        let days = answer.certificate_left_s.map(days_left);
        if self.certificate_days.is_set() {
            findings.levels(
                "the certificate's days",
                &self.certificate_days,
                days.as_ref(),
            );
        }
        for header in &self.headers {
            judge_header(header, answer, &mut findings);
        }
        self.judge_body(answer, &mut findings);
        self.judge_json(answer, &mut findings);
        if findings.has_failed() && !answer.body.is_empty() {
            let body = excerpt(&answer.body, MAX_BODY_EXCERPT, &answer.secrets);
            findings.evidence(format!("body: {body}"));
        }
        let mut judgement = findings.judgement();
        judgement.text = excerpt(judgement.text.as_bytes(), 500, &answer.secrets);
        judgement
    }

    fn judge_status(&self, answer: &HttpAnswer, findings: &mut Findings) {
        let status = answer.status;
        if self.status.iter().any(|range| range.contains(status)) {
            findings.add(Judgement::new(
                health_state::Outcome::Pass,
                format!("status {status}"),
            ));
        } else {
            let allowed: Vec<String> = self.status.iter().map(ToString::to_string).collect();
            findings.fail(format!("status {status} instead of {}", allowed.join(", ")));
        }
        if let Some(tls) = self.tls {
            findings.fail_unless(tls == answer.is_tls, || {
                let not = if answer.is_tls { "" } else { "not " };
                format!("the answer came {not}encrypted")
            });
        }
    }

    fn judge_body(&self, answer: &HttpAnswer, findings: &mut Findings) {
        let body = answer.body.as_slice();
        if let Some(expected) = &self.body.equals {
            let is_same = !answer.is_cut && body == expected.as_bytes();
            findings.fail_unless(is_same, || "the body is not as expected".to_owned());
        }
        for (index, expected) in self.body.contains.iter().enumerate() {
            findings.fail_unless(contains(body, expected), || {
                let of = if answer.is_cut {
                    " in its beginning"
                } else {
                    ""
                };
                format!("text {} of `body.contains` is not there{of}", index + 1)
            });
        }
        for (index, unwanted) in self.body.not_contains.iter().enumerate() {
            findings.fail_unless(!contains(body, unwanted), || {
                format!("text {} of `body.not_contains` is there", index + 1)
            });
        }
    }

    fn judge_json(&self, answer: &HttpAnswer, findings: &mut Findings) {
        if self.json.is_empty() {
            return;
        }
        if answer.is_cut {
            findings.fail(format!(
                "the body is no JSON of at most {} KiB",
                MAX_BODY_BYTES / 1024
            ));
            return;
        }
        let Ok(document) = serde_json::from_slice::<Value>(&answer.body) else {
            findings.fail("the body is no JSON");
            return;
        };
        for expectation in &self.json {
            let Err(reason) = expectation.check(&document) else {
                continue;
            };
            let path = expectation.path.to_string();
            findings.fail(format!("`{path}` {reason}"));
            if let Some(value) = expectation.path.find(&document) {
                let value = shown(&path, value.to_string().as_bytes(), &answer.secrets);
                findings.evidence(format!("`{path}`: {value}"));
            }
        }
    }
}

fn judge_header(header: &HeaderExpectation, answer: &HttpAnswer, findings: &mut Findings) {
    let name = &header.name;
    let of_name = |(other, _): &&(String, Vec<u8>)| other.eq_ignore_ascii_case(name);
    let values: Vec<&[u8]> = answer
        .headers
        .iter()
        .filter(of_name)
        .map(|(_, value)| value.as_slice())
        .collect();
    let Some(fault) = header_fault(header, &values) else {
        return;
    };
    findings.fail(format!("header `{name}` {fault}"));
    for value in values.into_iter().take(3) {
        let value = shown(name, value, &answer.secrets);
        findings.evidence(format!("header `{name}`: {value}"));
    }
}

fn header_fault(header: &HeaderExpectation, values: &[&[u8]]) -> Option<String> {
    if values.is_empty() {
        let is_needed =
            header.present == Some(true) || header.equals.is_some() || header.contains.is_some();
        return is_needed.then(|| "is missing".to_owned());
    }
    if header.present == Some(false) {
        return Some("is there".to_owned());
    }
    if let Some(expected) = &header.equals
        && !values.contains(&expected.as_bytes())
    {
        return Some(format!("is not `{expected}`"));
    }
    if let Some(expected) = &header.contains
        && !values.iter().any(|value| contains(value, expected))
    {
        return Some(format!("does not have `{expected}` in it"));
    }
    let unwanted = header.not_contains.as_ref()?;
    let is_there = values.iter().any(|value| contains(value, unwanted));
    is_there.then(|| format!("has `{unwanted}` in it"))
}

/// What of a value is shown, which is nothing when its name is that of a secret.
fn shown(name: &str, value: &[u8], secrets: &[String]) -> String {
    if is_secret_name(name) {
        MASK.to_owned()
    } else {
        excerpt(value, MAX_HEADER_EXCERPT, secrets)
    }
}

/// Whole days until then, of which a day that has begun is none.
pub(crate) fn days_left(seconds: i64) -> u32 {
    u32::try_from(seconds.max(0) / DAY_S).unwrap_or(u32::MAX)
}

/// Whether a text is somewhere in bytes.
fn contains(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}
