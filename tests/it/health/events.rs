//! What the cloud says of the database counts at once.

use aws_sdk_lambda::types::{Environment, LastUpdateStatus};
use lambda_kit::now_ms;
use local::Stack;
use serde_json::{Value, json};

use super::broken::Broken;
use super::cloud::Cloud;
use super::{after_a_scheduled_run, kept, now, probe, state, wait_on};
use crate::harness::{aws, fragile_stack, wait_for};

/// What the samples call the database, which on this machine is no instance of RDS.
const INSTANCE: &str = "sidetier-database";
const STARTED: &str = include_str!("../../../events/health-event/rds-failover-started.json");
const COMPLETED: &str = include_str!("../../../events/health-event/rds-failover-completed.json");
const BACKUP: &str = include_str!("../../../events/health-event/rds-backup.json");
const REPLACED: &str = include_str!("../../../events/health-event/cache-node-replace-started.json");
const ALARM: &str = include_str!("../../../events/health-event/alarm.json");
const UNKNOWN: &str = include_str!("../../../events/health-event/unknown.json");

/// What the function says of an event that the database's check knows now.
const TAKEN_IN: [&str; 2] = ["Took in what the cloud says", "\"check\":\"database\""];

/// Tells the function that the database is that instance, and the version of it that rules call.
fn name_the_database(stack: &Stack) {
    let functions = aws_sdk_lambda::Client::new(&aws(stack));
    let name = stack.output("HealthEventFunctionName").unwrap();
    let request = functions.get_function_configuration().function_name(name);
    let now = wait_on(request.send()).unwrap();
    let mut variables = now.environment().unwrap().variables().unwrap().clone();
    variables.insert("DATABASE_INSTANCE".to_owned(), INSTANCE.to_owned());
    let environment = Environment::builder().set_variables(Some(variables));
    let request = functions
        .update_function_configuration()
        .function_name(name)
        .environment(environment.build());
    wait_on(request.send()).unwrap();
    wait_for("the function to know its database", || {
        let request = functions.get_function_configuration().function_name(name);
        let now = wait_on(request.send()).unwrap();
        (now.last_update_status() == Some(&LastUpdateStatus::Successful)).then_some(())
    });
    let published = wait_on(functions.publish_version().function_name(name).send()).unwrap();
    let request = functions
        .update_alias()
        .function_name(name)
        .name("live")
        .function_version(published.version().unwrap());
    wait_on(request.send()).unwrap();
}

/// A sample that happens at a moment.
fn at(sample: &str, at_ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(at_ms).unwrap();
    let mut event: Value = serde_json::from_str(sample).unwrap();
    event["time"] = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into();
    event["detail"]["Date"] = time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string().into();
    event.to_string()
}

fn tell(stack: &Stack, event: &str) -> Value {
    stack.invoke("health-event", event).unwrap()
}

#[test]
fn a_failover_counts_at_once_and_until_probes_say_otherwise() {
    let stack = fragile_stack();
    name_the_database(&stack);
    let cloud = Cloud::with_database(&stack, INSTANCE);
    let _mended = Broken::not_yet(&stack, &["database"]);
    let [taken_in, of_database] = TAKEN_IN;
    let begun = [taken_in, of_database, "failing-over"];
    let ended = [taken_in, of_database, "failed-over"];
    let before = (cloud.heard(&begun), cloud.heard(&ended));
    // No run of the schedule is under way, which would write what it began with.
    after_a_scheduled_run(&stack);
    let started = at(STARTED, now_ms());
    cloud.says(&started);
    wait_for("the database to fail", || {
        (state(&stack, "database") == "fail").then_some(())
    });
    let known = kept(&stack, "database");
    let forced = known.forced.clone().unwrap();
    assert_eq!(forced.text, "failing-over");
    assert!(!forced.is_confirmed, "{forced:?}");

    // Events come twice.
    cloud.says(&started);
    cloud.is_heard(&begun, before.0 + 2);
    let same = kept(&stack, "database");
    assert_eq!(
        (&same.forced, &same.incident),
        (&known.forced, &known.incident)
    );

    // That it is over is for probes to say: the database's name may take minutes to follow.
    cloud.says(&at(COMPLETED, now_ms()));
    cloud.is_heard(&ended, before.1 + 1);
    assert_eq!(kept(&stack, "database").forced, known.forced);
    probe(&stack);
    assert_ne!(state(&stack, "database"), "fail");
    wait_for("probes to end it", || {
        probe(&stack);
        (state(&stack, "database") == "pass").then_some(())
    });
    let ended = kept(&stack, "database");
    assert_eq!((ended.forced, ended.incident), (None, None));
}

