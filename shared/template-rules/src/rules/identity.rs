//! Roles and policies: who may do what.

use serde_json::Value;
use template_render::read::{at, list, texts};

use crate::policy::{self, Statement};
use crate::render::{Render, flat, refers_to};
use crate::rule::{CLOUD, Report, Rule};

const ROLE: &str = "AWS::IAM::Role";
const CONTROLS: &str = "securityhub/latest/userguide/iam-controls.html";
const DEPUTY: &str = "IAM/latest/UserGuide/confused-deputy.html";

/// Actions that IAM cannot limit to a resource, and what needs them.
pub(super) const EVERYWHERE: &[(&str, &str)] = &[
    ("cloudtrail:ListPublicKeys", "log-processor checks digests"),
    ("cloudwatch:GetMetricData", "health-probe reads metrics"),
    (
        "elasticloadbalancing:DescribeTargetGroups",
        "health-probe looks at targets",
    ),
    (
        "elasticloadbalancing:DescribeTargetHealth",
        "health-probe looks at targets",
    ),
    (
        "lambda:GetAccountSettings",
        "health-probe compares with the account's limit",
    ),
    (
        "rds:DescribeCertificates",
        "health-probe looks when certificates end",
    ),
];

/// Policies of AWS that roles may have.
const MANAGED: &[&str] = &[
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSXrayWriteOnlyAccess",
    "AmazonRDSEnhancedMonitoringRole",
    "AmazonSSMManagedInstanceCore",
];

pub(super) const RULES: &[Rule] = &[
    Rule::new("policy-actions", "a role's policy names each action", actions)
        .of(&[ROLE], CONTROLS)
        .answers(&["FSBP IAM.1", "FSBP IAM.21", "CIS 1.16"]),
    Rule::new(
        "policy-resources",
        "a role's policy names its resources; `*` only for actions that know no resource",
        resources,
    )
    .of(&[ROLE], "service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html")
    .answers(&["FSBP KMS.1", "FSBP KMS.2"]),
    Rule::new(
        "policy-negations",
        "nothing is allowed by saying what is not",
        negations,
    )
    .of(
        &[ROLE, "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"],
        "IAM/latest/UserGuide/reference_policies_elements_notaction.html",
    ),
    Rule::new(
        "policy-escalation",
        "no role may give rights, or take another role",
        escalation,
    )
    .of(&[ROLE], "IAM/latest/UserGuide/best-practices.html"),
    Rule::new(
        "managed-policies",
        "roles have policies of AWS only for logs, traces, queues, streams, networks, RDS's monitoring and Session Manager",
        managed,
    )
    .of(&[ROLE], "IAM/latest/UserGuide/access_policies_managed-vs-inline.html")
    .answers(&["FSBP IAM.1"]),
    Rule::new("role-boundary", "where a permissions boundary is given, each role has it", boundary)
        .of(
            &[ROLE],
            "IAM/latest/UserGuide/access_policies_boundaries.html",
        )
        .on(CLOUD),
    Rule::new("role-trust", "roles are for one service of AWS each", trust)
        .of(&[ROLE], DEPUTY),
    Rule::new(
        "resource-policies",
        "a policy of a resource lets in services only, and only for this account",
        principals,
    )
    .of(&["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"], DEPUTY)
    .answers(&["FSBP S3.6", "FSBP SQS.3", "FSBP SNS.4"]),
    Rule::new(
        "intake-cannot-read",
        "the function that takes forms from the internet writes submissions and reads none",
        intake,
    )
    .of(&[ROLE], "IAM/latest/UserGuide/best-practices.html#grant-least-privilege"),
];

fn allowed<'a>(render: &Render<'a>) -> impl Iterator<Item = Statement<'a>> {
    policy::of_identities(render)
        .into_iter()
        .filter(|statement| statement.allows())
}

fn actions(render: &Render<'_>, report: &mut Report) {
    for statement in allowed(render) {
        for action in statement.actions().filter(|action| action.contains('*')) {
            report.wrong(
                statement.owner,
                format!("{} allows {action}", statement.name()),
            );
        }
    }
}

fn resources(render: &Render<'_>, report: &mut Report) {
    for statement in allowed(render) {
        let everywhere = statement.resources().iter().any(|it| it == "*");
        let limited = |action: &&str| !EVERYWHERE.iter().any(|(known, _)| known == action);
        for action in statement.actions().filter(limited).filter(|_| everywhere) {
            report.wrong(
                statement.owner,
                format!("{} allows {action} on everything", statement.name()),
            );
        }
    }
}

