//! The distribution as visitors see it.

use serde_json::Value;
use template_render::read::{at, list, number, texts};

use crate::render::{Render, Resource, flat, refers_to};
use crate::rule::{CLOUD, PRODUCTION, Report, Rule};

const DISTRIBUTION: &str = "AWS::CloudFront::Distribution";
const CONTROLS: &str = "securityhub/latest/userguide/cloudfront-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new("viewer-https", "visitors by HTTP are led to HTTPS", https)
        .of(&[DISTRIBUTION], CONTROLS)
        .answers(&["FSBP CloudFront.3"])
        // Class local is plain HTTP on one machine.
        .on(CLOUD),
    Rule::new("viewer-tls", "visitors come by TLSv1.2_2021 or newer", tls)
        .of(&[DISTRIBUTION], CONTROLS)
        .answers(&["FSBP CloudFront.15"]),
    Rule::new(
        "viewer-certificate",
        "the site has a certificate of its own, served by SNI",
        certificate,
    )
    .of(&[DISTRIBUTION], CONTROLS)
    .answers(&["FSBP CloudFront.7", "FSBP CloudFront.8"])
    .on(PRODUCTION),
    Rule::new(
        "distribution-firewall",
        "a web ACL is asked for each request",
        firewall,
    )
    .of(&[DISTRIBUTION, "AWS::WAFv2::WebACL"], CONTROLS)
    .answers(&["FSBP CloudFront.6"])
    .on(CLOUD),
    Rule::new(
        "distribution-logs",
        "each request is logged, by the second version of CloudFront's logs: the first needs ACLs",
        logs,
    )
    .of(
        &[
            "AWS::Logs::DeliverySource",
            "AWS::Logs::DeliveryDestination",
            "AWS::Logs::Delivery",
        ],
        "AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
    )
    .answers(&["FSBP CloudFront.5 (by another way)"])
    .on(CLOUD),
    Rule::new(
        "response-headers",
        "each answer has HSTS for a year or more, and no guessing of content types",
        headers,
    )
    .of(
        &[DISTRIBUTION, "AWS::CloudFront::ResponseHeadersPolicy"],
        "AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html",
    ),
    Rule::new(
        "read-only-behaviours",
        "buckets and functions' URLs are asked by GET and HEAD only: a signed POST needs a hash \
         that browsers do not send",
        read_only,
    )
    .of(
        &[DISTRIBUTION],
        "AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html",
    ),
    Rule::new(
        "error-caching",
        "an error of the origin is not kept for longer than ten seconds",
        error_caching,
    )
    .of(
        &[DISTRIBUTION],
        "AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html",
    ),
];

/// Every behaviour, with how to call it.
fn behaviours(distribution: Resource<'_>) -> impl Iterator<Item = (&str, &Value)> {
    let default = distribution.get("DistributionConfig/DefaultCacheBehavior");
    let others = distribution
        .list("DistributionConfig/CacheBehaviors")
        .iter();
    std::iter::once(("the default", default)).chain(others.map(|behaviour| {
        let path = at(behaviour, "PathPattern").as_str().unwrap_or_default();
        (path, behaviour)
    }))
}

fn https(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        for (name, behaviour) in behaviours(distribution) {
            let policy = at(behaviour, "ViewerProtocolPolicy")
                .as_str()
                .unwrap_or_default();
            if !["redirect-to-https", "https-only"].contains(&policy) {
                report.wrong(
                    distribution,
                    format!("{name} has ViewerProtocolPolicy {policy:?}"),
                );
            }
        }
    }
}

fn tls(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        let least =
            distribution.text("DistributionConfig/ViewerCertificate/MinimumProtocolVersion");
        report.ensure(
            ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"].contains(&least),
            distribution,
            "older TLS is let in",
        );
    }
}

fn certificate(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        let certificate = distribution.get("DistributionConfig/ViewerCertificate");
        report.ensure(
            !at(certificate, "AcmCertificateArn").is_null()
                && at(certificate, "SslSupportMethod") == "sni-only",
            distribution,
            "it serves CloudFront's certificate, or needs an address of its own",
        );
        report.ensure(
            !distribution.list("DistributionConfig/Aliases").is_empty(),
            distribution,
            "it has no name but CloudFront's",
        );
    }
}

fn firewall(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        let acl = distribution.get("DistributionConfig/WebACLId");
        let given = acl
            .as_str()
            .is_some_and(|arn| arn.contains(":global/webacl/"));
        let made = render
            .target(acl)
            .is_some_and(|it| it.kind == "AWS::WAFv2::WebACL");
        report.ensure(given || made, distribution, "no web ACL stands before it");
    }
}

fn logs(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        let name = format!("distribution/${{{}}}", distribution.id);
        let source = render
            .of("AWS::Logs::DeliverySource")
            .find(|source| flat(source.get("ResourceArn")).ends_with(&name));
        let delivered = source.is_some_and(|source| {
            render.of("AWS::Logs::Delivery").any(|delivery| {
                refers_to(delivery.get("DeliverySourceName")) == Some(source.id)
                    && render
                        .target(delivery.get("DeliveryDestinationArn"))
                        .is_some()
            })
        });
        report.ensure(delivered, distribution, "its requests are not logged");
    }
}

fn headers(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        for (name, behaviour) in behaviours(distribution) {
            let policy = render.target(at(behaviour, "ResponseHeadersPolicyId"));
            let secure = policy.is_some_and(|policy| {
                let headers = policy.get("ResponseHeadersPolicyConfig/SecurityHeadersConfig");
                let age = number(at(
                    headers,
                    "StrictTransportSecurity/AccessControlMaxAgeSec",
                ));
                age.is_some_and(|age| age >= 31_536_000)
                    && at(headers, "ContentTypeOptions/Override") == true
            });
            if !secure {
                report.wrong(
                    distribution,
                    format!("{name} answers without HSTS or nosniff"),
                );
            }
        }
    }
}

fn read_only(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        let origins = distribution.list("DistributionConfig/Origins");
        let signed = |id: &str| {
            origins.iter().any(|origin| {
                at(origin, "Id") == id && !at(origin, "OriginAccessControlId").is_null()
            })
        };
        let groups = distribution.list("DistributionConfig/OriginGroups/Items");
        let group_is_signed = |id: &str| {
            groups
                .iter()
                .filter(|group| at(group, "Id") == id)
                .flat_map(|group| list(at(group, "Members/Items")))
                .any(|member| at(member, "OriginId").as_str().is_some_and(signed))
        };
        for (name, behaviour) in behaviours(distribution) {
            let origin = at(behaviour, "TargetOriginId").as_str().unwrap_or_default();
            let writes = texts(at(behaviour, "AllowedMethods"))
                .any(|method| !["GET", "HEAD", "OPTIONS"].contains(&method));
            if writes && (signed(origin) || group_is_signed(origin)) {
                report.wrong(
                    distribution,
                    format!("{name} lets requests with a body to {origin}"),
                );
            }
        }
    }
}

fn error_caching(render: &Render<'_>, report: &mut Report) {
    for distribution in render.of(DISTRIBUTION) {
        let answers = distribution.list("DistributionConfig/CustomErrorResponses");
        for code in [500, 502, 503, 504] {
            let kept = answers
                .iter()
                .find(|answer| at(answer, "ErrorCode") == code)
                .and_then(|answer| number(at(answer, "ErrorCachingMinTTL")));
            if kept.is_none_or(|seconds| seconds > 10) {
                report.wrong(
                    distribution,
                    format!("a {code} is kept after the origin is well"),
                );
            }
        }
    }
}
