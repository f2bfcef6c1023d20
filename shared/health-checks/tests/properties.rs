//! What holds for all texts and all answers.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends at the first fault"
)]

use health_checks::{
    HttpAnswer, HttpExpectation, JsonPath, Period, SiteChecks, StatusRange, Timings,
    gatus_condition, import_blackbox, import_gatus, import_gatus_file,
};
use proptest::prelude::*;

const FULL: &str = include_str!("../test_data/full.toml");

fn expectation() -> HttpExpectation {
    match &SiteChecks::parse(FULL).unwrap().checks[0].probe {
        health_checks::Probe::Http(http) => http.expect.clone(),
        other => panic!("{other:?}"),
    }
}

/// The file with a piece of it replaced.
fn damaged() -> impl Strategy<Value = String> {
    let piece = prop_oneof![".{0,8}", "[\\[\\]{}\"=,.\n$:0-9a-z-]{0,12}"];
    (0..FULL.len(), 0usize..30, piece).prop_map(|(at, length, piece)| {
        let mut bytes = FULL.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, piece.into_bytes());
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn reading_never_panics(text in damaged(), other in ".{0,200}") {
        let _ = SiteChecks::parse(&text);
        let _ = SiteChecks::parse(&other);
    }

    #[test]
    fn small_texts_never_panic(text in prop_oneof![".{0,40}", "[$.\\[\\]'\"a-c0-9xsmhd*()=<> -]{0,30}"]) {
        let _ = text.parse::<Period>();
        let _ = text.parse::<StatusRange>();
        if let Ok(path) = text.parse::<JsonPath>() {
            prop_assert_eq!(path.to_string().parse::<JsonPath>().unwrap(), path);
        }
        for condition in [text.clone(), format!("[BODY]{text} == {text}"), format!("[STATUS] < {text}"), format!("len({text} > 1"), format!("[RESPONSE_TIME] <= {text}")] {
            let _ = gatus_condition(&condition);
        }
        let endpoint = serde_json::json!({"url": text, "conditions": [text], "dns": null});
        let _ = import_gatus(&endpoint);
        let module = serde_json::json!({"prober": "http", "http": {"fail_if_body_matches_regexp": [text]}});
        let _ = import_blackbox(&module, &text);
    }

    #[test]
    fn what_is_imported_can_be_used(
        name in prop_oneof!["\\PC{0,80}", "[a-c \n\t#\"]{0,6}"],
        path in "[a-z0-9/?=&$\\{\\}#\\[\\]%@ :.-]{0,20}",
        value in prop_oneof!["[a-z0-9\"'\\\\\n*(),.-]{0,12}", "\\PC{0,12}"],
        seconds in 0u32..200_000,
        count in 0u32..30,
    ) {
        let conditions = ["[STATUS] ==", "[BODY] ==", "[BODY].a ==", "[BODY].a <", "[BODY] == pat(*", "[RESPONSE_TIME] <", "[HEADERS].X =="];
        let conditions: Vec<String> = conditions.iter().map(|start| format!("{start} {value}")).collect();
        let endpoint = serde_json::json!({
            "name": name, "group": value, "url": format!("https://a.example/{path}"),
            "interval": format!("{seconds}s"), "client": {"timeout": format!("{count}s")},
            "headers": {"X-A": value}, "conditions": conditions,
            "alerts": [{"failure-threshold": count}],
        });
        let job = serde_json::json!({"name": name, "heartbeat": {"interval": format!("{seconds}s")}});
        let document = serde_json::json!({
            "endpoints": [endpoint, endpoint, {"name": name, "url": path}],
            "external-endpoints": [job],
        });
        let imported = import_gatus_file(document).unwrap();
        let site = SiteChecks::parse(&imported.text);
        prop_assert!(site.is_ok(), "{:?}\n{}", site, imported.text);
        prop_assert_eq!(site.unwrap().checks.len(), imported.checks);
    }

    #[test]
    fn periods_are_printed_as_they_are_read(ms in 0..=Period::MAX.ms()) {
        let period = Period::from_ms(ms);
        prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
    }

    #[test]
    fn judging_never_panics_and_shows_no_secret(
        status in any::<u16>(),
        header in proptest::collection::vec(any::<u8>(), 0..40),
        body in prop_oneof![proptest::collection::vec(any::<u8>(), 0..400), "\\PC{0,100}".prop_map(String::into_bytes)],
        left in proptest::option::of(any::<i64>()),
        us in proptest::option::of(any::<u32>()),
        is_cut in any::<bool>(),
        at in 0usize..400,
    ) {
        let secret = "q7-Zx!4&9k";
        let mut body = body;
        let at = at.min(body.len());
        body.splice(at..at, secret.bytes());
        let answer = HttpAnswer {
            status,
            headers: vec![("x-cache".to_owned(), header), ("x-cache".to_owned(), secret.into())],
            body,
            is_cut,
            timings: Timings { dns_us: us, tls_us: us, body_us: us, ..Timings::default() },
            certificate_left_s: left,
            is_tls: is_cut,
            secrets: vec![secret.to_owned()],
        };
        let judgement = expectation().judge(&answer);
        for text in judgement.evidence.iter().chain([&judgement.text]) {
            prop_assert!(!text.contains("q7-Zx") && !text.contains(char::is_control), "{}", text);
            prop_assert!(text.chars().count() <= 520, "{}", text);
        }
    }
}
