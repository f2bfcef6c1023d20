//! What the load balancer passes requests on to, and the attributes of both.

use template_render::read::{at, texts};

use crate::render::{Render, Resource, refers_to};
use crate::rule::{Report, Rule};

const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "balancer-attributes",
        "attributes are among those that exist: another key fails the deployment",
        attributes,
    )
    .of(
        &[BALANCER, TARGETS],
        "elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html",
    ),
    Rule::new(
        "target-function",
        "a function behind the load balancer gets all values of a header, and is registered \
         after the permission to call it",
        function,
    )
    .of(
        &[TARGETS, "AWS::Lambda::Permission"],
        "elasticloadbalancing/latest/application/lambda-functions.html",
    ),
    Rule::new(
        "target-health",
        "instances count when they answer their health check twice, and leave within a minute",
        health,
    )
    .of(
        &[TARGETS],
        "elasticloadbalancing/latest/application/target-group-health-checks.html",
    ),
];

const ATTRIBUTES: &[&str] = &[
    "access_logs.s3.bucket",
    "access_logs.s3.enabled",
    "access_logs.s3.prefix",
    "client_keep_alive.seconds",
    "connection_logs.s3.bucket",
    "connection_logs.s3.enabled",
    "connection_logs.s3.prefix",
    "deletion_protection.enabled",
    "deregistration_delay.timeout_seconds",
    "health_check_logs.s3.bucket",
    "health_check_logs.s3.enabled",
    "health_check_logs.s3.prefix",
    "idle_timeout.timeout_seconds",
    "ipv6.deny_all_igw_traffic",
    "lambda.multi_value_headers.enabled",
    "load_balancing.algorithm.anomaly_mitigation",
    "load_balancing.algorithm.type",
    "load_balancing.cross_zone.enabled",
    "routing.http.desync_mitigation_mode",
    "routing.http.drop_invalid_header_fields.enabled",
    "routing.http.preserve_host_header.enabled",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "routing.http.xff_client_port.enabled",
    "routing.http.xff_header_processing.mode",
    "routing.http2.enabled",
    "slow_start.duration_seconds",
    "stickiness.app_cookie.cookie_name",
    "stickiness.app_cookie.duration_seconds",
    "stickiness.enabled",
    "stickiness.lb_cookie.duration_seconds",
    "stickiness.type",
    "target_group_health.dns_failover.minimum_healthy_targets.count",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
    "waf.fail_open.enabled",
    "zonal_shift.config.enabled",
];

fn attributes(render: &Render<'_>, report: &mut Report) {
    for resource in render.of(BALANCER).chain(render.of(TARGETS)) {
        let lists = ["LoadBalancerAttributes", "TargetGroupAttributes"];
        for entry in lists.iter().flat_map(|list| resource.list(list)) {
            let key = at(entry, "Key").as_str().unwrap_or_default();
            if !ATTRIBUTES.contains(&key) {
                report.wrong(resource, format!("there is no attribute {key}"));
            }
        }
    }
}

fn function(render: &Render<'_>, report: &mut Report) {
    let groups = render
        .of(TARGETS)
        .filter(|group| group.text("TargetType") == "lambda");
    for group in groups {
        let all_values = group.attribute(
            "TargetGroupAttributes",
            "lambda.multi_value_headers.enabled",
        );
        report.ensure(
            all_values == "true",
            group,
            "of a header that comes twice, the function sees one",
        );
        let target = refers_to(group.get("Targets/0/Id"));
        let after = |permission: Resource<'_>| {
            permission.kind == "AWS::Lambda::Permission"
                && refers_to(permission.get("FunctionName")) == target
                && permission.text("Principal") == "elasticloadbalancing.amazonaws.com"
        };
        let permitted = texts(at(group.body, "DependsOn"))
            .filter_map(|id| render.named(id))
            .any(after);
        report.ensure(
            permitted,
            group,
            "it may be registered before it may be called, which fails",
        );
    }
}

fn health(render: &Render<'_>, report: &mut Report) {
    let groups = render
        .of(TARGETS)
        .filter(|group| group.text("TargetType") != "lambda");
    for group in groups {
        let checked = group.has("HealthCheckPath") && group.text("Matcher/HttpCode") == "200";
        report.ensure(
            checked,
            group,
            "its health check takes more than a 200 for healthy",
        );
        let interval = group.number("HealthCheckIntervalSeconds").unwrap_or(30);
        let failures = group.number("UnhealthyThresholdCount").unwrap_or(2);
        report.ensure(
            group.number("HealthyThresholdCount") == Some(2)
                && interval.saturating_mul(failures) <= 30,
            group,
            "a broken instance gets requests for more than half a minute",
        );
        let leaves = group.attribute(
            "TargetGroupAttributes",
            "deregistration_delay.timeout_seconds",
        );
        report.ensure(
            leaves
                .as_str()
                .and_then(|it| it.parse::<u64>().ok())
                .is_some_and(|s| s <= 60),
            group,
            "an instance that leaves holds up the update",
        );
    }
}
