//! Functions that would call themselves without end.

use serde_json::Value;
use template_render::read::{at, list, texts};

use crate::policy::{self, covers};
use crate::render::{Render, Resource, refers_to};
use crate::rule::{Report, Rule};

const DETECTION: &str = "lambda/latest/dg/invocation-recursion.html";

/// Functions that hand messages back to the queues they get them from, and why that ends.
pub(super) const HAND_BACK: &[(&str, &str)] = &[(
    "WarmPagesFunction",
    "warm-pages hands the rest of its work on; a run has a budget and an end",
)];

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "recursion-objects",
        "no function may write objects where what is written calls it",
        objects,
    )
    .of(
        &["AWS::Events::Rule", "AWS::IAM::Role"],
        "AmazonS3/latest/userguide/EventBridge.html",
    ),
    Rule::new(
        "recursion-messages",
        "no function may send to a queue that calls it, but warm-pages, whose runs end",
        messages,
    )
    .of(
        &["AWS::Lambda::EventSourceMapping", "AWS::IAM::Role"],
        DETECTION,
    ),
    Rule::new(
        "recursion-detection",
        "Lambda ends loops of every function that does not hand messages back on purpose",
        detection,
    )
    .of(&["AWS::Lambda::Function"], DETECTION),
    Rule::new(
        "recursion-logs",
        "the logs of a function that reads logs are not given to it",
        logs,
    )
    .of(
        &["AWS::Logs::SubscriptionFilter"],
        "AmazonCloudWatch/latest/logs/SubscriptionFilters.html",
    ),
];

/// What an event pattern of S3 lets through: the bucket, the prefixes, the kinds of events.
struct Trigger<'a> {
    bucket: &'a str,
    prefixes: Vec<&'a str>,
    kinds: Vec<&'a str>,
}

fn trigger(rule: Resource<'_>) -> Option<Trigger<'_>> {
    let detail = at(rule.get("EventPattern"), "detail");
    let bucket = list(at(detail, "bucket/name"))
        .first()
        .and_then(refers_to)?;
    let keys = list(at(detail, "object/key")).iter();
    // A pattern without a prefix lets every key through.
    let prefixes: Vec<&str> = keys
        .map(|key| at(key, "prefix").as_str().unwrap_or_default())
        .collect();
    Some(Trigger {
        bucket,
        prefixes: if prefixes.is_empty() {
            vec![""]
        } else {
            prefixes
        },
        kinds: texts(rule.get("EventPattern/detail-type")).collect(),
    })
}

/// The functions that a rule calls, by itself or through a queue.
fn called_by<'a>(render: &Render<'a>, rule: Resource<'a>) -> Vec<Resource<'a>> {
    let target = |value: &'a Value| {
        let arn = at(value, "Arn");
        let direct = render.function(arn);
        let queue = refers_to(arn);
        let polled = render
            .of("AWS::Lambda::EventSourceMapping")
            .filter(move |mapping| refers_to(mapping.get("EventSourceArn")) == queue)
            .filter_map(|mapping| render.function(mapping.get("FunctionName")));
        direct.into_iter().chain(polled).collect::<Vec<_>>()
    };
    rule.list("Targets").iter().flat_map(target).collect()
}

fn objects(render: &Render<'_>, report: &mut Report) {
    for rule in render.of("AWS::Events::Rule") {
        let Some(trigger) = trigger(rule) else {
            continue;
        };
        for function in called_by(render, rule) {
            let role = policy::role_of(render, function);
            for statement in role.into_iter().flat_map(policy::of_role) {
                let writes = |action: &str| {
                    let wakes = |kind: &str, call: &str| {
                        trigger.kinds.contains(&kind) && covers(action, call)
                    };
                    wakes("Object Created", "s3:PutObject")
                        || wakes("Object Deleted", "s3:DeleteObject")
                };
                if !statement.allows() || !statement.actions().any(writes) {
                    continue;
                }
                let resources = statement.resources();
                for key in resources.iter().filter(|key| overlaps(key, &trigger)) {
                    report.wrong(
                        function,
                        format!("may write {key}, which {} tells it of", rule.id),
                    );
                }
            }
        }
    }
}

/// Whether an ARN with a key's pattern may mean keys that a trigger lets through.
fn overlaps(arn: &str, trigger: &Trigger<'_>) -> bool {
    let bucket = [
        format!("${{{}.Arn}}/", trigger.bucket),
        format!(":::${{{}}}/", trigger.bucket),
    ];
    let key = bucket.iter().find_map(|start| {
        let from = arn.find(start.as_str())?;
        arn.get(from + start.len()..)
    });
    let Some(key) = key else {
        return arn == "*";
    };
    let fixed = key.split('*').next().unwrap_or_default();
    trigger
        .prefixes
        .iter()
        .any(|prefix| fixed.starts_with(prefix) || (key.contains('*') && prefix.starts_with(fixed)))
}

fn messages(render: &Render<'_>, report: &mut Report) {
    for mapping in render.of("AWS::Lambda::EventSourceMapping") {
        let queue = refers_to(mapping.get("EventSourceArn")).unwrap_or_default();
        let Some(function) = render.function(mapping.get("FunctionName")) else {
            continue;
        };
        let excused = HAND_BACK.iter().any(|(id, _)| *id == function.id);
        let role = policy::role_of(render, function);
        let sends = role.into_iter().flat_map(policy::of_role).any(|statement| {
            let arn = format!("${{{queue}.Arn}}");
            let all = statement.resources();
            statement.allows()
                && statement.actions().any(|it| covers(it, "sqs:SendMessage"))
                && all
                    .iter()
                    .any(|resource| *resource == arn || resource == "*")
        });
        if sends && !excused {
            report.wrong(function, format!("may send to {queue}, which calls it"));
        }
    }
}

fn detection(render: &Render<'_>, report: &mut Report) {
    for function in render.of("AWS::Lambda::Function") {
        let excused = HAND_BACK.iter().any(|(id, _)| *id == function.id);
        let ends = function.text("RecursiveLoop") == "Terminate";
        report.ensure(ends || excused, function, "RecursiveLoop is not Terminate");
    }
}

fn logs(render: &Render<'_>, report: &mut Report) {
    for subscription in render.of("AWS::Logs::SubscriptionFilter") {
        let function = render.function(subscription.get("DestinationArn"));
        let own = function.map(|function| function.get("LoggingConfig/LogGroup"));
        let group = refers_to(subscription.get("LogGroupName"));
        let loops = group.is_some() && own.and_then(refers_to) == group;
        report.ensure(
            !loops,
            subscription,
            "the function would read what it writes of it",
        );
    }
}
