//! How versions go live, and what runs by the clock.

use serde_json::Value;
use template_render::read::at;

use crate::render::{Render, Resource, refers_to};
use crate::rule::{CLOUD, PRODUCTION, Report, Rule};

const GROUP: &str = "AWS::CodeDeploy::DeploymentGroup";
const GRADUAL: &str =
    "serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "gradual-deployment",
        "a tenth of the calls goes to a new version first, of every function",
        gradual,
    )
    .of(&["AWS::Lambda::Alias", GROUP], GRADUAL)
    .on(PRODUCTION),
    Rule::new(
        "deployment-alarms",
        "errors of the function take a version back; no alarm for it is on a target group, which \
         would wait for the alias",
        alarms,
    )
    .of(&[GROUP, "AWS::CloudWatch::Alarm"], GRADUAL)
    .on(PRODUCTION),
    Rule::new(
        "schedule-alarm",
        "an alarm sounds when what runs by the clock stands still",
        clock,
    )
    .of(
        &["AWS::Scheduler::Schedule", "AWS::CloudWatch::Alarm"],
        "scheduler/latest/UserGuide/monitoring-cloudwatch.html",
    )
    .on(CLOUD),
];

/// The deployment group that moves an alias.
fn mover<'a>(render: &Render<'a>, alias: Resource<'a>) -> Option<Resource<'a>> {
    let update = at(alias.body, "UpdatePolicy/CodeDeployLambdaAliasUpdate");
    render
        .target(at(update, "DeploymentGroupName"))
        .filter(|group| group.kind == GROUP)
}

fn gradual(render: &Render<'_>, report: &mut Report) {
    for alias in render.of("AWS::Lambda::Alias") {
        let Some(group) = mover(render, alias) else {
            report.wrong(alias, "a new version gets all calls at once");
            continue;
        };
        // SAM writes the name as text, or as Fn::Sub of it.
        let config = group.get("DeploymentConfigName").to_string();
        let steps = ["Canary", "Linear"]
            .iter()
            .any(|kind| config.contains(kind));
        report.ensure(steps, group, "a new version gets all calls at once");
    }
}

fn alarms(render: &Render<'_>, report: &mut Report) {
    for group in render.of(GROUP) {
        let taken_back = group
            .list("AutoRollbackConfiguration/Events")
            .iter()
            .any(|event| event == "DEPLOYMENT_STOP_ON_ALARM");
        report.ensure(
            taken_back
                && group.is("AutoRollbackConfiguration/Enabled")
                && group.is("AlarmConfiguration/Enabled"),
            group,
            "no alarm takes a version back",
        );
        let alarms = group.list("AlarmConfiguration/Alarms").iter();
        let alarms: Vec<_> = alarms
            .filter_map(|alarm| render.target(at(alarm, "Name")))
            .collect();
        let on_targets = alarms
            .iter()
            .flat_map(|alarm| alarm.list("Dimensions"))
            .any(|dimension| at(dimension, "Name") == "TargetGroup");
        report.ensure(!on_targets, group, "an alarm of it is on a target group");
        let moved = render
            .of("AWS::Lambda::Alias")
            .find(|alias| mover(render, *alias).is_some_and(|it| it.id == group.id));
        let function = moved.and_then(|alias| refers_to(alias.get("FunctionName")));
        let on_errors = alarms.iter().any(|alarm| {
            let is_its = |it: &Value| refers_to(at(it, "Value")) == function;
            alarm.text("MetricName") == "Errors" && alarm.list("Dimensions").iter().any(is_its)
        });
        report.ensure(
            on_errors && function.is_some(),
            group,
            "errors of the function do not take a version back",
        );
    }
}

fn clock(render: &Render<'_>, report: &mut Report) {
    for schedule in render.of("AWS::Scheduler::Schedule") {
        let Some(function) = render.function(schedule.get("Target/Arn")) else {
            continue;
        };
        let service = function.get("Environment/Variables/POWERTOOLS_SERVICE_NAME");
        let is_its = |dimension: &Value| {
            let value = at(dimension, "Value");
            match at(dimension, "Name").as_str() {
                Some("FunctionName") => refers_to(value) == Some(function.id),
                Some("service") => value == service,
                _ => false,
            }
        };
        let missed = render.of("AWS::CloudWatch::Alarm").any(|alarm| {
            alarm.text("ComparisonOperator") == "LessThanThreshold"
                && alarm.text("TreatMissingData") == "breaching"
                && alarm.list("Dimensions").iter().any(is_its)
        });
        report.ensure(missed, function, "nobody is told when it is not called");
    }
}
