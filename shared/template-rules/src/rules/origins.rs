//! What CloudFront asks, and how.

use serde_json::Value;
use template_render::read::{at, list, texts};

use crate::render::{Render, Resource};
use crate::rule::{ALL, PRODUCTION, Report, Rule};

const DISTRIBUTION: &str = "AWS::CloudFront::Distribution";
const CONTROLS: &str = "securityhub/latest/userguide/cloudfront-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "origin-access",
        "buckets, of this template, and functions' URLs are asked by signed requests",
        access,
    )
    .of(&[DISTRIBUTION, "AWS::CloudFront::OriginAccessControl"], CONTROLS)
    .answers(&["FSBP CloudFront.12", "FSBP CloudFront.13", "FSBP CloudFront.16"]),
    Rule::new(
        "origin-failover",
        "where a stored image is missing or its bucket fails, the function is asked",
        failover,
    )
    .of(&[DISTRIBUTION], CONTROLS)
    .answers(&["FSBP CloudFront.4"]),
    Rule::new("origin-tls", "origins outside the network are asked by TLS 1.2", tls)
        .of(&[DISTRIBUTION], CONTROLS)
        .answers(&["FSBP CloudFront.9", "FSBP CloudFront.10"]),
    Rule::new("vpc-origin-tls", "the load balancer is asked by TLS 1.2", vpc_tls)
        .of(&["AWS::CloudFront::VpcOrigin"], CONTROLS)
        .answers(&["FSBP CloudFront.9", "FSBP CloudFront.10"])
        .on(PRODUCTION),
    Rule::new(
        "vpc-origin-tags",
        "an origin in the network has no tags that change with a deployment: it cannot be updated in use",
        vpc_tags,
    )
    .of(
        &["AWS::CloudFront::VpcOrigin"],
        "AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html",
    )
    .on(ALL),
];

fn origins(distribution: Resource<'_>) -> impl Iterator<Item = (&str, &Value)> {
    distribution
        .list("DistributionConfig/Origins")
        .iter()
        .map(|origin| (at(origin, "Id").as_str().unwrap_or_default(), origin))
}

fn access(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        for (name, origin) in origins(distribution) {
            let in_network = !at(origin, "VpcOriginConfig").is_null();
            let control = render.target(at(origin, "OriginAccessControlId"));
            let signs = control.is_some_and(|control| {
                control.text("OriginAccessControlConfig/SigningBehavior") == "always"
            });
            if !in_network && !signs {
                report.wrong(distribution, format!("{name} is asked without a signature"));
            }
            let bucket = render.target(at(origin, "DomainName"));
            let from_bucket = !at(origin, "S3OriginConfig").is_null();
            if from_bucket && bucket.is_none_or(|it| it.kind != "AWS::S3::Bucket") {
                // Whoever makes a bucket of that name would be asked.
                report.wrong(
                    distribution,
                    format!("{name} is no bucket of this template"),
                );
            }
            let identity = at(origin, "S3OriginConfig/OriginAccessIdentity");
            if !(identity.is_null() || identity == "") {
                report.wrong(
                    distribution,
                    format!("{name} has an origin access identity"),
                );
            }
        }
    }
}

fn failover(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        let complete = |group: &Value| {
            let codes = list(at(group, "FailoverCriteria/StatusCodes/Items"));
            let needed = [403, 404, 500, 502, 503, 504];
            needed.iter().all(|code| codes.iter().any(|it| it == code))
                && list(at(group, "Members/Items")).len() == 2
        };
        report.ensure(
            distribution
                .list("DistributionConfig/OriginGroups/Items")
                .iter()
                .any(complete),
            distribution,
            "no origin group stands in for 403, 404 and 5xx",
        );
    }
}

fn tls(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        for (name, origin) in origins(distribution) {
            let config = at(origin, "CustomOriginConfig");
            if !config.is_null() && !asks_by_tls(config) {
                report.wrong(distribution, format!("{name} is not asked by TLS 1.2"));
            }
        }
    }
}

fn vpc_tls(render: &Render<'_>, report: &mut Report) {
    for origin in render.of("AWS::CloudFront::VpcOrigin") {
        report.ensure(
            asks_by_tls(origin.get("VpcOriginEndpointConfig")),
            origin,
            "it is not asked by TLS 1.2",
        );
    }
}

fn asks_by_tls(config: &Value) -> bool {
    let mut protocols = texts(at(config, "OriginSSLProtocols"));
    at(config, "OriginProtocolPolicy") == "https-only" && protocols.all(|it| it == "TLSv1.2")
}

fn vpc_tags(render: &Render<'_>, report: &mut Report) {
    for origin in render.of("AWS::CloudFront::VpcOrigin") {
        let fixed = |tag: &Value| {
            let value = at(tag, "Value");
            value.is_string() || render.target(value).is_some()
        };
        let changing = ["version", "commit", "release", "revision", "sha"];
        let tags = origin.list("Tags");
        let named = tags.iter().any(|tag| {
            let key = at(tag, "Key").as_str().unwrap_or_default().to_lowercase();
            changing.iter().any(|word| key.contains(word))
        });
        report.ensure(
            !named && tags.iter().all(fixed),
            origin,
            "it has a tag that changes",
        );
    }
}
