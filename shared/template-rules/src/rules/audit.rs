//! Trails and logs.

use template_render::read::at;

use crate::policy;
use crate::render::{Render, refers_to};
use crate::renders::{Class, Subject};
use crate::rule::{ALL, CLOUD, KEPT, PRODUCTION, Report, Rule};

const TRAIL: &str = "AWS::CloudTrail::Trail";
const GROUP: &str = "AWS::Logs::LogGroup";
const CONTROLS: &str = "securityhub/latest/userguide/cloudtrail-controls.html";
const LOG_CONTROLS: &str = "securityhub/latest/userguide/cloudwatch-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "trail-regions",
        "calls to AWS are logged, in all regions",
        regions,
    )
    .of(&[TRAIL], CONTROLS)
    .answers(&["FSBP CloudTrail.1", "CIS 3.1"])
    .on(PRODUCTION),
    Rule::new(
        "trail-validation",
        "nobody can change a trail's logs unseen",
        validation,
    )
    .of(&[TRAIL], CONTROLS)
    .answers(&["FSBP CloudTrail.4", "CIS 3.2"])
    .on(CLOUD),
    Rule::new(
        "trail-bucket",
        "a trail's bucket lets CloudTrail in for this trail only, and is versioned",
        bucket,
    )
    .of(
        &[TRAIL, "AWS::S3::BucketPolicy"],
        "awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
    )
    .answers(&["Security Hub CloudTrail.6"])
    .on(CLOUD),
    Rule::new(
        "log-retention",
        "logs are kept for as long as the class says, and not for ever",
        retention,
    )
    .of(&[GROUP], LOG_CONTROLS)
    .answers(&["Security Hub CloudWatch.16"])
    .on(ALL),
    Rule::new(
        "log-retention-year",
        "logs are kept for 90 days or longer, in production for a year",
        long_retention,
    )
    .of(&[GROUP], LOG_CONTROLS)
    .answers(&["Security Hub CloudWatch.16"])
    .on(KEPT),
    Rule::new(
        "log-readers",
        "what functions log is read for errors, but of the functions that read it",
        readers,
    )
    .of(
        &[GROUP, "AWS::Logs::SubscriptionFilter"],
        "AmazonCloudWatch/latest/logs/SubscriptionFilters.html",
    )
    .on(CLOUD),
    Rule::new(
        "query-limits",
        "queries of logs end at a number of bytes, and their answers are encrypted",
        queries,
    )
    .of(
        &["AWS::Athena::WorkGroup"],
        "athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html",
    ),
];

fn regions(render: &Render<'_>, report: &mut Report) {
    if render.of(TRAIL).next().is_none() {
        report.wrong_with("", "there is no trail");
    }
    for trail in render.of(TRAIL) {
        report.ensure(
            trail.is("IsMultiRegionTrail") && trail.is("IncludeGlobalServiceEvents"),
            trail,
            "calls in other regions, or to global services, are not seen",
        );
        report.ensure(trail.is("IsLogging"), trail, "it is switched off");
    }
}

fn validation(render: &Render<'_>, report: &mut Report) {
    for trail in render.of(TRAIL) {
        let validated = trail.is("EnableLogFileValidation");
        report.ensure(validated, trail, "EnableLogFileValidation is not true");
    }
}

fn bucket(render: &Render<'_>, report: &mut Report) {
    for trail in render.of(TRAIL) {
        let Some(bucket) = render.target(trail.get("S3BucketName")) else {
            report.wrong(trail, "its bucket is not of this template");
            continue;
        };
        let statements = policy::of_resources(render);
        let of_trail = statements.iter().filter(|statement| {
            refers_to(statement.owner.get("Bucket")) == Some(bucket.id)
                && at(statement.body, "Principal/Service") == "cloudtrail.amazonaws.com"
        });
        let limited: Vec<bool> = of_trail.map(|it| it.asks_for("aws:SourceArn")).collect();
        report.ensure(
            !limited.is_empty() && limited.iter().all(|it| *it),
            trail,
            "its bucket refuses it, or lets in the trails of others",
        );
        let versions = bucket.text("VersioningConfiguration/Status") == "Enabled";
        report.ensure(versions, trail, "its bucket forgets what is deleted");
    }
}

fn retention(render: &Render<'_>, report: &mut Report) {
    for group in render.of(GROUP) {
        let kept = group.has("RetentionInDays");
        report.ensure(kept, group, "it is kept for ever");
    }
}

fn long_retention(render: &Render<'_>, report: &mut Report) {
    let production = report.subject() == Subject::Render(Class::Production);
    let least = if production { 365 } else { 90 };
    for group in render.of(GROUP) {
        let days = group.number("RetentionInDays").unwrap_or(u64::MAX);
        if days < least {
            report.wrong(group, format!("it is kept for {days} days"));
        }
    }
}

fn readers(render: &Render<'_>, report: &mut Report) {
    // log-processor would read what it writes of what it reads, and log-report reads its results.
    let reads_logs = ["LogProcessorFunction", "LogReportFunction"];
    for function in render.of("AWS::Lambda::Function") {
        let group = refers_to(function.get("LoggingConfig/LogGroup"));
        let is_read = render.of("AWS::Logs::SubscriptionFilter").any(|filter| {
            refers_to(filter.get("LogGroupName")) == group
                && render.function(filter.get("DestinationArn")).is_some()
        });
        let excused = reads_logs.contains(&function.id);
        report.ensure(
            is_read || excused,
            function,
            "nobody reads its logs for errors",
        );
    }
}

fn queries(render: &Render<'_>, report: &mut Report) {
    for group in render.of("AWS::Athena::WorkGroup") {
        let config = group.get("WorkGroupConfiguration");
        report.ensure(
            !at(config, "BytesScannedCutoffPerQuery").is_null()
                && at(config, "EnforceWorkGroupConfiguration") == true,
            group,
            "a query may read all that there is",
        );
        report.ensure(
            !at(config, "ResultConfiguration/EncryptionConfiguration").is_null(),
            group,
            "its answers are not encrypted",
        );
    }
}
