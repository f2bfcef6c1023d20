//! Lambda functions by themselves: versions, alarms, logs, limits.

use std::collections::BTreeMap;

use serde_json::Value;
use template_render::read::at;

use crate::render::{Render, Resource, refers_to};
use crate::rule::{ALL, CLOUD, Report, Rule};

const LAMBDA_CONTROLS: &str = "securityhub/latest/userguide/lambda-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "function-alias",
        "each function has an alias of a published version",
        alias,
    )
    .of(
        &["AWS::Lambda::Function", "AWS::Lambda::Alias"],
        "lambda/latest/dg/configuration-aliases.html",
    ),
    Rule::new(
        "function-alarms",
        "alarms sound on errors, throttles and the duration of each function",
        alarms,
    )
    .of(
        &["AWS::Lambda::Function", "AWS::CloudWatch::Alarm"],
        "lambda/latest/dg/monitoring-metrics-types.html",
    ),
    Rule::new(
        "function-duration",
        "the alarm on a function's duration sounds before its timeout ends it",
        duration,
    )
    .of(
        &["AWS::CloudWatch::Alarm"],
        "lambda/latest/dg/configuration-timeout.html",
    ),
    Rule::new(
        "function-logs",
        "each function writes JSON lines into a log group of its own in this template",
        logs,
    )
    .of(
        &["AWS::Lambda::Function", "AWS::Logs::LogGroup"],
        "lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html",
    ),
    Rule::new(
        "function-runtime",
        "functions run on provided.al2023, on one architecture",
        runtime,
    )
    .of(&["AWS::Lambda::Function"], LAMBDA_CONTROLS)
    .answers(&["FSBP Lambda.2"]),
    Rule::new("function-tracing", "each call is traced", tracing)
        .of(&["AWS::Lambda::Function"], LAMBDA_CONTROLS)
        .answers(&["Security Hub Lambda.7"]),
    Rule::new(
        "function-zones",
        "a function in a network has subnets in two zones",
        zones,
    )
    .of(&["AWS::Lambda::Function"], LAMBDA_CONTROLS)
    .answers(&["FSBP Lambda.5"])
    .on(ALL),
    Rule::new("function-role", "no two functions share a role", role).of(
        &["AWS::Lambda::Function", "AWS::IAM::Role"],
        "lambda/latest/dg/lambda-intro-execution-role.html",
    ),
    Rule::new(
        "function-secrets",
        "no variable of a function has a password or a key in it, but where a secret is",
        secrets,
    )
    .of(
        &["AWS::Lambda::Function"],
        "lambda/latest/dg/configuration-envvars-encryption.html",
    )
    .on(CLOUD),
];

fn alias(render: &Render<'_>, report: &mut Report) {
    for function in render.of("AWS::Lambda::Function") {
        let published = |alias: Resource<'_>| {
            let version = render.target(alias.get("FunctionVersion"));
            refers_to(alias.get("FunctionName")) == Some(function.id)
                && version.is_some_and(|it| it.kind == "AWS::Lambda::Version")
        };
        report.ensure(
            render.of("AWS::Lambda::Alias").any(published),
            function,
            "no alias names a version of it",
        );
    }
}

/// The alarms on a metric of a function.
fn alarms_on<'a>(
    render: &Render<'a>,
    function: &'a str,
    metric: &'static str,
) -> impl Iterator<Item = Resource<'a>> {
    render.of("AWS::CloudWatch::Alarm").filter(move |alarm| {
        let measures = |dimension: &Value| {
            at(dimension, "Name") == "FunctionName"
                && refers_to(at(dimension, "Value")) == Some(function)
        };
        alarm.text("Namespace") == "AWS/Lambda"
            && alarm.text("MetricName") == metric
            && alarm.list("Dimensions").iter().any(measures)
    })
}

fn alarms(render: &Render<'_>, report: &mut Report) {
    for function in render.of("AWS::Lambda::Function") {
        for metric in ["Errors", "Throttles", "Duration"] {
            if alarms_on(render, function.id, metric).next().is_none() {
                report.wrong(function, format!("no alarm on its {metric}"));
            }
        }
    }
}

