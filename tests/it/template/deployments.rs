//! How versions go live, what is called by the clock, and how large all of it is.

use super::{property, resource, resources_of, template};

/// CloudFormation takes no more resources in a stack.
const MOST_RESOURCES: usize = 500;
/// Kept for what is added in a hurry.
const SPARE: usize = 10;

#[test]
fn every_version_is_tried_before_all_calls_go_to_it() {
    for name in resources_of("AWS::Serverless::Function") {
        let function = resource(&name);
        let own = format!("!Ref {}ErrorsAlarm", name.trim_end_matches("Function"));
        let preference = property(&function, "DeploymentPreference");
        assert!(preference.contains(&own), "{name}: {preference}");
        let alarms = preference.split("!Ref ").skip(1);
        for alarm in alarms.map(|text| text.split([',', ']']).next().unwrap()) {
            // Its target group needs the function's alias, which would wait for the alarm.
            let alarm = resource(alarm);
            assert!(!alarm.contains("TargetGroup"), "{name}: {alarm}");
        }
    }
}

#[test]
fn every_function_on_the_clock_is_missed_when_it_stands_still() {
    for name in resources_of("AWS::Serverless::Function") {
        if !resource(&name).contains("Type: ScheduleV2") {
            continue;
        }
        let alarm = match name.trim_end_matches("Function") {
            "HealthProbe" => "HealthSilentAlarm".to_owned(),
            function => format!("{function}SilentAlarm"),
        };
        let alarm = resource(&alarm);
        for setting in ["LessThanThreshold", "TreatMissingData: breaching"] {
            assert!(alarm.contains(setting), "{name}: {alarm}");
        }
    }
    let alarms = template().matches("SilentAlarm:\n").count();
    assert_eq!(alarms, 6);
}

/// What SAM makes of a function and its events, counted as `local/tools/transform.py` shows it.
#[test]
fn the_stack_stays_below_the_limit() {
    let template = template();
    let (_, resources) = template.split_once("\nResources:\n").unwrap();
    let (resources, _) = resources.split_once("\nOutputs:\n").unwrap();
    let written = resources.matches("\n    Type: ").count();
    let count = |text: &str| resources.matches(text).count();
    let functions = count("\n    Type: AWS::Serverless::Function\n");
    // A role, a version, an alias and a deployment group each, and one application.
    let made_of_functions = 4 * functions + 1;
    let made_of_events = ["SQS", "DynamoDB", "ScheduleV2"]
        .map(|kind| count(&format!("\n          Type: {kind}\n")))
        .iter()
        .sum::<usize>();
    let made_of_settings =
        count("\n      EventInvokeConfig:") + count("\n      FunctionUrlConfig:");
    let all = written + made_of_functions + made_of_events + made_of_settings;
    assert!(
        all <= MOST_RESOURCES - SPARE,
        "{all} resources in class production: move something into a template of its own"
    );
}
