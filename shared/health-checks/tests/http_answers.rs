//! What answers of HTTP come to.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends at the first fault"
)]

use health_checks::{HttpAnswer, HttpExpectation, Judgement, Probe, SiteChecks, Timings};
use health_state::{Outcome, UnknownReason};

const FULL: &str = include_str!("../test_data/full.toml");
const NOT_MEASURED: Outcome = Outcome::Unknown(UnknownReason::ProbeBroke);

type Change = fn(&mut HttpAnswer);

fn expectation() -> HttpExpectation {
    match SiteChecks::parse(FULL).unwrap().checks[0].probe.clone() {
        Probe::Http(http) => http.expect,
        other => panic!("{other:?}"),
    }
}

fn answer() -> HttpAnswer {
    let body = r#"{"ok": true, "items": [{"name": "cup"}], "state": 3, "load avg": [0.5], "x": "</html>"}"#;
    HttpAnswer {
        status: 200,
        headers: vec![
            (
                "Strict-Transport-Security".to_owned(),
                b"max-age=1".to_vec(),
            ),
            ("Content-Type".to_owned(), b"text/html".to_vec()),
            ("X-Cache".to_owned(), b"HIT".to_vec()),
        ],
        body: body.as_bytes().to_vec(),
        timings: Timings {
            dns_us: Some(1200),
            first_byte_us: Some(300_000),
            ..Timings::default()
        },
        certificate_left_s: Some(40 * 86_400),
        is_tls: true,
        ..HttpAnswer::default()
    }
}

fn assert_judged(judgement: &Judgement, outcome: Outcome, text: &str) {
    assert_eq!(
        (judgement.outcome, judgement.text.as_str()),
        (outcome, text)
    );
}

#[test]
fn an_answer_as_expected_passes() {
    let judgement = expectation().judge(&answer());
    assert_judged(
        &judgement,
        Outcome::Pass,
        "status 200; latency is 301ms; the certificate's days is 40",
    );
    assert_eq!(
        judgement.evidence,
        ["status 200; dns 1.2 ms, first byte 300.0 ms"]
    );
    let observation = judgement.observation(1, 2, Some(3));
    assert_eq!(
        (
            observation.at_ms,
            observation.run_id,
            observation.latency_us
        ),
        (1, 2, Some(3))
    );
}

#[test]
fn everything_that_is_wrong_is_told() {
    let cases: [(&str, Change, Outcome, &str); 9] = [
        (
            "status",
            |answer| answer.status = 503,
            Outcome::Fail,
            "status 503 instead of 200, 204-206, 300-399",
        ),
        (
            "slow",
            |answer| answer.timings.body_us = Some(900_000),
            Outcome::Warn,
            "latency is 1201ms, which warns from 800ms",
        ),
        (
            "days",
            |answer| answer.certificate_left_s = Some(-5),
            Outcome::Fail,
            "the certificate's days is 0, which fails at or below 10",
        ),
        (
            "no days",
            |answer| answer.certificate_left_s = None,
            NOT_MEASURED,
            "the certificate's days was not measured",
        ),
        (
            "plain",
            |answer| answer.is_tls = false,
            Outcome::Fail,
            "the answer came not encrypted",
        ),
        (
            "header",
            |answer| {
                answer.headers.remove(0);
            },
            Outcome::Fail,
            "header `strict-transport-security` is missing",
        ),
        (
            "value",
            |answer| answer.headers[2].1 = b"MISS".to_vec(),
            Outcome::Fail,
            "header `x-cache` is not `HIT`",
        ),
        (
            "cut",
            |answer| answer.is_cut = true,
            Outcome::Fail,
            "the body is no JSON of at most 256 KiB",
        ),
        (
            "html",
            |answer| answer.body = b"</html>".to_vec(),
            Outcome::Fail,
            "the body is no JSON",
        ),
    ];
    for (name, change, outcome, text) in cases {
        let mut changed = answer();
        change(&mut changed);
        let judgement = expectation().judge(&changed);
        assert_eq!(
            (judgement.outcome, judgement.text.as_str()),
            (outcome, text),
            "{name}"
        );
    }
    let mut changed = answer();
    changed.body =
        br#"{"ok": 1, "items": [], "state": "shut", "error": null, "load avg": ["x"]} Fatal error"#
            .to_vec();
    changed.body.truncate(73);
    let judgement = expectation().judge(&changed);
    assert_judged(
        &judgement,
        Outcome::Fail,
        "text 1 of `body.contains` is not there; `$.ok` is not true; `$.items` is not at least 1; \
         `$.items[0].name` is missing; `$.state` is none of \"open\", \"busy\", 3; `$.error` is there; \
         `$[\"load avg\"][0]` is no number",
    );
    assert!(
        judgement
            .evidence
            .contains(&"`$.state`: \"shut\"".to_owned())
    );
}

#[test]
fn evidence_shows_no_secrets_and_nothing_to_act_on() {
    let mut answer = answer();
    answer.status = 500;
    answer.secrets = vec!["sent-secret".to_owned()];
    let body = "\u{1b}[31mpassword=hunter2\0 sent-secret ghp_0123456789abcdef ".repeat(9);
    answer.body = body.into_bytes();
    answer.headers[2].1 = b"sent-secret".to_vec();
    let judgement = expectation().judge(&answer);
    let all = format!("{} {}", judgement.text, judgement.evidence.join(" "));
    for secret in ["hunter2", "sent-secret", "ghp_"] {
        assert!(!all.contains(secret), "{all}");
    }
    assert!(
        !all.contains(char::is_control) && all.chars().count() < 1000,
        "{all}"
    );
    let of_token: HttpExpectation =
        serde_json::from_str(r#"{"json": [{"path": "$.token", "exists": false}]}"#).unwrap();
    answer.body = br#"{"token": "top"}"#.to_vec();
    let evidence = of_token.judge(&answer).evidence;
    assert!(
        evidence.contains(&"`$.token`: ***".to_owned()),
        "{evidence:?}"
    );
    assert!(!evidence.join(" ").contains("top"), "{evidence:?}");
}
