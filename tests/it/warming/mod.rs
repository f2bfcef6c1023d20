//! Caches that forget and are warm again, from a change in the database to what visitors and
//! the owner see.

mod brake;
mod edge_log;
mod health;
mod hint;
mod killed;
mod outbox;
mod publish;
mod queries;
mod sweep_run;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use local::Stack;
use serde_json::{Value, json};

use crate::harness::{s3_of, wait_on, wait_up_to};

/// Longest wait for what the lease of a dead worker, or the delay of a chunk that was handed
/// back, is in the way of: a minute each, more than once.
const LONG: Duration = Duration::from_mins(8);

/// What the schedule says each minute.
const MINUTE: &str = include_str!("../../../events/warm-plan/minute.json");

/// A name that no other test has.
fn unique(name: &str) -> String {
    static NUMBERS: AtomicU32 = AtomicU32::new(0);
    let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
    format!("{name}-{}-{number}", std::process::id())
}

/// Does what the schedule does each minute, so that nobody waits for it.
fn minute(stack: &Stack) {
    stack.invoke("warm-plan", MINUTE).unwrap();
}

/// An event that asks for pages to be warm.
fn warm_requested(id: &str, reason: &str, paths: &[String]) -> String {
    let event = json!({
        "version": "0", "id": id, "source": "sidetier.cache", "detail-type": "warm.requested",
        "account": "111122223333", "time": "2026-11-28T04:10:00Z", "region": "us-east-1",
        "resources": [], "detail": {"reason": reason, "paths": paths},
    });
    event.to_string()
}

/// All rows of the warmer's table that a filter finds.
fn rows(stack: &Stack, filter: &str, values: &Value) -> Vec<Value> {
    let mut request = json!({
        "TableName": stack.output("WarmTableName").unwrap(), "ConsistentRead": true,
        "FilterExpression": filter, "ExpressionAttributeValues": values,
    });
    let mut rows = Vec::new();
    loop {
        let mut answer = stack.dynamodb("Scan", &request).unwrap();
        rows.extend(answer["Items"].as_array().unwrap().iter().cloned());
        match answer["LastEvaluatedKey"].take() {
            Value::Null => return rows,
            key => request["ExclusiveStartKey"] = key,
        }
    }
}

/// The runs whose names begin so.
fn runs(stack: &Stack, prefix: &str) -> Vec<Value> {
    let values = json!({":pk": {"S": format!("run#{prefix}")}, ":sk": {"S": "run"}});
    let rows = rows(stack, "begins_with(pk, :pk) AND sk = :sk", &values);
    let document = |row: &Value| serde_json::from_str(row["document"]["S"].as_str().unwrap());
    rows.iter().map(|row| document(row).unwrap()).collect()
}

/// Deletes all that is known of a run, as if it had never begun.
fn forget(stack: &Stack, run: &Value) {
    let pk = format!("run#{}", run["id"].as_str().unwrap());
    let rows = rows(stack, "pk = :pk", &json!({":pk": {"S": pk}}));
    for row in rows {
        let key = json!({"pk": row["pk"], "sk": row["sk"]});
        let table = stack.output("WarmTableName").unwrap();
        let request = json!({"TableName": table, "Key": key});
        stack.dynamodb("DeleteItem", &request).unwrap();
    }
}

/// Waits until all runs whose names begin so are over, and returns them. There is one at least.
fn closed(stack: &Stack, prefix: &str) -> Vec<Value> {
    wait_up_to(LONG, &format!("the runs {prefix}… to be over"), || {
        minute(stack);
        let runs = runs(stack, prefix);
        let is_over = runs.iter().all(|run| !run["closed_ms"].is_null());
        (is_over && !runs.is_empty()).then_some(runs)
    })
}

/// The report of a run, once it is over; nothing where the run found nothing to ask for.
fn report(stack: &Stack, prefix: &str) -> Option<Value> {
    let runs = closed(stack, prefix);
    assert_eq!(runs.len(), 1, "{runs:?}");
    result(
        stack,
        &format!("reports/warming/{}.json", runs[0]["id"].as_str().unwrap()),
    )
}

/// A JSON object of the bucket of reports.
fn result(stack: &Stack, key: &str) -> Option<Value> {
    let request = s3_of(stack)
        .get_object()
        .bucket(stack.output("LogResultsBucketName").unwrap())
        .key(key);
    let bytes = wait_on(async move {
        let output = request.send().await.ok()?;
        Some(output.body.collect().await.ok()?.into_bytes())
    })?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// The pages that a report of at most twenty of them names.
fn pages(report: &Value) -> Vec<&str> {
    let slowest = report["result"]["slowest"].as_array().unwrap();
    let mut pages: Vec<_> = slowest
        .iter()
        .filter_map(|item| item["path"].as_str())
        .collect();
    pages.sort_unstable();
    pages
}

/// Waits until no cache has anything left to forget.
fn all_forgotten(stack: &Stack) {
    let open = "SELECT id FROM cache_events WHERE invalidated_at IS NULL \
         UNION ALL SELECT id FROM cache_purges WHERE done_at IS NULL";
    wait_up_to(LONG, "the caches to have forgotten", || {
        stack.invoke("cache-invalidate", "{}").unwrap();
        stack.sql(open).unwrap().is_empty().then_some(())
    });
}
