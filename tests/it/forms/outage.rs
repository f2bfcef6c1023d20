//! Parts of AWS fail: what was accepted is there afterwards, once.

use crate::harness::{fragile_stack, wait_for};
use it::ledger::{Books, Faults, Plan, run};
use local::Stack;
use serde_json::{Value, json};
use std::time::Duration;

use super::visitor::{Visitor, message, stored, wait_for_delivery};

/// Posts while services fail, mends them, and returns what was answered.
fn post_while_failing(stack: &Stack, services: &[&str], marker: &str) -> crate::harness::Answer {
    stack.fail_services(services).unwrap();
    let key = format!("outage-{marker}");
    let answer = Visitor::of(stack).post_json("/forms/contact", Some(&key), &message(marker));
    stack.fail_services(&[]).unwrap();
    answer
}

/// The names under which the table knows a marker.
fn names(stack: &Stack, marker: &str) -> Vec<String> {
    let table = stack.output("SubmissionsTableName").unwrap();
    let request = json!({"TableName": table, "FilterExpression": "sk = :meta",
        "ExpressionAttributeValues": {":meta": {"S": "META"}}});
    let answer = stack.dynamodb("Scan", &request).unwrap();
    let rows = answer["Items"].as_array().unwrap();
    rows.iter()
        .filter_map(|row| {
            let document: Value = serde_json::from_str(row["document"]["S"].as_str()?).ok()?;
            (document["fields"]["order_number"] == marker)
                .then(|| document["id"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn without_dynamodb_a_submission_waits_in_the_queue() {
    let stack = fragile_stack();
    let answer = post_while_failing(&stack, &["dynamodb"], "no-dynamodb");
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(answer.json()["status"], "stored");
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    wait_for("the queue to be drained", || stored(&stack, &id));
    wait_for_delivery(&stack, &id, "webhook#crm", "done");

    // The same post again, now that all works: the same name, no second submission.
    let again = Visitor::of(&stack).post_json(
        "/forms/contact",
        Some("outage-no-dynamodb"),
        &message("no-dynamodb"),
    );
    assert_eq!(
        (again.status, &again.json()["id"]),
        (201, &Value::from(id.as_str()))
    );
    assert_eq!(names(&stack, "no-dynamodb"), [id]);
}

#[test]
fn without_dynamodb_and_the_queue_a_submission_waits_in_the_bucket() {
    let stack = fragile_stack();
    let answer = post_while_failing(&stack, &["dynamodb", "sqs"], "no-queue");
    assert_eq!(answer.status, 202, "{}", answer.text());
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    wait_for("the bucket to be drained", || stored(&stack, &id));
    assert_eq!(names(&stack, "no-queue"), [id]);
}

#[test]
fn only_when_all_three_refuse_the_visitor_sees_an_error_and_keeps_the_text() {
    let stack = fragile_stack();
    let answer = post_while_failing(&stack, &["dynamodb", "sqs", "s3"], "nothing-works");
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(answer.json()["code"], "form.not_stored");

    stack.fail_services(&["dynamodb", "sqs", "s3"]).unwrap();
    let pairs = [
        ("name", "Ada"),
        ("email", "ada@example.com"),
        ("message", "Every word of this is still here."),
        ("privacy", "on"),
    ];
    let page = Visitor::of(&stack).post("/forms/contact", &pairs);
    stack.fail_services(&[]).unwrap();
    assert_eq!(page.status, 503);
    let html = page.text();
    assert!(html.contains("Every word of this is still here."), "{html}");
    assert!(html.contains("Nothing is lost"), "{html}");
    assert!(names(&stack, "nothing-works").is_empty());
}

/// A minute of outage is what the long run of the bench has; here it is as long as
/// thirty posts take.
#[test]
fn posts_during_an_outage_are_all_accepted_and_none_is_doubled() {
    let stack = fragile_stack();
    stack.fail_services(&["dynamodb"]).unwrap();
    let post = |number: usize| {
        let marker = format!("outage-{number}");
        let answer =
            Visitor::of(&stack).post_json("/forms/contact", Some(&marker), &message(&marker));
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    // Each of them twice: half of the repetitions come after the outage.
    let first: Vec<String> = (0..20).map(post).collect();
    let second: Vec<String> = (0..10).map(post).collect();
    stack.fail_services(&[]).unwrap();
    assert_eq!(first[..10], second);
    for id in &first {
        wait_for("the queue to be drained", || stored(&stack, id));
    }
    for (number, id) in first.iter().enumerate().skip(10) {
        let marker = format!("outage-{number}");
        let answer =
            Visitor::of(&stack).post_json("/forms/contact", Some(&marker), &message(&marker));
        assert_eq!(
            (answer.status, &answer.json()["id"]),
            (201, &Value::from(id.as_str()))
        );
    }
    for (number, id) in first.iter().enumerate() {
        assert_eq!(names(&stack, &format!("outage-{number}")), [id.as_str()]);
    }
}

#[test]
fn the_books_balance_while_servers_stop_and_workers_are_killed() {
    let stack = fragile_stack();
    let plan = Plan {
        run: "short".to_owned(),
        submissions: 150,
        clients: 4,
        faults: Faults::ServersAndWorkers { times: 4 },
        patience: Duration::from_mins(5),
    };
    let report = run(&stack, &plan, &|line| println!("  {line}")).unwrap();
    println!("{report}");
    for books in [&report.table, &report.projection, &report.webhooks] {
        let Books {
            lost, duplicated, ..
        } = books;
        assert_eq!((*lost, *duplicated), (0, 0), "{report}");
    }
    assert_eq!(report.refusals, 0, "{report}");
    assert_eq!(
        report.table.acknowledged + report.table.unknown,
        report.submissions,
        "{report}"
    );
}
