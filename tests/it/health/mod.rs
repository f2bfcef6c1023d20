//! How the site is, from what breaks to whoever is told of it.

mod broken;
mod cloud;
mod database;
mod events;
mod judged;
mod outage;
mod push;
mod redis;
mod status_page;

use health_state::CheckState;
use local::Stack;
use serde_json::{Value, json};

use crate::harness::{s3_of, wait_for, wait_on};

/// What the schedule says each minute. It is of some other day: each time it is a run of its own.
const MINUTE: &str = include_str!("../../../events/health-probe/minute.json");

/// Does what the schedule does each minute, so that nobody waits for it.
fn probe(stack: &Stack) -> Value {
    stack.invoke("health-probe", MINUTE).unwrap()
}

/// An item of the health table.
fn item(stack: &Stack, pk: &str, sk: &str) -> Option<Value> {
    let request = json!({
        "TableName": stack.output("HealthTableName").unwrap(),
        "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
        "ConsistentRead": true,
    });
    let mut answer = stack.dynamodb("GetItem", &request).unwrap();
    (!answer["Item"].is_null()).then(|| answer["Item"].take())
}

/// What other functions read of the site's health.
fn now(stack: &Stack) -> Value {
    item(stack, "now", "-").map_or(Value::Null, |item| {
        serde_json::from_str(item["now"]["S"].as_str().unwrap()).unwrap()
    })
}

/// How a check is, as other functions read it: `pass`, `suspect`, `fail`, …
fn state(stack: &Stack, check: &str) -> String {
    let now = now(stack);
    let state = &now["checks"][check]["state"];
    state.as_str().unwrap_or_default().to_owned()
}

/// All that is kept of how a check is.
fn kept(stack: &Stack, check: &str) -> CheckState {
    let item = item(stack, &format!("check#{check}"), "state").unwrap();
    serde_json::from_str(item["state"]["S"].as_str().unwrap()).unwrap()
}

/// Probes until all of these checks work, and earlier tests no longer make them look as if they
/// changed too often: then nobody would be told of single failures.
fn all_work(stack: &Stack, checks: &[&str]) {
    wait_for(&format!("{checks:?} to work"), || {
        probe(stack);
        let works = |check: &&str| ["pass", "warn"].contains(&state(stack, check).as_str());
        let flaps = |check: &&str| kept(stack, check).flapping_since_ms.is_some();
        (checks.iter().all(works) && !checks.iter().any(flaps)).then_some(())
    });
}

/// Waits until the schedule has just had its run: it has none again for most of a minute.
fn after_a_scheduled_run(stack: &Stack) {
    let before = now(stack)["made_ms"].clone();
    wait_for("the scheduled run", || {
        (now(stack)["made_ms"] != before).then_some(())
    });
}

/// An object of the bucket that the status page is in, as text.
fn published(stack: &Stack, key: &str) -> Option<String> {
    let request = s3_of(stack)
        .get_object()
        .bucket(stack.output("StatusBucketName").unwrap())
        .key(key);
    wait_on(async move {
        let output = request.send().await.ok()?;
        let bytes = output.body.collect().await.ok()?.into_bytes();
        String::from_utf8(bytes.to_vec()).ok()
    })
}

/// The status page for programs.
fn status(stack: &Stack) -> Value {
    serde_json::from_str(&published(stack, "status.json").unwrap()).unwrap()
}

/// A component of it.
fn component<'a>(status: &'a Value, id: &str) -> Option<&'a Value> {
    let mut components = status["components"].as_array().unwrap().iter();
    components.find(|component| component["id"] == id)
}