/// A replaced node, as ElastiCache notifies of it: a topic, and no event bus.
#[test]
fn a_cache_node_that_is_replaced_counts_at_once() {
    let stack = fragile_stack();
    let cloud = Cloud::with_database(&stack, INSTANCE);
    let _mended = Broken::not_yet(&stack, &["cache"]);
    after_a_scheduled_run(&stack);
    // A notification has no milliseconds, and what is older than two runs is over.
    let made_s = now(&stack)["made_ms"].as_i64().unwrap() / 1000;
    wait_for("the next second", || {
        (now_ms() / 1000 > made_s).then_some(())
    });
    let sample: Value = serde_json::from_str(REPLACED).unwrap();
    let message = sample["Records"][0]["Sns"]["Message"].as_str().unwrap();
    cloud.notifies(message);
    wait_for("the cache to fail", || {
        (state(&stack, "cache") == "fail").then_some(())
    });
    let forced = kept(&stack, "cache").forced.unwrap();
    assert_eq!(forced.text, "replacing-a-node");
    wait_for("probes to end it", || {
        probe(&stack);
        (state(&stack, "cache") == "pass").then_some(())
    });
    assert_eq!(kept(&stack, "cache").forced, None);
}

/// The template's rules let pass what is of this stack, and nothing else.
#[test]
fn rules_deliver_what_is_of_this_stack_and_nothing_else() {
    let stack = fragile_stack();
    name_the_database(&stack);
    let cloud = Cloud::with_database(&stack, INSTANCE);
    let name = |kind: &str| format!("{kind}-{}", now_ms());
    let (alarmed, backed_up, others) = (name("Alarmed"), name("Backed"), name("Others"));
    let alarm = |name: &str| ALARM.replace("sidetier-DatabaseStorageAlarm-1A2B3C4D5E6F", name);
    let backup = at(BACKUP, now_ms());
    cloud.says(&alarm(&format!("somebody-elses-{others}")));
    cloud.says(&backup.replace(INSTANCE, &others));
    // The rule of alarms is deployed on this machine, too.
    cloud.says(&alarm(&format!("sidetier-{alarmed}")));
    cloud.says(&backup.replace("Finished DB Instance backup", &backed_up));
    cloud.is_heard(&[&alarmed], 1);
    cloud.is_heard(&[&backed_up], 1);
    assert_eq!(cloud.heard(&[&others]), 0);
}

#[test]
fn an_end_that_comes_first_leaves_the_beginning_without_effect() {
    let stack = fragile_stack();
    name_the_database(&stack);
    let _mended = Broken::not_yet(&stack, &["database"]);
    let now_ms = now_ms();
    tell(&stack, &at(COMPLETED, now_ms));
    let late = tell(&stack, &at(STARTED, now_ms - 60_000));
    assert_eq!(late["failed"], json!([]), "{late}");
    assert_eq!(kept(&stack, "database").forced, None);
}

#[test]
fn what_is_no_event_of_checks_is_taken_note_of() {
    let stack = fragile_stack();
    let outcome = tell(&stack, UNKNOWN);
    let nothing = json!({"failed": [], "unchanged": [], "other": 1});
    assert_eq!(outcome, nothing);
    // One of another database concerns no check, and is no error either.
    let other = at(STARTED, now_ms()).replace(INSTANCE, "somebody-elses");
    let outcome = tell(&stack, &other);
    let nothing = json!({"failed": [], "unchanged": [], "other": 0});
    assert_eq!(outcome, nothing);
}