fn negations(render: &Render<'_>, report: &mut Report) {
    let statements = policy::of_identities(render)
        .into_iter()
        .chain(policy::of_trust(render))
        .chain(policy::of_resources(render));
    for statement in statements.filter(|statement| statement.allows()) {
        for element in ["NotAction", "NotResource", "NotPrincipal"] {
            if !at(statement.body, element).is_null() {
                report.wrong(
                    statement.owner,
                    format!("{} has {element}", statement.name()),
                );
            }
        }
    }
}

fn escalation(render: &Render<'_>, report: &mut Report) {
    for statement in allowed(render) {
        let gives = |action: &&str| {
            ["iam:", "sts:", "organizations:", "account:", "*"]
                .iter()
                .any(|start| action.starts_with(start))
        };
        for action in statement.actions().filter(gives) {
            report.wrong(
                statement.owner,
                format!("{} allows {action}", statement.name()),
            );
        }
    }
}

fn managed(render: &Render<'_>, report: &mut Report) {
    for role in render.of(ROLE) {
        for policy in role.list("ManagedPolicyArns").iter().map(flat) {
            let name = policy.rsplit('/').next().unwrap_or_default();
            if !MANAGED.contains(&name) {
                report.wrong(role, format!("it has the policy {policy}"));
            }
        }
    }
}

fn boundary(render: &Render<'_>, report: &mut Report) {
    let is_given = render.of(ROLE).any(|role| role.has("PermissionsBoundary"));
    for role in render.of(ROLE).filter(|_| is_given) {
        let bounded = role.has("PermissionsBoundary");
        report.ensure(bounded, role, "nothing bounds it, as it does others");
    }
}

fn trust(render: &Render<'_>, report: &mut Report) {
    for statement in policy::of_trust(render) {
        let services: Vec<&str> = texts(at(statement.body, "Principal/Service")).collect();
        let kinds = at(statement.body, "Principal").as_object();
        let only_services = kinds.is_some_and(|kinds| kinds.len() == 1) && services.len() == 1;
        report.ensure(
            only_services,
            statement.owner,
            "others than one service may take it",
        );
    }
}

fn principals(render: &Render<'_>, report: &mut Report) {
    let statements = policy::of_resources(render)
        .into_iter()
        .filter(|statement| statement.allows() && statement.owner.kind != "AWS::KMS::Key");
    for statement in statements {
        let service = !at(statement.body, "Principal/Service").is_null();
        if !service {
            report.wrong(
                statement.owner,
                format!("{} lets others in", statement.name()),
            );
        } else if !is_for_this_account(statement) {
            report.wrong(
                statement.owner,
                format!("{} lets the service in for any account", statement.name()),
            );
        }
    }
}

/// Whether a statement asks whom a service acts for, or allows only keys below the account's
/// number, which is where the service puts the account's logs.
fn is_for_this_account(statement: Statement<'_>) -> bool {
    let resources = statement.resources();
    let below = |resource: &String| {
        let account = resource
            .split_once("/AWSLogs/")
            .map(|(_, rest)| rest.split('/').next().unwrap_or_default());
        account.is_some_and(|it| {
            it == "${AWS::AccountId}" || it.len() == 12 && it.bytes().all(|b| b.is_ascii_digit())
        })
    };
    statement.asks_for("aws:SourceArn")
        || statement.asks_for("aws:SourceAccount")
        || !resources.is_empty() && resources.iter().all(below)
}

const INTAKE: &str = "FormsIntakeFunction";

fn intake(render: &Render<'_>, report: &mut Report) {
    let Some(function) = render.named(INTAKE) else {
        report.wrong_with(INTAKE, "the rule is about a function that is not there");
        return;
    };
    let may = [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "sqs:SendMessage",
    ];
    let role = policy::role_of(render, function);
    for statement in role.into_iter().flat_map(policy::of_role) {
        let of = |table: &str| {
            let resources = list(at(statement.body, "Resource"));
            resources.iter().all(|it| refers_to(it) == Some(table))
        };
        for action in statement.actions() {
            let fits = match action {
                "dynamodb:GetItem" => {
                    of("FormsGuardTable") && reads_operators_only(statement.condition())
                }
                "dynamodb:UpdateItem" => of("FormsGuardTable"),
                _ => true,
            };
            if !may.contains(&action) || !fits {
                report.wrong(function, format!("{} allows {action}", statement.name()));
            }
        }
    }
}

fn reads_operators_only(condition: &Value) -> bool {
    let keys = at(condition, "ForAllValues:StringEquals/dynamodb:LeadingKeys");
    list(keys).len() == 1 && texts(keys).all(|key| key == "abusive-operators")
}
