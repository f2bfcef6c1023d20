//! The web ACL.

use serde_json::Value;
use template_render::read::{at, number};

use crate::render::{Render, refers_to};
use crate::rule::{CLOUD, Report, Rule};

const ACL: &str = "AWS::WAFv2::WebACL";
const CONTROLS: &str = "securityhub/latest/userguide/waf-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "firewall-groups",
        "AWS's rules against known sources, common attacks, known bad input and SQL injection are asked",
        groups,
    )
    .of(&[ACL], CONTROLS)
    .answers(&["FSBP WAF.10"])
    .on(CLOUD),
    Rule::new(
        "firewall-rate",
        "an address may ask 3,000 times in five minutes, and send forms far less often",
        rate,
    )
    .of(
        &[ACL],
        "waf/latest/developerguide/waf-rule-statement-type-rate-based.html",
    )
    .on(CLOUD),
    Rule::new("firewall-metrics", "each rule is measured", metrics)
        .of(&[ACL], CONTROLS)
        .answers(&["FSBP WAF.12"])
        .on(CLOUD),
    Rule::new(
        "firewall-logs",
        "what is blocked or counted is logged, without cookies and credentials",
        logs,
    )
    .of(&[ACL, "AWS::WAFv2::LoggingConfiguration"], CONTROLS)
    .answers(&["Security Hub WAF.11"])
    .on(CLOUD),
];

const GROUPS: [&str; 4] = [
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
];

fn groups(render: &Render<'_>, report: &mut Report) {
    for acl in render.of(ACL) {
        for group in GROUPS {
            let asked = acl.list("Rules").iter().any(|rule| {
                at(rule, "Statement/ManagedRuleGroupStatement/Name") == group
                    && at(rule, "OverrideAction/Count").is_null()
            });
            if !asked {
                report.wrong(acl, format!("{group} is not asked, or only counts"));
            }
        }
    }
}

fn rate(render: &Render<'_>, report: &mut Report) {
    for acl in render.of(ACL) {
        let limits = |scoped: bool| {
            acl.list("Rules").iter().filter_map(move |rule| {
                let statement = at(rule, "Statement/RateBasedStatement");
                let blocks = !at(rule, "Action/Block").is_null();
                let is_scoped = !at(statement, "ScopeDownStatement").is_null();
                (blocks && is_scoped == scoped).then(|| number(at(statement, "Limit")))?
            })
        };
        report.ensure(
            limits(false).any(|limit| limit <= 3000),
            acl,
            "an address may ask as often as it likes",
        );
        report.ensure(
            limits(true).any(|limit| limit <= 100),
            acl,
            "an address may send as many forms as it likes",
        );
    }
}

fn metrics(render: &Render<'_>, report: &mut Report) {
    for acl in render.of(ACL) {
        let measured = |config: &Value| at(config, "CloudWatchMetricsEnabled") == true;
        for rule in acl.list("Rules") {
            if !measured(at(rule, "VisibilityConfig")) {
                let name = at(rule, "Name").as_str().unwrap_or_default();
                report.wrong(acl, format!("the rule {name} is not measured"));
            }
        }
        report.ensure(
            measured(acl.get("VisibilityConfig")),
            acl,
            "it is not measured",
        );
    }
}

fn logs(render: &Render<'_>, report: &mut Report) {
    for acl in render.of(ACL) {
        let config = render
            .of("AWS::WAFv2::LoggingConfiguration")
            .find(|config| refers_to(config.get("ResourceArn")) == Some(acl.id));
        let Some(config) = config else {
            report.wrong(acl, "what it blocks is not logged");
            continue;
        };
        for header in ["cookie", "authorization"] {
            let redacted = config
                .list("RedactedFields")
                .iter()
                .any(|field| at(field, "SingleHeader/Name") == header);
            if !redacted {
                report.wrong(config, format!("the header {header} is logged"));
            }
        }
    }
}
