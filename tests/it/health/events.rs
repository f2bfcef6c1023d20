//! What the cloud says of the database counts at once.

use aws_sdk_lambda::types::{Environment, LastUpdateStatus};
use lambda_kit::now_ms;
use local::Stack;
use serde_json::{Value, json};

use super::broken::Broken;
use super::{after_a_scheduled_run, kept, probe, state, wait_on};
use crate::harness::{aws, fragile_stack, wait_for};

/// What the samples call the database, which on this machine is no instance of RDS.
const INSTANCE: &str = "sidetier-database";
const STARTED: &str = include_str!("../../../events/health-event/rds-failover-started.json");
const COMPLETED: &str = include_str!("../../../events/health-event/rds-failover-completed.json");
const UNKNOWN: &str = include_str!("../../../events/health-event/unknown.json");

/// Tells the function that the database is that instance.
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
    let _mended = Broken::not_yet(&stack, &["database"]);
    // No run of the schedule is under way, which would write what it began with.
    after_a_scheduled_run(&stack);
    let started = at(STARTED, now_ms());
    let outcome = tell(&stack, &started);
    assert_eq!(outcome["failed"][0], "database", "{outcome}");
    assert_eq!(state(&stack, "database"), "fail");
    let known = kept(&stack, "database");
    let forced = known.forced.clone().unwrap();
    assert_eq!(forced.text, "failing-over");
    assert!(!forced.is_confirmed, "{forced:?}");

    // Events come twice.
    let again = tell(&stack, &started);
    assert_eq!(again["failed"], json!([]), "{again}");
    assert_eq!(again["unchanged"][0], "database", "{again}");
    let same = kept(&stack, "database");
    assert_eq!(
        (&same.forced, &same.incident),
        (&known.forced, &known.incident)
    );

    // That it is over is for probes to say: the database's name may take minutes to follow.
    let completed = tell(&stack, &at(COMPLETED, now_ms()));
    assert_eq!(completed["failed"], json!([]), "{completed}");
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
