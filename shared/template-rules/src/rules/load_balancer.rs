//! The load balancer and its listeners.

use template_render::read::at;

use crate::render::{Render, Resource, refers_to};
use crate::rule::{CLOUD, PRODUCTION, Report, Rule};

const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const ELB_CONTROLS: &str = "securityhub/latest/userguide/elb-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "balancer-internal",
        "the load balancer has no public address",
        internal,
    )
    .of(
        &[BALANCER],
        "AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html",
    ),
    Rule::new(
        "balancer-headers",
        "headers that are not valid are dropped",
        headers,
    )
    .of(&[BALANCER], ELB_CONTROLS)
    .answers(&["FSBP ELB.4"]),
    Rule::new(
        "balancer-desync",
        "requests that two servers read differently are refused",
        desync,
    )
    .of(&[BALANCER], ELB_CONTROLS)
    .answers(&["FSBP ELB.12"]),
    Rule::new(
        "balancer-logs",
        "each request and connection is logged",
        logs,
    )
    .of(&[BALANCER], ELB_CONTROLS)
    .answers(&["FSBP ELB.5"])
    .on(CLOUD),
    Rule::new(
        "balancer-protection",
        "the load balancer cannot be deleted by mistake",
        protection,
    )
    .of(&[BALANCER], ELB_CONTROLS)
    .answers(&["FSBP ELB.6"])
    .on(PRODUCTION),
    Rule::new("balancer-zones", "the load balancer is in two zones", zones)
        .of(&[BALANCER], ELB_CONTROLS)
        .answers(&["FSBP ELB.13"]),
    Rule::new(
        "listener-tls",
        "who comes from outside comes by TLS 1.2 or newer; HTTP only where one security group of \
         this template is let in",
        tls,
    )
    .of(&[LISTENER], ELB_CONTROLS)
    .answers(&["FSBP ELB.1", "FSBP ELB.17", "FSBP ELB.18"])
    .on(PRODUCTION),
];

fn set<'a>(balancer: Resource<'a>, key: &str) -> &'a str {
    let value = balancer.attribute("LoadBalancerAttributes", key);
    value.as_str().unwrap_or_default()
}

fn internal(render: &Render<'_>, report: &mut Report) {
    for balancer in render.of(BALANCER) {
        report.ensure(
            balancer.text("Scheme") == "internal",
            balancer,
            "the internet reaches it",
        );
    }
}

fn headers(render: &Render<'_>, report: &mut Report) {
    for balancer in render.of(BALANCER) {
        let drops = set(balancer, "routing.http.drop_invalid_header_fields.enabled") == "true";
        report.ensure(drops, balancer, "it passes on any header");
    }
}

fn desync(render: &Render<'_>, report: &mut Report) {
    for balancer in render.of(BALANCER) {
        let mode = set(balancer, "routing.http.desync_mitigation_mode");
        report.ensure(
            ["strictest", "defensive"].contains(&mode),
            balancer,
            "it passes on requests that can be smuggled",
        );
    }
}

fn logs(render: &Render<'_>, report: &mut Report) {
    for balancer in render.of(BALANCER) {
        for kind in ["access_logs", "connection_logs"] {
            let enabled = set(balancer, &format!("{kind}.s3.enabled")) == "true";
            let bucket = balancer.attribute("LoadBalancerAttributes", &format!("{kind}.s3.bucket"));
            if !enabled || render.target(bucket).is_none() {
                report.wrong(balancer, format!("{kind} go to no bucket of this template"));
            }
        }
    }
}

fn protection(render: &Render<'_>, report: &mut Report) {
    for balancer in render.of(BALANCER) {
        let protected = set(balancer, "deletion_protection.enabled") == "true";
        report.ensure(
            protected,
            balancer,
            "deletion_protection.enabled is not true",
        );
    }
}

fn zones(render: &Render<'_>, report: &mut Report) {
    for balancer in render.of(BALANCER) {
        report.ensure(
            balancer.list("Subnets").len() >= 2,
            balancer,
            "it is in one zone",
        );
    }
}

fn tls(render: &Render<'_>, report: &mut Report) {
    for listener in render.of(LISTENER) {
        if listener.text("Protocol") == "HTTPS" {
            let policy = listener.text("SslPolicy");
            report.ensure(
                policy.starts_with("ELBSecurityPolicy-TLS13-1-2-")
                    || policy.starts_with("ELBSecurityPolicy-TLS13-1-3-"),
                listener,
                "its policy allows TLS 1.1 or CBC ciphers without forward secrecy",
            );
        } else {
            let port = listener.number("Port").unwrap_or_default();
            let open = render
                .target(listener.get("LoadBalancerArn"))
                .into_iter()
                .flat_map(|balancer| balancer.list("SecurityGroups"))
                .filter_map(refers_to)
                .any(|group| lets_addresses_in(render, group, port));
            report.ensure(!open, listener, "addresses reach it without TLS");
        }
    }
}

/// Whether a security group lets addresses, not security groups, in at a port.
fn lets_addresses_in(render: &Render<'_>, group: &str, port: u64) -> bool {
    let inline = render
        .named(group)
        .into_iter()
        .flat_map(|group| group.list("SecurityGroupIngress"));
    let apart = render
        .of("AWS::EC2::SecurityGroupIngress")
        .filter(|rule| refers_to(rule.get("GroupId")) == Some(group))
        .map(|rule| at(rule.body, "Properties"));
    inline.chain(apart).any(|rule| {
        let from = at(rule, "FromPort").as_u64().unwrap_or(0);
        let to = at(rule, "ToPort").as_u64().unwrap_or(65_535);
        (from..=to).contains(&port) && at(rule, "SourceSecurityGroupId").is_null()
    })
}
