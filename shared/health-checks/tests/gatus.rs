//! What of Gatus is taken over.
#![expect(clippy::panic, reason = "a test ends at the first fault")]

use health_checks::{
    GatusExpectation, Import, JsonExpectation, Period, Probe, gatus_condition, import_gatus,
};
use serde_json::json;

fn statuses(condition: &str) -> String {
    match gatus_condition(condition) {
        Ok(GatusExpectation::Status(ranges)) => {
            let ranges: Vec<_> = ranges.iter().map(ToString::to_string).collect();
            ranges.join(",")
        }
        other => panic!("{condition}: {other:?}"),
    }
}

fn json(condition: &str) -> JsonExpectation {
    match gatus_condition(condition) {
        Ok(GatusExpectation::Json(json)) => *json,
        other => panic!("{condition}: {other:?}"),
    }
}

#[test]
fn conditions_on_the_status_become_ranges() {
    for (condition, ranges) in [
        ("[STATUS] == 200", "200"),
        ("200 == [status]", "200"),
        ("[STATUS] != 204", "100-203,205-599"),
        ("[STATUS] < 300", "100-299"),
        ("299 >= [STATUS]", "100-299"),
        ("[STATUS] == any(200, 429)", "200,429"),
        ("[STATUS] == pat(2*)", "200-299"),
        ("[STATUS] != pat(5*)", "100-499"),
    ] {
        assert_eq!(statuses(condition), ranges, "{condition}");
    }
}

#[test]
fn conditions_on_the_body_keep_their_meaning() {
    for (condition, value, holds) in [
        ("[BODY].name == cup", json!({"name": "cup"}), true),
        ("[BODY].n == 1", json!({"n": "1"}), true),
        ("[BODY].n == 1", json!({"n": 1}), true),
        ("[BODY].ok == true", json!({"ok": false}), false),
        ("[BODY].n != 1", json!({"n": 1}), false),
        ("[BODY].n > 5", json!({"n": 5.5}), false),
        ("[BODY].n <= 5", json!({"n": 5.5}), true),
        ("[BODY][0].id >= 5", json!([{"id": 5}]), true),
        ("3 < [BODY].n", json!({"n": 3}), false),
        ("[BODY].name == pat(c*p)", json!({"name": "cup"}), true),
        ("[BODY].name != pat(c*)", json!({"name": "cup"}), false),
        (
            "[BODY].s == any(UP, DEGRADED)",
            json!({"s": "DEGRADED"}),
            true,
        ),
        ("len([BODY].items) > 0", json!({"items": []}), false),
        ("len([BODY]) == 2", json!([1, 2]), true),
        ("has([BODY].errors) == false", json!({}), true),
        ("has([BODY].errors) == false", json!({"errors": 1}), false),
        ("has([BODY].a) != false", json!({"a": 1}), true),
    ] {
        assert_eq!(
            json(condition).check(&value).is_ok(),
            holds,
            "{condition} {value}"
        );
    }
}

#[test]
fn other_conditions_map_too() {
    let ms = |ms| GatusExpectation::Latency(Period::from_ms(ms));
    for (condition, expectation) in [
        ("[RESPONSE_TIME] < 500", ms(500)),
        ("[RESPONSE_TIME] <= 1s", ms(1001)),
        (
            "[CERTIFICATE_EXPIRATION] > 48h",
            GatusExpectation::CertificateDays(1),
        ),
        ("[CONNECTED] == true", GatusExpectation::Connected),
        (
            "[BODY] == pat(*ok*)",
            GatusExpectation::BodyContains("ok".to_owned()),
        ),
        (
            "[BODY] != pat(*error*)",
            GatusExpectation::BodyLacks("error".to_owned()),
        ),
        (
            "[BODY] == pong",
            GatusExpectation::BodyEquals("pong".to_owned()),
        ),
        (
            "[DNS_RCODE] == NOERROR",
            GatusExpectation::Rcode(health_checks::Rcode::NoError),
        ),
    ] {
        assert_eq!(gatus_condition(condition), Ok(expectation), "{condition}");
    }
    let Ok(GatusExpectation::Header(header)) =
        gatus_condition("[HEADERS].Content-Type == pat(*json*)")
    else {
        panic!("no header")
    };
    assert_eq!(
        (header.name.as_str(), header.contains.as_deref()),
        ("Content-Type", Some("json"))
    );
}

