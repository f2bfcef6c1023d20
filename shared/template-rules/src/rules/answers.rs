//! Functions that somebody waits for.

use serde_json::Value;
use template_render::read::at;

use crate::render::{Render, Resource, refers_to};
use crate::rule::{KEPT, Report, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "function-reservation",
        "what the internet calls has its concurrency reserved, so that it takes none of the others; \
         not the owner's pages, which are behind a sign-in",
        reservation,
    )
    .of(
        &["AWS::Lambda::Function"],
        "lambda/latest/dg/configuration-concurrency.html",
    )
    // A new account has too little concurrency for class dev to reserve any.
    .on(KEPT),
    Rule::new(
        "function-answers-in-time",
        "a function that is waited for ends before the load balancer and CloudFront give up",
        answers_in_time,
    )
    .of(
        &["AWS::Lambda::Function", "AWS::CloudFront::Distribution"],
        "AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html",
    ),
];

/// The functions that answer the load balancer or a URL, and whether somebody signs in before.
fn answering<'a>(render: &Render<'a>) -> Vec<(Resource<'a>, bool)> {
    let signs_in = |group: Resource<'a>| {
        render
            .of("AWS::ElasticLoadBalancingV2::ListenerRule")
            .any(|rule| {
                let actions = rule.list("Actions");
                let forwards =
                    |action: &Value| refers_to(at(action, "TargetGroupArn")) == Some(group.id);
                let asks = |action: &Value| {
                    let kind = at(action, "Type").as_str().unwrap_or_default();
                    kind.starts_with("authenticate-")
                };
                actions.iter().any(forwards) && actions.iter().any(asks)
            })
    };
    let targets = render
        .of("AWS::ElasticLoadBalancingV2::TargetGroup")
        .filter(|group| group.text("TargetType") == "lambda")
        .filter_map(|group| Some((render.function(group.get("Targets/0/Id"))?, signs_in(group))));
    let urls = render
        .of("AWS::Lambda::Url")
        .filter_map(|url| Some((render.function(url.get("TargetFunctionArn"))?, false)));
    targets.chain(urls).collect()
}

fn reservation(render: &Render<'_>, report: &mut Report) {
    for (function, signs_in) in answering(render) {
        report.ensure(
            signs_in || function.has("ReservedConcurrentExecutions"),
            function,
            "a flood of requests takes the concurrency of all functions",
        );
    }
}

fn answers_in_time(render: &Render<'_>, report: &mut Report) {
    let idle = render
        .of("AWS::ElasticLoadBalancingV2::LoadBalancer")
        .filter_map(|it| {
            it.attribute("LoadBalancerAttributes", "idle_timeout.timeout_seconds")
                .as_str()?
                .parse()
                .ok()
        });
    let reads = render
        .of("AWS::CloudFront::Distribution")
        .flat_map(|it| it.list("DistributionConfig/Origins"))
        .flat_map(|origin| ["CustomOriginConfig", "VpcOriginConfig"].map(|kind| at(origin, kind)))
        .filter(|config| !config.is_null())
        .map(|config| at(config, "OriginReadTimeout").as_u64().unwrap_or(30));
    let Some(shortest) = idle.chain(reads).min() else {
        return;
    };
    for (function, _) in answering(render) {
        let timeout = function.number("Timeout").unwrap_or(3);
        if timeout >= shortest {
            report.wrong(
                function,
                format!("may take {timeout} s, who waits gives up after {shortest} s"),
            );
        }
    }
}
