//! The page that says what is checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use crate::mutations::mutations;
use crate::rule::{ALL, CLOUD, KEPT, PRODUCTION, Rule};
use crate::rules::{exceptions, rules};

const INTRODUCTION: &str = "\
# Controls of the template

What must hold of [`template.yaml`](../template.yaml), by `shared/template-rules`; `cargo run -- \
validate` checks it. It looks at what SAM makes of the template, and at what each class deploys of it.
This page is generated from the rules:
`cargo run -p template-rules --example controls > docs/template-controls.md`.

FSBP is the standard [Foundational Security Best \
Practices](https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html); \"Security \
Hub\" are controls outside of it; CIS is the CIS AWS Foundations Benchmark 3.0.0.
";

/// Controls that the template does not hold, or not in each class, and why.
const NOT_HELD: &[(&str, &str)] = &[
    (
        "FSBP CloudFront.1",
        "the site answers `/` itself; a default object is for sites in a bucket",
    ),
    (
        "FSBP CloudFront.5",
        "wants the first version of CloudFront's logs, which need a bucket with ACLs, against S3.12; \
         requests are logged by the second version",
    ),
    (
        "FSBP CloudTrail.5, Security Hub CloudWatch.1 to .14, CIS 4.1 to 4.15",
        "`audit.yaml` has them, for the account; without it, log-processor reads the trail from its \
         bucket, and log-report tells of it: [logs](logs.md)",
    ),
    (
        "FSBP S3.1, EC2.7, EC2.172, GuardDuty, Inspector, Macie, Config, CIS 1 and 2.2",
        "of the account, not of a stack",
    ),
    (
        "FSBP EC2.2, CIS 5.4",
        "a template cannot change the default security group; nothing here uses it",
    ),
    (
        "FSBP EC2.10, EC2.55 to EC2.60",
        "interface endpoints: what functions call there goes through NAT or not at all: \
         [how functions reach what they need](template.md#how-functions-reach-what-they-need)",
    ),
    (
        "FSBP RDS.5, ElastiCache.3 in classes dev and small",
        "a standby doubles the price; class production has one",
    ),
    (
        "FSBP RDS.8, DynamoDB.6, ELB.6 in classes dev and small",
        "such a stack is made to be deleted; the database leaves a snapshot, and tables stay",
    ),
    ("FSBP RDS.11 in class dev", "backups of a day"),
    (
        "FSBP RDS.19 to RDS.22",
        "EventBridge tells health-event of what happens to the instance and the proxy; groups of \
         parameters and security groups change with the template only",
    ),
    (
        "FSBP RDS.23",
        "who is let in by the security group is not kept out by another port",
    ),
    (
        "Security Hub DynamoDB.4, RDS.26, S3.7, S3.15",
        "point-in-time recovery, the database's backups and versions are kept; a plan of AWS Backup, a \
         second region and locks are for the owner to choose, and to pay",
    ),
    (
        "CIS 3.8, 3.9",
        "data events cost by the event; who asked a bucket for what is in its access logs",
    ),
    (
        "FSBP ElastiCache.1",
        "everything in the cache can be computed anew",
    ),
    (
        "FSBP AutoScaling.6",
        "one type of instance in two zones, so that its figures compare",
    ),
    (
        "FSBP ELB.1, ELB.18, CloudFront.7 in class dev",
        "no certificate is asked for there; CloudFront reaches the load balancer inside the network",
    ),
    (
        "Security Hub ELB.16",
        "the web ACL is at CloudFront, and nothing else reaches the load balancer",
    ),
    (
        "Security Hub ELB.22",
        "web servers are asked by HTTP, inside the network, by proxies only",
    ),
    (
        "FSBP SecretsManager.1, SecretsManager.4",
        "the keys made here sign links that are valid for long: a rotation would break them. The \
         database's password is rotated by RDS",
    ),
    (
        "Security Hub S3.17",
        "buckets have S3's keys: CloudFront, log delivery and the load balancer write and read there",
    ),
    (
        "FSBP CloudFormation.3, CloudFormation.4",
        "of the call that deploys, not of the template",
    ),
];

/// The page `docs/template-controls.md`: rules by control, what is not held and why, exceptions,
/// and the known defects with the rule that notices each.
#[must_use]
pub fn controls_document() -> String {
    let mut page = String::from(INTRODUCTION);
    // Writing to a String does not fail.
    let _ = write_tables(&mut page);
    page
}

