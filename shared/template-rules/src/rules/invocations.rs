//! Who calls functions, and by what right.

use serde_json::Value;
use template_render::read::{at, list};

use crate::render::{Render, Resource, flat, refers_to};
use crate::rule::{Report, Rule};

const ALIASES: &str = "lambda/latest/dg/configuration-aliases.html";
const URL_GRANTS: &str =
    "AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "invoked-by-alias",
        "whatever calls a function calls its alias: else it gets what is not deployed yet",
        by_alias,
    )
    .of(
        &[
            "AWS::Lambda::EventSourceMapping",
            "AWS::Lambda::Permission",
            "AWS::Lambda::Url",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            "AWS::Events::Rule",
            "AWS::Scheduler::Schedule",
            "AWS::SNS::Subscription",
            "AWS::Logs::SubscriptionFilter",
        ],
        ALIASES,
    ),
    Rule::new(
        "permission-source",
        "a permission to call a function names what may call it, of this account",
        source,
    )
    .of(
        &["AWS::Lambda::Permission"],
        "securityhub/latest/userguide/lambda-controls.html#lambda-1",
    )
    .answers(&["FSBP Lambda.1"]),
    Rule::new(
        "url-authentication",
        "a function's URL answers signed requests only",
        url_authentication,
    )
    .of(&["AWS::Lambda::Url"], "lambda/latest/dg/urls-auth.html")
    .answers(&["FSBP Lambda.1"]),
    Rule::new(
        "url-grants",
        "CloudFront may call a URL by both lambda:InvokeFunctionUrl and lambda:InvokeFunction, \
         for this distribution only",
        url_grants,
    )
    .of(&["AWS::Lambda::Url", "AWS::Lambda::Permission"], URL_GRANTS)
    .answers(&["FSBP CloudFront.16"]),
    Rule::new(
        "asynchronous-failures",
        "an event that a function cannot handle is kept, or comes again by a schedule",
        asynchronous,
    )
    .of(
        &["AWS::Lambda::EventInvokeConfig"],
        "lambda/latest/dg/invocation-async-configuring.html",
    ),
    Rule::new(
        "schedule-retries",
        "a schedule's call that failed is not made up for: the next one does its work",
        schedules,
    )
    .of(
        &["AWS::Scheduler::Schedule"],
        "scheduler/latest/APIReference/API_RetryPolicy.html",
    ),
];

fn by_alias(render: &Render<'_>, report: &mut Report) {
    let mut look = |caller: Resource<'_>, value: &Value| {
        let target = render.target(value);
        if target.is_some_and(|target| target.kind == "AWS::Lambda::Function") {
            report.wrong(caller, "calls the function, not its alias");
        }
    };
    for resource in render.all() {
        let paths: &[&str] = match resource.kind {
            "AWS::Lambda::EventSourceMapping" | "AWS::Lambda::Permission" => &["FunctionName"],
            "AWS::Lambda::Url" => &["TargetFunctionArn"],
            "AWS::ElasticLoadBalancingV2::TargetGroup" => &["Targets/0/Id"],
            "AWS::Scheduler::Schedule" => &["Target/Arn"],
            "AWS::SNS::Subscription" => &["Endpoint"],
            "AWS::Logs::SubscriptionFilter" => &["DestinationArn"],
            "AWS::Events::Rule" => {
                for target in resource.list("Targets") {
                    look(resource, at(target, "Arn"));
                }
                &[]
            }
            _ => &[],
        };
        for path in paths {
            look(resource, resource.get(path));
        }
    }
}

fn source(render: &Render<'_>, report: &mut Report) {
    for permission in render.of("AWS::Lambda::Permission") {
        report.ensure(
            permission.text("Principal").ends_with(".amazonaws.com"),
            permission,
            "it lets in more than a service",
        );
        let source = flat(permission.get("SourceArn"));
        let is_ours = source.contains("${") || source.split(':').nth(4).is_some_and(is_account);
        report.ensure(is_ours, permission, "no SourceArn of this account");
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn url_authentication(render: &Render<'_>, report: &mut Report) {
    for url in render.of("AWS::Lambda::Url") {
        report.ensure(url.text("AuthType") == "AWS_IAM", url, "it answers anybody");
    }
}

fn url_grants(render: &Render<'_>, report: &mut Report) {
    for url in render.of("AWS::Lambda::Url") {
        let alias = refers_to(url.get("TargetFunctionArn"));
        let granted = |action: &str| {
            render.of("AWS::Lambda::Permission").any(|permission| {
                let source = flat(permission.get("SourceArn"));
                let distribution = render
                    .of("AWS::CloudFront::Distribution")
                    .any(|it| source.ends_with(&format!("distribution/${{{}}}", it.id)));
                // URLs made since October 2025 ask for the second, which must not let in
                // anything but the URL.
                let by_url = action == "lambda:InvokeFunctionUrl"
                    && permission.text("FunctionUrlAuthType") == "AWS_IAM"
                    || action == "lambda:InvokeFunction" && permission.is("InvokedViaFunctionUrl");
                permission.text("Action") == action
                    && permission.text("Principal") == "cloudfront.amazonaws.com"
                    && refers_to(permission.get("FunctionName")) == alias
                    && distribution
                    && by_url
            })
        };
        for action in ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"] {
            if !granted(action) {
                report.wrong(url, format!("CloudFront gets 403: no grant of {action}"));
            }
        }
    }
}

/// Whether a schedule calls what a value refers to.
fn is_scheduled(render: &Render<'_>, function: Resource<'_>) -> bool {
    render
        .of("AWS::Scheduler::Schedule")
        .filter_map(|schedule| render.function(schedule.get("Target/Arn")))
        .any(|scheduled| scheduled.id == function.id)
}

fn asynchronous(render: &Render<'_>, report: &mut Report) {
    let by_rule = render
        .of("AWS::Events::Rule")
        .flat_map(|rule| rule.list("Targets"))
        .filter_map(|target| render.function(at(target, "Arn")));
    let by_topic = render
        .of("AWS::SNS::Subscription")
        .filter_map(|subscription| render.function(subscription.get("Endpoint")));
    let by_logs = render
        .of("AWS::Logs::SubscriptionFilter")
        .filter_map(|filter| render.function(filter.get("DestinationArn")));
    let mut called: Vec<Resource<'_>> = by_rule.chain(by_topic).chain(by_logs).collect();
    called.sort_by_key(|function| function.id);
    called.dedup_by_key(|function| function.id);
    for function in called {
        let config = render
            .of("AWS::Lambda::EventInvokeConfig")
            .find(|config| refers_to(config.get("FunctionName")) == Some(function.id));
        let kept = config.is_some_and(|config| {
            list(config.get("DestinationConfig/OnFailure/Destination"))
                .iter()
                .any(|value| render.target(value).is_some())
        });
        let limited = config.is_some_and(|config| config.has("MaximumRetryAttempts"));
        report.ensure(limited, function, "its tries are not limited");
        report.ensure(
            kept || is_scheduled(render, function),
            function,
            "an event that fails is lost unseen",
        );
    }
}

fn schedules(render: &Render<'_>, report: &mut Report) {
    for schedule in render.of("AWS::Scheduler::Schedule") {
        let tries = schedule.number("Target/RetryPolicy/MaximumRetryAttempts");
        let age = schedule.number("Target/RetryPolicy/MaximumEventAgeInSeconds");
        // Without the two, a call that fails is tried 185 times in a day, beside the next ones.
        report.ensure(
            tries == Some(0) && age.is_some_and(|age| age <= 300),
            schedule,
            "calls that failed pile up",
        );
    }
}
