//! Queues and streams that feed functions.

use std::collections::BTreeMap;

use serde_json::Value;
use template_render::read::{at, list, number};

use crate::policy;
use crate::render::{Render, Resource, refers_to};
use crate::rule::{Report, Rule};

const LAMBDA_SQS: &str = "lambda/latest/dg/services-sqs-configure.html";
const DEAD_LETTERS: &str =
    "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "queue-visibility",
        "a message stays hidden for at least six times the timeout of the queue's function",
        visibility,
    )
    .of(&["AWS::SQS::Queue"], LAMBDA_SQS),
    Rule::new(
        "queue-redrive",
        "a queue that feeds a function gives messages up to a dead-letter queue after three tries or more",
        redrive,
    )
    .of(&["AWS::SQS::Queue"], DEAD_LETTERS),
    Rule::new(
        "dead-letter-retention",
        "a dead-letter queue keeps messages for 14 days: their age counts from when they were first sent",
        retention,
    )
    .of(&["AWS::SQS::Queue"], DEAD_LETTERS),
    Rule::new(
        "dead-letter-alarm",
        "an alarm sounds at the first message in a dead-letter queue",
        dead_letter_alarm,
    )
    .of(&["AWS::SQS::Queue", "AWS::CloudWatch::Alarm"], DEAD_LETTERS),
    Rule::new(
        "queue-age-alarm",
        "an alarm sounds when messages wait long in a queue that feeds a function",
        age_alarm,
    )
    .of(
        &["AWS::SQS::Queue", "AWS::CloudWatch::Alarm"],
        "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
    ),
    Rule::new(
        "partial-batches",
        "a function reports which messages of a batch failed, so that the others do not come again",
        partial_batches,
    )
    .of(
        &["AWS::Lambda::EventSourceMapping"],
        "lambda/latest/dg/services-sqs-errorhandling.html",
    ),
    Rule::new(
        "queue-concurrency",
        "each queue has a MaximumConcurrency, and those of a function fit into what is reserved for it: \
         more would be throttled, which counts as failed tries",
        concurrency,
    )
    .of(
        &["AWS::Lambda::EventSourceMapping"],
        "lambda/latest/dg/services-sqs-scaling.html",
    ),
    Rule::new(
        "stream-failures",
        "a stream's batch is split when it fails, tried a limited number of times, and kept where it is seen",
        stream_failures,
    )
    .of(
        &["AWS::Lambda::EventSourceMapping"],
        "lambda/latest/dg/services-dynamodb-errors.html",
    ),
    Rule::new(
        "queue-encryption",
        "what waits in a queue is encrypted",
        encryption,
    )
    .of(
        &["AWS::SQS::Queue"],
        "securityhub/latest/userguide/sqs-controls.html#sqs-1",
    )
    .answers(&["FSBP SQS.1"]),
    Rule::new("queue-tls", "no queue is reached without TLS", tls).of(
        &["AWS::SQS::QueuePolicy"],
        "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    ),
];

/// A mapping with the queue it polls and the function it calls.
fn feeds<'a>(
    render: &Render<'a>,
) -> impl Iterator<Item = (Resource<'a>, Resource<'a>, Resource<'a>)> {
    render
        .of("AWS::Lambda::EventSourceMapping")
        .filter_map(move |mapping| {
            let queue = render.target(mapping.get("EventSourceArn"))?;
            let function = render.function(mapping.get("FunctionName"))?;
            (queue.kind == "AWS::SQS::Queue").then_some((mapping, queue, function))
        })
}

fn visibility(render: &Render<'_>, report: &mut Report) {
    for (_, queue, function) in feeds(render) {
        // CloudFormation's defaults: 30 s for a queue, 3 s for a function.
        let hidden = queue.number("VisibilityTimeout").unwrap_or(30);
        let timeout = function.number("Timeout").unwrap_or(3);
        if hidden < timeout.saturating_mul(6) {
            let id = function.id;
            report.wrong(
                queue,
                format!("VisibilityTimeout {hidden} s, and {id} runs for up to {timeout} s"),
            );
        }
    }
}

fn redrive(render: &Render<'_>, report: &mut Report) {
    for (_, queue, _) in feeds(render) {
        let policy = queue.get("RedrivePolicy");
        let dead_letters = render.target(at(policy, "deadLetterTargetArn"));
        report.ensure(
            dead_letters.is_some(),
            queue,
            "a message that fails comes again until it is too old",
        );
        let tries = number(at(policy, "maxReceiveCount")).unwrap_or(0);
        if dead_letters.is_some() && tries < 3 {
            report.wrong(queue, format!("gives up after {tries} tries"));
        }
    }
}

/// The queues that anything gives up to.
fn dead_letter_queues<'a>(render: &Render<'a>) -> BTreeMap<&'a str, Resource<'a>> {
    let mut found = BTreeMap::new();
    let mut note = |value: &'a Value| {
        let queue = render.target(value);
        for queue in queue
            .into_iter()
            .filter(|queue| queue.kind == "AWS::SQS::Queue")
        {
            found.insert(queue.id, queue);
        }
    };
    for resource in render.all() {
        note(resource.get("RedrivePolicy/deadLetterTargetArn"));
        note(resource.get("DestinationConfig/OnFailure/Destination"));
        note(resource.get("DeadLetterConfig/TargetArn"));
        for target in resource.list("Targets") {
            note(at(target, "DeadLetterConfig/Arn"));
        }
    }
    found
}