fn duration(render: &Render<'_>, report: &mut Report) {
    for function in render.of("AWS::Lambda::Function") {
        let timeout = function.number("Timeout").unwrap_or(3).saturating_mul(1000);
        for alarm in alarms_on(render, function.id, "Duration") {
            let threshold = alarm.number("Threshold").unwrap_or(u64::MAX);
            if threshold >= timeout {
                report.wrong(
                    alarm,
                    format!(
                        "sounds above {threshold} ms, {} ends at {timeout} ms",
                        function.id
                    ),
                );
            }
        }
    }
}

fn logs(render: &Render<'_>, report: &mut Report) {
    let mut writers: BTreeMap<&str, &str> = BTreeMap::new();
    for function in render.of("AWS::Lambda::Function") {
        report.ensure(
            function.text("LoggingConfig/LogFormat") == "JSON",
            function,
            "its lines are not JSON",
        );
        let group = render.target(function.get("LoggingConfig/LogGroup"));
        match group.filter(|group| group.kind == "AWS::Logs::LogGroup") {
            None => report.wrong(function, "its log group is not of this template"),
            Some(group) => {
                if let Some(other) = writers.insert(group.id, function.id) {
                    report.wrong(function, format!("shares its log group with {other}"));
                }
            }
        }
    }
}

fn runtime(render: &Render<'_>, report: &mut Report) {
    for function in render.of("AWS::Lambda::Function") {
        report.ensure(
            function.text("Runtime") == "provided.al2023",
            function,
            "another runtime",
        );
        let architecture = function.text("Architectures/0");
        report.ensure(
            ["arm64", "x86_64"].contains(&architecture),
            function,
            "no architecture is named",
        );
    }
    let mut architectures: Vec<&str> = render
        .of("AWS::Lambda::Function")
        .map(|function| function.text("Architectures/0"))
        .collect();
    architectures.sort_unstable();
    architectures.dedup();
    if architectures.len() > 1 {
        report.wrong_with(
            "",
            format!("functions are of {}", architectures.join(" and ")),
        );
    }
}

fn tracing(render: &Render<'_>, report: &mut Report) {
    for function in render.of("AWS::Lambda::Function") {
        let traced = function.text("TracingConfig/Mode") == "Active";
        report.ensure(traced, function, "its calls are not traced");
    }
}

fn zones(render: &Render<'_>, report: &mut Report) {
    for function in render.of("AWS::Lambda::Function") {
        if function.has("VpcConfig") {
            report.ensure(
                function.list("VpcConfig/SubnetIds").len() >= 2,
                function,
                "it ends with its one zone",
            );
        }
    }
}

fn role(render: &Render<'_>, report: &mut Report) {
    let mut holders: BTreeMap<&str, &str> = BTreeMap::new();
    for function in render.of("AWS::Lambda::Function") {
        let Some(role) = refers_to(function.get("Role")) else {
            report.wrong(function, "its role is not of this template");
            continue;
        };
        if let Some(other) = holders.insert(role, function.id) {
            report.wrong(function, format!("shares its role with {other}"));
        }
    }
}

fn secrets(render: &Render<'_>, report: &mut Report) {
    for function in render.of("AWS::Lambda::Function") {
        let variables = function.get("Environment/Variables").as_object();
        for (name, value) in variables.into_iter().flatten() {
            let text = value.as_str().unwrap_or_default();
            let is_secret = ["PASSWORD", "SECRET", "TOKEN", "PRIVATE_KEY"]
                .iter()
                .any(|word| name.ends_with(word));
            let has_password = text
                .split_once("://")
                .and_then(|(_, rest)| rest.split_once('@'))
                .is_some_and(|(user, _)| user.contains(':'));
            if (is_secret && !text.is_empty()) || has_password {
                report.wrong(function, format!("{name} has a secret in it"));
            }
        }
    }
}
