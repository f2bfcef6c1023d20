//! Alarms by themselves, and those that each tier has to have.

use serde_json::Value;
use template_render::read::at;

use crate::render::{Render, Resource, references};
use crate::rule::{CLOUD, Report, Rule};

const ALARM: &str = "AWS::CloudWatch::Alarm";
const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";
const CONTROLS: &str = "securityhub/latest/userguide/cloudwatch-controls.html";
const ALARMS: &str = "AmazonCloudWatch/latest/monitoring/alarm-evaluation.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new("alarm-silence", "each alarm knows what missing data mean", silence)
        .of(&[ALARM], "AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html"),
    Rule::new(
        "alarm-actions",
        "an alarm tells the topic when it sounds and when it is over, or another alarm is made of it",
        actions,
    )
    .of(&[ALARM, COMPOSITE], CONTROLS)
    .answers(&["Security Hub CloudWatch.15", "Security Hub CloudWatch.17"]),
    Rule::new(
        "alarm-composites",
        "alarms of alarms name alarms that there are",
        composites,
    )
    .of(&[COMPOSITE], "AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html"),
    Rule::new(
        "alarm-evaluation",
        "what an alarm needs to sound fits into what it looks at, a day at most",
        evaluation,
    )
    .of(&[ALARM], ALARMS),
    Rule::new(
        "alarm-dimensions",
        "an alarm on a metric of AWS names what is measured, by reference; ElastiCache measures nodes",
        dimensions,
    )
    .of(&[ALARM], "AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html"),
    Rule::new(
        "alarm-tiers",
        "each tier has the alarms by which its failures show",
        tiers,
    )
    .of(
        &[
            ALARM,
            "AWS::RDS::DBInstance",
            "AWS::ElastiCache::ReplicationGroup",
            "AWS::AutoScaling::AutoScalingGroup",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
        ],
        "AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html",
    )
    .on(CLOUD),
];

fn silence(render: &Render<'_>, report: &mut Report) {
    for alarm in render.of(ALARM) {
        let known = ["breaching", "notBreaching", "ignore", "missing"];
        report.ensure(
            known.contains(&alarm.text("TreatMissingData")),
            alarm,
            "it does not say what missing data mean",
        );
    }
}

fn actions(render: &Render<'_>, report: &mut Report) {
    let told: Vec<&str> = render
        .of(COMPOSITE)
        .flat_map(|it| [it.get("AlarmRule"), it.get("ActionsSuppressor")])
        .flat_map(references)
        .collect();
    for alarm in render.of(ALARM).chain(render.of(COMPOSITE)) {
        let tells = |list: &str| {
            alarm.list(list).iter().any(|action| {
                let topic = render.target(action);
                topic.is_some_and(|topic| topic.kind == "AWS::SNS::Topic")
            })
        };
        let heard = tells("AlarmActions") && tells("OKActions");
        report.ensure(
            heard || told.contains(&alarm.id),
            alarm,
            "nobody is told of it",
        );
        report.ensure(
            alarm.get("ActionsEnabled") != false,
            alarm,
            "its actions are switched off",
        );
    }
}

fn composites(render: &Render<'_>, report: &mut Report) {
    for composite in render.of(COMPOSITE) {
        let mut named = references(composite.get("AlarmRule"));
        named.extend(references(composite.get("ActionsSuppressor")));
        for name in &named {
            let alarm = render.named(name);
            if alarm.is_none_or(|alarm| ![ALARM, COMPOSITE].contains(&alarm.kind)) {
                report.wrong(composite, format!("{name} is no alarm"));
            }
        }
        report.ensure(
            !named.is_empty(),
            composite,
            "it names no alarm of this template",
        );
    }
}

fn evaluation(render: &Render<'_>, report: &mut Report) {
    for alarm in render.of(ALARM) {
        let periods = alarm.number("EvaluationPeriods").unwrap_or(0);
        let needed = alarm.number("DatapointsToAlarm").unwrap_or(periods);
        report.ensure(
            (1..=periods).contains(&needed),
            alarm,
            "it needs more points than it looks at",
        );
        let period = alarm.number("Period").unwrap_or(60);
        report.ensure(
            period.saturating_mul(periods) <= 86_400,
            alarm,
            "it looks back more than a day",
        );
    }
}

fn dimensions(render: &Render<'_>, report: &mut Report) {
    for alarm in render.of(ALARM) {
        let namespace = alarm.text("Namespace");
        let list = alarm.list("Dimensions");
        if namespace.starts_with("AWS/") {
            let refers = |dimension: &Value| !references(at(dimension, "Value")).is_empty();
            report.ensure(
                list.iter().any(refers),
                alarm,
                "its dimensions name nothing of this template",
            );
        }
        let of_nodes = list.iter().any(|it| at(it, "Name") == "CacheClusterId");
        report.ensure(
            of_nodes == (namespace == "AWS/ElastiCache"),
            alarm,
            "ElastiCache measures nodes, by CacheClusterId",
        );
    }
}

/// What has to have which alarms: the resource's type, the namespace and the metrics.
const TIERS: &[(&str, &str, &[&str])] = &[
    (
        "AWS::RDS::DBInstance",
        "AWS/RDS",
        &[
            "CPUUtilization",
            "FreeStorageSpace",
            "FreeableMemory",
            "DatabaseConnections",
        ],
    ),
    (
        "AWS::ElastiCache::ReplicationGroup",
        "AWS/ElastiCache",
        &[
            "EngineCPUUtilization",
            "DatabaseMemoryUsagePercentage",
            "Evictions",
        ],
    ),
    (
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS/AutoScaling",
        &["GroupInServiceInstances"],
    ),
    (
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS/EC2",
        &["CPUUtilization"],
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS/ApplicationELB",
        &["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count"],
    ),
];

fn tiers(render: &Render<'_>, report: &mut Report) {
    let is_on = |resource: Resource<'_>, namespace: &str, metric: &str| {
        render.of(ALARM).any(|alarm| {
            alarm.text("Namespace") == namespace
                && alarm.text("MetricName") == metric
                && references(alarm.get("Dimensions")).contains(&resource.id)
        })
    };
    for (kind, namespace, metrics) in TIERS {
        for resource in render.of(kind) {
            for metric in metrics.iter().filter(|it| !is_on(resource, namespace, it)) {
                report.wrong(resource, format!("no alarm on its {metric}"));
            }
        }
    }
    for group in render.of("AWS::ElasticLoadBalancingV2::TargetGroup") {
        let watched = group.text("TargetType") == "lambda"
            || is_on(group, "AWS/ApplicationELB", "UnHealthyHostCount");
        report.ensure(watched, group, "no alarm on its UnHealthyHostCount");
    }
}