fn retention(render: &Render<'_>, report: &mut Report) {
    for queue in dead_letter_queues(render).into_values() {
        let kept = queue.number("MessageRetentionPeriod").unwrap_or(345_600);
        if kept < 1_209_600 {
            report.wrong(queue, format!("keeps messages for {kept} s"));
        }
    }
}

fn has_alarm(render: &Render<'_>, queue: Resource<'_>, metric: &str, highest: u64) -> bool {
    render.of("AWS::CloudWatch::Alarm").any(|alarm| {
        let measures = |dimension: &Value| {
            at(dimension, "Name") == "QueueName"
                && refers_to(at(dimension, "Value")) == Some(queue.id)
        };
        alarm.text("MetricName") == metric
            && alarm.list("Dimensions").iter().any(measures)
            && alarm.number("Threshold").is_some_and(|at| at <= highest)
            && alarm.has("AlarmActions")
    })
}

fn dead_letter_alarm(render: &Render<'_>, report: &mut Report) {
    for queue in dead_letter_queues(render).into_values() {
        report.ensure(
            has_alarm(render, queue, "ApproximateNumberOfMessagesVisible", 0),
            queue,
            "nobody is told of a message in it",
        );
    }
}

fn age_alarm(render: &Render<'_>, report: &mut Report) {
    // Pages that nobody asks for may wait six hours to be warmed, and nothing longer.
    for (_, queue, _) in feeds(render) {
        report.ensure(
            has_alarm(render, queue, "ApproximateAgeOfOldestMessage", 21_600),
            queue,
            "nobody is told when messages wait",
        );
    }
}

fn partial_batches(render: &Render<'_>, report: &mut Report) {
    for mapping in render.of("AWS::Lambda::EventSourceMapping") {
        let reports = mapping.list("FunctionResponseTypes");
        report.ensure(
            reports.iter().any(|kind| kind == "ReportBatchItemFailures"),
            mapping,
            "FunctionResponseTypes lacks ReportBatchItemFailures",
        );
    }
}

fn concurrency(render: &Render<'_>, report: &mut Report) {
    let mut sums = BTreeMap::new();
    for (mapping, _, function) in feeds(render) {
        let most = mapping.number("ScalingConfig/MaximumConcurrency");
        report.ensure(
            most.is_some_and(|most| most >= 2),
            mapping,
            "it has no MaximumConcurrency of 2 or more",
        );
        let sum: &mut u64 = sums.entry(function.id).or_default();
        *sum = sum.saturating_add(most.unwrap_or(0));
    }
    for (function, sum) in sums {
        let function = render.named(function);
        let reserved =
            function.and_then(|it| Some((it, it.number("ReservedConcurrentExecutions")?)));
        for (function, reserved) in reserved.into_iter().filter(|(_, reserved)| sum > *reserved) {
            report.wrong(
                function,
                format!("its queues call up to {sum} at once, {reserved} are reserved"),
            );
        }
    }
}

fn stream_failures(render: &Render<'_>, report: &mut Report) {
    for mapping in render.of("AWS::Lambda::EventSourceMapping") {
        let source = render.target(mapping.get("EventSourceArn"));
        if source.is_none_or(|source| source.kind == "AWS::SQS::Queue") {
            continue;
        }
        report.ensure(
            mapping.is("BisectBatchOnFunctionError"),
            mapping,
            "one bad record fails its whole batch",
        );
        report.ensure(
            mapping.has("MaximumRetryAttempts") && mapping.has("MaximumRecordAgeInSeconds"),
            mapping,
            "a record that fails holds up its shard for a day",
        );
        let kept = render.target(mapping.get("DestinationConfig/OnFailure/Destination"));
        report.ensure(
            kept.is_some(),
            mapping,
            "what it gives up on is lost unseen",
        );
    }
}

fn encryption(render: &Render<'_>, report: &mut Report) {
    for queue in render.of("AWS::SQS::Queue") {
        let encrypted = queue.is("SqsManagedSseEnabled") || queue.has("KmsMasterKeyId");
        report.ensure(encrypted, queue, "its messages are not encrypted");
    }
}

fn tls(render: &Render<'_>, report: &mut Report) {
    let denied: Vec<&str> = policy::of_resources(render)
        .into_iter()
        .filter(|statement| statement.owner.kind == "AWS::SQS::QueuePolicy")
        .filter(|statement| !statement.allows() && statement.actions().any(|it| it == "sqs:*"))
        .filter(|statement| {
            let secure = at(statement.condition(), "Bool/aws:SecureTransport");
            secure == false || secure == "false"
        })
        .flat_map(|statement| list(at(statement.body, "Resource")))
        .filter_map(refers_to)
        .collect();
    for queue in render.of("AWS::SQS::Queue") {
        report.ensure(
            denied.contains(&queue.id),
            queue,
            "no policy denies what comes without TLS",
        );
    }
}
