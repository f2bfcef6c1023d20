//! The sample events, and what they say.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends at the first fault"
)]

mod checks;

use std::path::{Path, PathBuf};

use cloud_events::{Meaning, Reading, Told, read};
use health_checks::EventKind;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/health-event")
}

pub(crate) fn sample(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn reading(event: &Value) -> Reading {
    let mut readings = read(event);
    assert_eq!(readings.len(), 1);
    readings.remove(0)
}

pub(crate) fn told(event: &Value) -> Told {
    match reading(event) {
        Reading::Told(told) => told,
        Reading::Other(what) => panic!("{what}"),
    }
}

fn begins(told: &Told) -> bool {
    matches!(told.meaning, Meaning::Begins { .. })
}

/// Each with its kind, of what it is, its word, and what it means.
const SAMPLES: [(&str, EventKind, &str, &str, &str); 10] = [
    (
        "rds-failover-started",
        EventKind::Rds,
        "sidetier-database",
        "failing-over",
        "begins",
    ),
    (
        "rds-failover-completed",
        EventKind::Rds,
        "sidetier-database",
        "failed-over",
        "ends",
    ),
    (
        "rds-backup",
        EventKind::Rds,
        "sidetier-database",
        "event",
        "informs",
    ),
    (
        "rds-proxy-lost-its-database",
        EventKind::RdsProxy,
        "sidetier-site",
        "no-database",
        "begins",
    ),
    (
        "cache-node-replace-started",
        EventKind::ElastiCache,
        "sidetier-site",
        "replacing-a-node",
        "begins",
    ),
    (
        "cache-failover-complete",
        EventKind::ElastiCache,
        "sidetier-site",
        "failed-over",
        "ends",
    ),
    (
        "instance-launch-unsuccessful",
        EventKind::AutoScaling,
        "sidetier-web",
        "launch-failed",
        "begins",
    ),
    (
        "instance-taken-out-of-service",
        EventKind::AutoScaling,
        "sidetier-web",
        "replacing-an-instance",
        "begins",
    ),
    (
        "alarm",
        EventKind::Alarm,
        "sidetier-DatabaseStorageAlarm-1A2B3C4D5E6F",
        "alarm",
        "begins",
    ),
    (
        "alarm-over",
        EventKind::Alarm,
        "sidetier-DatabaseStorageAlarm-1A2B3C4D5E6F",
        "alarm-over",
        "ends",
    ),
];

#[test]
fn each_sample_says_what_its_name_does() {
    for (name, kind, of, word, meaning) in SAMPLES {
        let told = told(&sample(name));
        assert_eq!(
            (told.kind, told.names[0].as_str(), told.word),
            (kind, of, word),
            "{name}"
        );
        let found = match told.meaning {
            Meaning::Begins { .. } => "begins",
            Meaning::Ends => "ends",
            Meaning::Informs => "informs",
        };
        assert_eq!(found, meaning, "{name}");
        assert!(told.evidence.len() >= 2, "{name}: {:?}", told.evidence);
    }
}

#[test]
fn every_other_sample_is_no_event_of_these() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_other = matches!(reading(&sample(&name)), Reading::Other(_));
        assert_eq!(is_other, name == "unknown", "{name}");
    }
    assert_eq!(
        reading(&sample("unknown")),
        Reading::Other("aws.ec2: EC2 Instance State-change Notification".to_owned())
    );
}

#[test]
fn the_moment_is_that_of_the_event_to_the_millisecond() {
    assert_eq!(
        told(&sample("rds-failover-started")).at_ms,
        1_795_334_403_412
    );
    assert_eq!(told(&sample("alarm")).at_ms, 1_795_334_702_988);
    assert_eq!(
        told(&sample("cache-failover-complete")).at_ms,
        1_795_334_412_345
    );
    // Without one of its own, it is that of the envelope.
    let mut event = sample("rds-failover-started");
    event["detail"]["Date"] = json!("once");
    assert_eq!(told(&event).at_ms, 1_795_334_403_000);
    event["time"] = json!("upon a time");
    assert!(matches!(reading(&event), Reading::Other(_)));
}

#[test]
fn every_number_of_rds_has_its_meaning() {
    let of = |number: &str| {
        let mut event = sample("rds-failover-started");
        event["detail"]["EventID"] = json!(format!("RDS-EVENT-{number}"));
        told(&event)
    };
    for number in [
        "0004", "0007", "0013", "0020", "0026", "0031", "0050", "0052", "0087", "0221",
    ] {
        assert!(begins(&of(number)), "{number}");
    }
    for number in [
        "0006", "0015", "0021", "0027", "0049", "0051", "0053", "0065", "0088",
    ] {
        assert_eq!(of(number).meaning, Meaning::Ends, "{number}");
    }
    for number in ["0001", "0034", "0089", "0222", "9999", ""] {
        assert_eq!(of(number).meaning, Meaning::Informs, "{number}");
    }
}

#[test]
fn alarms_on_checks_do_not_keep_themselves_going() {
    let mut event = sample("alarm");
    event["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]["name"] =
        json!("HealthState");
    assert_eq!(told(&event).cloud_event(), None);
    let rule = "ALARM(\"sidetier-HealthHomeStateAlarm-1A2B3C4D5E6F\")";
    event["detail"]["configuration"] = json!({"alarmRule": rule});
    assert_eq!(told(&event).cloud_event(), None);
    event["detail"]["configuration"] = json!({"alarmRule": "ALARM(\"other\")"});
    assert!(begins(&told(&event)));
}

#[test]
fn an_instance_that_is_not_needed_is_no_failure() {
    let mut event = sample("instance-taken-out-of-service");
    event["detail"]["Cause"] = json!("At 2026-11-22T08:01:55Z a user request update of capacity");
    assert_eq!(told(&event).meaning, Meaning::Informs);
}