/// The table of README: of each service, which controls are held by which rules, on what.
#[must_use]
pub fn controls_summary() -> String {
    let mut by_service: BTreeMap<&str, Vec<(&str, &Rule)>> = BTreeMap::new();
    for rule in rules() {
        for control in rule.controls {
            let (service, _, _) = place(control);
            let service = if service.starts_with("CIS") {
                "CIS"
            } else {
                service
            };
            let held = by_service.entry(service).or_default();
            held.push((*control, rule));
        }
    }
    let mut table = String::from("| controls | rules | resource types |\n|---|---|---|\n");
    for (service, held) in by_service {
        let mut controls: Vec<_> = held.iter().map(|(control, _)| place(control)).collect();
        controls.sort_unstable();
        controls.dedup();
        let ids: BTreeSet<&str> = held.iter().map(|(_, rule)| rule.id).collect();
        let types = held.iter().flat_map(|(_, rule)| rule.types);
        let types: BTreeSet<&str> = types.map(|kind| short(kind)).collect();
        let types: Vec<&str> = types.into_iter().collect();
        let numbers: Vec<_> = controls.iter().map(|place| number(place.2)).collect();
        let numbers = numbers.join(", ");
        let row = format!(
            "| {service} {numbers} | {} | {} |\n",
            ids.len(),
            types.join(", ")
        );
        table.push_str(&row);
    }
    table
}

fn write_tables(page: &mut String) -> fmt::Result {
    controls(page)?;
    all_rules(page)?;
    not_held(page)?;
    exempted(page)?;
    defects(page)
}

fn controls(page: &mut String) -> fmt::Result {
    let mut by_control: BTreeMap<(&str, u32, &str), Vec<&Rule>> = BTreeMap::new();
    for rule in rules() {
        for control in rule.controls {
            by_control.entry(place(control)).or_default().push(rule);
        }
    }
    writeln!(page, "\n## Controls\n")?;
    writeln!(
        page,
        "{} controls, each by one rule or more.\n",
        by_control.len()
    )?;
    writeln!(page, "| control | rules | resource types |\n|---|---|---|")?;
    for ((_, _, control), rules) in by_control {
        let ids: Vec<String> = rules.iter().map(|rule| format!("`{}`", rule.id)).collect();
        let mut types: Vec<&str> = rules
            .iter()
            .flat_map(|rule| rule.types)
            .map(|kind| short(kind))
            .collect();
        types.sort_unstable();
        types.dedup();
        writeln!(
            page,
            "| {control} | {} | {} |",
            ids.join(", "),
            types.join(", ")
        )?;
    }
    Ok(())
}

/// `9` of `FSBP RDS.9`, and `1.16` of `CIS 1.16`.
fn number(control: &str) -> &str {
    let name = control.split(" (").next().unwrap_or(control);
    let name = name.strip_prefix("FSBP ").unwrap_or(name);
    let name = name.strip_prefix("Security Hub ").unwrap_or(name);
    name.split_once(['.', ' '])
        .map_or(name, |(_, number)| number)
}

/// Sorts `RDS.9` before `RDS.11`.
fn place(control: &'static str) -> (&'static str, u32, &'static str) {
    let name = control.split(" (").next().unwrap_or(control);
    match name.rsplit_once('.') {
        Some((service, number)) => (service, number.parse().unwrap_or(0), control),
        None => (name, 0, control),
    }
}

fn short(kind: &'static str) -> &'static str {
    kind.strip_prefix("AWS::").unwrap_or(kind)
}

fn all_rules(page: &mut String) -> fmt::Result {
    writeln!(page, "\n## Rules\n")?;
    writeln!(page, "{} rules.\n", rules().len())?;
    writeln!(
        page,
        "| rule | what it allows | in | why |\n|---|---|---|---|"
    )?;
    for rule in rules() {
        let Rule {
            id,
            statement,
            reference,
            subjects,
            ..
        } = rule;
        let classes = match *subjects {
            all if all == ALL => "every class",
            cloud if cloud == CLOUD => "dev, small, production",
            kept if kept == KEPT => "small, production",
            production if production == PRODUCTION => "production",
            _ => "the template",
        };
        let link = format!("[AWS](https://docs.aws.amazon.com/{reference})");
        writeln!(page, "| `{id}` | {statement} | {classes} | {link} |")?;
    }
    Ok(())
}

fn not_held(page: &mut String) -> fmt::Result {
    writeln!(
        page,
        "\n## What is not held\n\n| control | why |\n|---|---|"
    )?;
    for (control, why) in NOT_HELD {
        writeln!(page, "| {control} | {why} |")?;
    }
    Ok(())
}

fn exempted(page: &mut String) -> fmt::Result {
    writeln!(
        page,
        "\n## Exceptions\n\n| rule | for | why |\n|---|---|---|"
    )?;
    for (rule, list) in exceptions() {
        for (name, why) in list {
            writeln!(page, "| `{rule}` | `{name}` | {why} |")?;
        }
    }
    Ok(())
}

fn defects(page: &mut String) -> fmt::Result {
    writeln!(page, "\n## Known defects\n")?;
    writeln!(
        page,
        "{} defects that are made in the template one at a time, to see that the rule notices: a \
         rule that never failed proves nothing. A rule has one or more.\n",
        mutations().len()
    )?;
    writeln!(
        page,
        "| defect | where | in | noticed by |\n|---|---|---|---|"
    )?;
    for mutation in mutations() {
        let resource = match mutation.resource {
            "" => "the template".to_owned(),
            id => format!("`{id}`"),
        };
        let (name, subject, rule) = (mutation.name, mutation.subject, mutation.rule);
        writeln!(page, "| {name} | {resource} | {subject} | `{rule}` |")?;
    }
    Ok(())
}