#[test]
fn what_does_not_map_is_told_with_the_reason() {
    for (condition, reason) in [
        (
            "[STATUS]==200",
            "it has none of the operators, with a space on each side",
        ),
        ("[STATUS] == 999", "no status is like that"),
        (
            "[STATUS] > any(1)",
            "Gatus compares `any()` and `pat()` by `==` and `!=` only",
        ),
        ("[RESPONSE_TIME] > 5", "only what is too slow fails here"),
        (
            "[RESPONSE_TIME] < fast",
            "the duration is none of whole milliseconds",
        ),
        (
            "[CERTIFICATE_EXPIRATION] > 36h",
            "only whole days are looked at here",
        ),
        (
            "[DOMAIN_EXPIRATION] > 720h",
            "registries are not asked here",
        ),
        (
            "[IP] == 127.0.0.1",
            "which address answers is not looked at here",
        ),
        (
            "[CONNECTED] == false",
            "what cannot be connected to always fails here",
        ),
        (
            "[BODY][*].a == 1",
            "all elements at once are not looked at here",
        ),
        (
            "[BODY] == pat(a*)",
            "of all of a body only `pat(*text*)` is looked for here",
        ),
        ("[BODY].a > b", "only whole numbers are compared here"),
        (
            "[BODY].a == [BODY].b",
            "only a placeholder and a value are compared here",
        ),
        ("[CONTEXT].a == 1", "there are no suites of checks here"),
        (
            "len([STATUS]) == 3",
            "only `[BODY]` and its parts are looked into here",
        ),
        ("[OTHER] == 3", "the placeholder is not known here"),
    ] {
        let unmapped = gatus_condition(condition).unwrap_err();
        assert_eq!(
            (unmapped.source.as_str(), unmapped.reason.as_str()),
            (condition, reason)
        );
    }
}

fn left(import: &Import) -> Vec<&str> {
    import
        .unmapped
        .iter()
        .map(|unmapped| unmapped.source.as_str())
        .collect()
}

#[test]
fn endpoints_become_checks() {
    let import = import_gatus(&json!({
        "name": "home", "group": "site", "url": "https://a.example/", "interval": "1m30s",
        "headers": {"Accept": "text/html", "Authorization": "Bearer x", "X-Api-Key": "${KEY}"},
        "client": {"timeout": "5s", "insecure": true, "ignore-redirect": true},
        "alerts": [{"type": "slack", "failure-threshold": 5, "success-threshold": 4}],
        "ui": {},
        "conditions": ["[STATUS] < 400", "[STATUS] != 204", "[RESPONSE_TIME] < 1s", "[IP] == 1.1.1.1", "[CERTIFICATE_EXPIRATION] > 240h"],
    }));
    assert_eq!(
        left(&import),
        [
            "headers.Authorization",
            "alerts",
            "client.insecure",
            "ui",
            "[IP] == 1.1.1.1"
        ]
    );
    assert_eq!((import.fail_after, import.pass_after), (Some(5), Some(4)));
    assert_eq!(import.every.unwrap().to_string(), "90s");
    assert_eq!(import.timeout.unwrap().to_string(), "5s");
    let Some(Probe::Http(http)) = import.probe else {
        panic!("no HTTP")
    };
    let ranges: Vec<_> = http.expect.status.iter().map(ToString::to_string).collect();
    assert_eq!(ranges, ["100-203", "205-399"]);
    assert_eq!(
        (http.redirects, http.expect.certificate_days.fail),
        (0, Some(9))
    );
    assert_eq!(http.headers["X-Api-Key"].variable(), Some(("KEY", "")));
    assert_eq!(http.headers.len(), 2);

    let import = import_gatus(
        &json!({"url": "8.8.8.8", "dns": {"query-name": "a.example", "query-type": "MX"}, "conditions": ["[DNS_RCODE] == NXDOMAIN", "[BODY] == x"]}),
    );
    assert_eq!(left(&import), ["[BODY] == x"]);
    let Some(Probe::Dns(dns)) = import.probe else {
        panic!("no DNS")
    };
    assert_eq!(dns.resolver.unwrap().as_written(), "8.8.8.8:53");
    let import = import_gatus(
        &json!({"url": "tls://a.example:443", "conditions": ["[CERTIFICATE_EXPIRATION] > 48h", "[CONNECTED] == true"]}),
    );
    assert!(matches!(import.probe, Some(Probe::Tls(tls)) if tls.days.fail == Some(1)));
    let import = import_gatus(&json!({"url": "icmp://a.example"}));
    assert_eq!((import.probe.is_none(), left(&import)), (true, vec!["url"]));
}
