//! Whatever comes, it is read.

use cloud_events::{Reading, read};
use proptest::prelude::*;
use serde_json::{Value, json};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        ".{0,300}".prop_map(Value::from),
        Just(json!("2026-11-22T08:00:00Z")),
        Just(json!("RDS-EVENT-0013")),
        Just(json!("{\"ElastiCache:FailoverComplete\":\"a\"}")),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let name = prop_oneof![
            Just("detail".to_owned()),
            Just("Records".to_owned()),
            Just("Sns".to_owned()),
            Just("Message".to_owned()),
            Just("state".to_owned()),
            "[a-zA-Z]{1,8}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn anything_is_read_and_shown_in_short_lines(
        detail in value(),
        source in prop::sample::select(vec!["aws.rds", "aws.elasticache", "aws.autoscaling", "aws.cloudwatch", "x"]),
        kind in ".{0,300}",
    ) {
        let event = json!({
            "id": kind, "detail-type": kind, "source": source,
            "time": "2026-11-22T08:00:00Z", "detail": detail,
        });
        for event in [event, detail.clone(), json!({"Records": [{"Sns": detail}]})] {
            for reading in read(&event) {
                let lines = match reading {
                    Reading::Told(told) => told.evidence,
                    Reading::Other(what) => vec![what],
                };
                for line in lines {
                    prop_assert!(line.chars().count() <= 200);
                    prop_assert!(!line.contains(char::is_control));
                }
            }
        }
    }
}
