//! Files that are sound.

use std::collections::BTreeSet;

use health_checks::{
    ChecksError, EventKind, EventSource, GuardProbe, HttpMethod, Period, Probe, Scalar, SiteChecks,
};
use health_state::{Schedule, Severity};

const FULL: &str = include_str!("../test_data/full.toml");

#[test]
fn a_full_file_is_read() {
    let site = SiteChecks::parse(FULL).unwrap();
    let kinds: Vec<_> = site.checks.iter().map(|check| check.probe.name()).collect();
    assert_eq!(
        kinds,
        [
            "http",
            "http",
            "tcp",
            "tls",
            "dns",
            "postgres",
            "postgres",
            "rds",
            "redis",
            "s3",
            "dynamodb",
            "sqs",
            "lambda",
            "target_group",
            "push"
        ]
    );
    assert_eq!(site.budget.total, Period::from_seconds(25));
    assert_eq!(
        site.guard.any_of[0],
        GuardProbe::Dns("route53.amazonaws.com".to_owned())
    );
    let home = site.check("home").unwrap();
    assert_eq!((home.timeout.ms(), home.rules.interval_ms), (5000, 120_000));
    assert_eq!((home.rules.fail_after, home.rules.pass_after), (2, 3));
    assert_eq!(home.alert.severity, Severity::Page);
    assert_eq!(home.alert.remind_ms, Some(1_800_000));
    assert_eq!(
        home.component.as_ref().unwrap().group.as_deref(),
        Some("Site")
    );
    assert_eq!(
        site.graph.dependencies("home").collect::<Vec<_>>(),
        ["alb", "database"]
    );
    let Probe::Http(http) = &home.probe else {
        panic!("{:?}", home.probe)
    };
    assert_eq!(
        (http.method, http.redirects, http.expect.tls),
        (HttpMethod::Get, 1, Some(true))
    );
    assert_eq!(
        http.headers["authorization"].variable(),
        Some(("HEALTH_TOKEN", ""))
    );
    assert_eq!(http.expect.json[0].equals, Some(Scalar::Bool(true)));
    assert_eq!(http.expect.json[5].more_than, Some(0.0));
}

#[test]
fn events_name_what_they_come_from() {
    let site = SiteChecks::parse(FULL).unwrap();
    let sources = &site.check("instance").unwrap().events;
    let kinds: Vec<_> = sources.iter().map(EventSource::kind).collect();
    let all = [EventKind::Rds, EventKind::RdsProxy, EventKind::Alarm];
    assert_eq!(kinds, all);
    assert_eq!(sources[1].name().variable(), Some(("DATABASE_PROXY", "")));
    assert!(site.check("home").unwrap().events.is_empty());
    let other = FULL.replace("rds:shop-db", "ec2:i-1");
    let error = SiteChecks::parse(&other).unwrap_err().to_string();
    assert!(
        error.contains("`ec2:i-1` is no source of events"),
        "{error}"
    );
}

#[test]
fn what_is_left_out_comes_from_the_defaults() {
    let site = SiteChecks::parse(FULL).unwrap();
    let mail = site.check("mail").unwrap();
    assert_eq!((mail.timeout.ms(), mail.rules.interval_ms), (3000, 60_000));
    assert_eq!(
        (mail.alert.severity, mail.alert.remind_ms),
        (Severity::Ticket, Some(21_600_000))
    );
    let site = SiteChecks::parse("[[check]]\nid = \"a\"\npush = { grace = \"1h\" }").unwrap();
    assert_eq!((site.budget.total.ms(), site.budget.parallel), (25_000, 32));
    assert_eq!(site.checks[0].alert.remind_ms, None);
    assert!(site.guard.any_of.is_empty());
}

#[test]
fn maintenance_is_part_of_the_rules() {
    let site = SiteChecks::parse(FULL).unwrap();
    let of = |id: &str| site.check(id).unwrap().rules.maintenance.clone();
    assert_eq!(
        (of("database").schedules.len(), of("home").schedules.len()),
        (2, 1)
    );
    let Schedule::Once { from_ms, to_ms } = of("home").schedules[0] else {
        panic!("not once")
    };
    assert_eq!(to_ms - from_ms, 2 * 3_600_000);
    // A Sunday, at three by the clocks of Berlin.
    assert!(of("database").is_at(1_796_522_400_000 + 60_000));
    assert!(!of("database").is_at(1_796_522_400_000 - 60_000));
}

/// What a deployment without the cloud's own parts has: a developer's machine.
const LOCAL: [&str; 7] = [
    "SITE_URL",
    "DATABASE_URL",
    "CACHE_URL",
    "MEDIA_BUCKET",
    "SUBMISSIONS_TABLE",
    "DELIVERY_QUEUE_URL",
    "DELIVERY_DEAD_LETTER_QUEUE_URL",
];

#[test]
fn the_sites_checks_are_sound() {
    let site = SiteChecks::of_site().unwrap();
    assert!(!site.guard.any_of.is_empty());
    let kinds: BTreeSet<_> = site.checks.iter().map(|check| check.probe.name()).collect();
    for kind in [
        "http", "tls", "dns", "postgres", "rds", "redis", "s3", "dynamodb",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
    assert!(kinds.is_superset(&["sqs", "lambda", "target_group"].into()));
}

/// Their history is found by them.
#[test]
fn ids_are_stable() {
    let site = SiteChecks::of_site().unwrap();
    let ids: BTreeSet<_> = site.checks.iter().map(|check| check.id.as_str()).collect();
    let first = [
        "home",
        "search",
        "database",
        "cache",
        "media",
        "forms",
        "deliveries",
    ];
    assert!(ids.is_superset(&first.into()), "{ids:?}");
}

#[test]
fn without_the_cloud_the_rest_is_checked() {
    let value = |name: &str| LOCAL.contains(&name).then(|| "x".to_owned());
    let site = SiteChecks::of_site().unwrap().of_deployment(value);
    let ids: Vec<_> = site.checks.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "home",
            "search",
            "form-page",
            "database",
            "cache",
            "media",
            "forms",
            "deliveries"
        ]
    );
    assert_eq!(
        site.graph.dependencies("home").collect::<Vec<_>>(),
        ["database"]
    );
    assert!(site.guard.any_of.is_empty());
    let needed: Vec<_> = site
        .variables()
        .into_iter()
        .filter(|name| !LOCAL.contains(name))
        .collect();
    assert!(needed.is_empty(), "{needed:?}");
}

#[test]
fn what_is_no_toml_is_refused() {
    for text in [
        "[[check",
        "checks = 1",
        "[budget]\ntotal = 25",
        "[guard]\nany_of = [\"ping:a\"]",
    ] {
        let error = SiteChecks::parse(text).unwrap_err();
        assert!(matches!(error, ChecksError::Syntax(_)), "{text}: {error}");
    }
}
