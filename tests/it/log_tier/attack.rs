use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{deliver, drained, gzip, now_ms, report, reported};
use crate::harness::{stack, wait_for};
use crate::mailbox::Mailbox;

/// Requests of a network that nobody else is in, of an operator that nobody else has.
fn attack(time_ms: i64, path: &str, count: usize) -> Vec<u8> {
    let (date, hour) = log_formats::date_and_hour(time_ms);
    let lines: String = (0..count)
        .map(|number| {
            let time = format!("{hour:02}:{:02}:{:02}", 0, number % 60);
            let row = json!({
                "date": date, "time": time, "c-ip": format!("198.51.100.{}", number % 200),
                "cs-method": "GET", "cs(Host)": "shop.example.com", "cs-uri-stem": path,
                "cs-uri-query": "-", "sc-status": "404", "sc-bytes": "512", "time-taken": "0.010",
                "x-edge-result-type": "Error", "cs(User-Agent)": "curl/8", "asn": "64500",
            });
            format!("{row}\n")
        })
        .collect();
    gzip(&lines)
}

fn alert_row(rule: &str) -> Option<Value> {
    let table = stack().output("LogTableName").unwrap();
    let key = format!("alert#halden/{rule}/198.51.100.0/24");
    let request = json!({"TableName": table, "Key": {"pk": {"S": key}, "sk": {"S": "-"}}});
    let answer = stack().dynamodb("GetItem", &request).unwrap();
    answer.get("Item").cloned()
}

fn abusive_operators() -> Vec<String> {
    let table = stack().output("FormsGuardTableName").unwrap();
    let request = json!({"TableName": table, "Key": {"pk": {"S": "abusive-operators"}}});
    let answer = stack().dynamodb("GetItem", &request).unwrap();
    let numbers = answer["Item"]["operators"]["NS"].as_array().cloned();
    let numbers = numbers.unwrap_or_default().into_iter();
    numbers
        .map(|number| number.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attack_is_told_once_with_all_that_someone_needs() {
    let mailbox = Mailbox::subscribe(stack(), "mailbox").await;
    let started = now_ms();
    deliver("cloudfront/attack-1.gz", attack(started, "/.env", 40)).await;
    deliver(
        "cloudfront/attack-2.gz",
        attack(started, "/img/..%2f..%2fetc/passwd", 30),
    )
    .await;
    for rule in ["scanner", "path-traversal"] {
        reported(&format!("the alert {rule}"), || async {
            let row = alert_row(rule)?;
            (row["sent"]["BOOL"] == true).then_some(())
        })
        .await;
    }
    // It goes on, in a log that is delivered twice.
    for _ in 0..2 {
        deliver(
            "cloudfront/attack-3.gz",
            attack(started, "/.git/config", 20),
        )
        .await;
        drained();
        report();
    }
    reported("the attack to go on", || async {
        let alert: Value =
            serde_json::from_str(alert_row("scanner")?["alert"]["S"].as_str()?).unwrap();
        let value = alert["value"].as_f64()?;
        assert!(value <= 60.0, "a log counted twice: {alert}");
        (value == 60.0).then_some(())
    })
    .await;
    // Whatever there was to tell of it has been told when a run has nothing left.
    wait_for("a run that has nothing to tell", || {
        let answer = stack().invoke("log-report", "{}").unwrap();
        (answer["alerts"] == 0).then_some(())
    });
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in mailbox.read().await {
        // Of the attackers' network, and of nothing else that is told of.
        if mail.text.contains("198.51.100.0/24") {
            told.entry(mail.subject).or_default().push(mail.text);
        }
    }
    let counts: Vec<_> = told
        .iter()
        .map(|(subject, messages)| (subject.as_str(), messages.len()))
        .collect();
    assert_eq!(
        counts,
        [
            (
                "[high] halden: Someone tries to read files outside the site",
                1
            ),
            ("[medium] halden: Someone looks for weaknesses", 1),
        ],
        "{told:?}"
    );
    let message = &told["[high] halden: Someone tries to read files outside the site"][0];
    for part in [
        "What: 30 path traversals in 10 minutes",
        "Example: ",
        "/forms/admin/reports/halden/",
        "docs/runbook.md#path-traversal",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    reported("the operator in the forms' list", || async {
        abusive_operators()
            .contains(&"64500".to_owned())
            .then_some(())
    })
    .await;
}
