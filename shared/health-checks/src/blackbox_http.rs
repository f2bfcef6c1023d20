//! Modules of the `blackbox_exporter` that ask HTTP.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::blackbox::{leave_rest, leave_tls};
use crate::import::setting;
use crate::{
    HeaderExpectation, HttpCheck, HttpExpectation, HttpMethod, Import, Probe, StatusRange,
};

/// How many redirects are followed where ten are there.
const REDIRECTS: u8 = 5;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct HttpProbe {
    valid_status_codes: Vec<i64>,
    method: Option<String>,
    headers: Value,
    no_follow_redirects: bool,
    follow_redirects: Option<bool>,
    fail_if_ssl: bool,
    fail_if_not_ssl: bool,
    fail_if_body_matches_regexp: Vec<String>,
    fail_if_body_not_matches_regexp: Vec<String>,
    fail_if_header_matches: Vec<HeaderMatch>,
    fail_if_header_not_matches: Vec<HeaderMatch>,
    tls_config: BTreeMap<String, Value>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct HeaderMatch {
    header: String,
    regexp: String,
    #[serde(default)]
    allow_missing: bool,
}

pub(crate) fn http(probe: HttpProbe, target: &str, import: &mut Import) -> Probe {
    // Without a scheme it is plain HTTP there.
    let url = if target.contains("://") {
        target.to_owned()
    } else {
        format!("http://{target}")
    };
    let follows = !probe.no_follow_redirects && probe.follow_redirects.unwrap_or(true);
    let mut check = HttpCheck {
        url: setting(&url),
        method: HttpMethod::Get,
        headers: BTreeMap::new(),
        redirects: if follows { REDIRECTS } else { 0 },
        expect: HttpExpectation::default(),
    };
    match probe.method.as_deref() {
        None | Some("" | "GET") => {}
        Some("HEAD") => check.method = HttpMethod::Head,
        Some(_) => import.leave(
            "http.method",
            "only GET and HEAD are asked here, as others may change something",
        ),
    }
    import.take_headers("http.headers", &probe.headers, &mut check);
    take_status(&probe.valid_status_codes, &mut check.expect, import);
    check.expect.tls = match (probe.fail_if_ssl, probe.fail_if_not_ssl) {
        (false, false) => None,
        (fails, _) => Some(!fails),
    };
    take_body(&probe, &mut check.expect, import);
    for header in &probe.fail_if_header_matches {
        take_header(header, true, &mut check.expect, import);
    }
    for header in &probe.fail_if_header_not_matches {
        take_header(header, false, &mut check.expect, import);
    }
    leave_tls("http", &probe.tls_config, import);
    leave_rest("http.", &probe.rest, import);
    Probe::Http(Box::new(check))
}

fn take_status(codes: &[i64], expect: &mut HttpExpectation, import: &mut Import) {
    let is_wanted = |status: u16| codes.contains(&i64::from(status));
    let ranges = StatusRange::of_statuses(is_wanted);
    if codes.iter().any(|code| !(100..600).contains(code)) {
        import.leave("http.valid_status_codes", "a status is between 100 and 599");
    }
    if !ranges.is_empty() {
        expect.status = ranges;
    }
}

fn take_body(probe: &HttpProbe, expect: &mut HttpExpectation, import: &mut Import) {
    let lists = [
        (
            "matches",
            &probe.fail_if_body_matches_regexp,
            &mut expect.body.not_contains,
        ),
        (
            "not_matches",
            &probe.fail_if_body_not_matches_regexp,
            &mut expect.body.contains,
        ),
    ];
    for (key, regexps, texts) in lists {
        for regexp in regexps {
            match literal(regexp) {
                Some(text) => texts.push(text),
                None => import.leave(
                    &format!("http.fail_if_body_{key}_regexp: {regexp}"),
                    ONLY_LITERAL,
                ),
            }
        }
    }
}

const ONLY_LITERAL: &str = "only a regular expression that is a plain text is taken";

/// One that is missing fails there, unless it may be.
fn take_header(
    found: &HeaderMatch,
    fails_if_matches: bool,
    expect: &mut HttpExpectation,
    import: &mut Import,
) {
    let not = if fails_if_matches { "" } else { "not_" };
    let source = format!("http.fail_if_header_{not}matches: {}", found.header);
    let Some(text) = literal(&found.regexp) else {
        import.leave(&source, ONLY_LITERAL);
        return;
    };
    if !fails_if_matches && found.allow_missing {
        import.leave(&source, "a header whose value is expected must be there");
        return;
    }
    let mut header = HeaderExpectation {
        name: found.header.clone(),
        ..HeaderExpectation::default()
    };
    if fails_if_matches {
        header.present = (!found.allow_missing).then_some(true);
        header.not_contains = Some(text);
    } else {
        header.contains = Some(text);
    }
    expect.headers.push(header);
}

/// The text that a regular expression looks for, when it is but one.
fn literal(regexp: &str) -> Option<String> {
    let regexp = regexp.strip_prefix(".*").unwrap_or(regexp);
    let regexp = regexp
        .strip_suffix(".*")
        .filter(|rest| !rest.ends_with('\\'))
        .unwrap_or(regexp);
    let mut text = String::new();
    let mut chars = regexp.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => {
                return None;
            }
            other => text.push(other),
        }
    }
    (!text.is_empty()).then_some(text)
}
