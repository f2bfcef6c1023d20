//! The stack's own key, and what it encrypts.

use serde_json::Value;
use template_render::read::{at, texts};

use crate::policy;
use crate::render::{Render, refers_to};
use crate::rule::{CLOUD, Report, Rule};

const KEY: &str = "AWS::KMS::Key";
const KMS_CONTROLS: &str = "securityhub/latest/userguide/kms-controls.html";

/// Topics without a key, and why.
pub(super) const PLAIN_TOPICS: &[(&str, &str)] = &[(
    "CacheTopic",
    "names of nodes and events, no data; ElastiCache has to be able to publish",
)];

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "key-rotation",
        "keys are rotated each year, and deleted after a month",
        rotation,
    )
    .of(&[KEY], KMS_CONTROLS)
    .answers(&["Security Hub KMS.4", "FSBP KMS.3", "CIS 3.6"]),
    Rule::new(
        "key-policy",
        "a key is for this account: who is not named comes through services that check",
        key_policy,
    )
    .of(&[KEY], KMS_CONTROLS)
    .answers(&["FSBP KMS.5"]),
    Rule::new(
        "table-key",
        "tables are encrypted by the stack's key",
        tables,
    )
    .of(
        &["AWS::DynamoDB::Table"],
        "amazondynamodb/latest/developerguide/EncryptionAtRest.html",
    )
    .on(CLOUD),
    Rule::new(
        "log-key",
        "log groups are encrypted by the stack's key",
        logs,
    )
    .of(
        &["AWS::Logs::LogGroup"],
        "AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    )
    .on(CLOUD),
    Rule::new(
        "secret-key",
        "secrets are encrypted by the stack's key",
        secrets,
    )
    .of(
        &["AWS::SecretsManager::Secret"],
        "secretsmanager/latest/userguide/security-encryption.html",
    )
    .on(CLOUD),
    Rule::new(
        "topic-key",
        "topics are encrypted by the stack's key, but ElastiCache's",
        topics,
    )
    .of(
        &["AWS::SNS::Topic"],
        "securityhub/latest/userguide/sns-controls.html#sns-1",
    )
    .answers(&["Security Hub SNS.1"])
    .on(CLOUD),
    Rule::new(
        "variable-key",
        "functions' variables are encrypted by the stack's key",
        variables,
    )
    .of(
        &["AWS::Lambda::Function"],
        "lambda/latest/dg/configuration-envvars-encryption.html",
    )
    .on(CLOUD),
    Rule::new(
        "trail-key",
        "a trail's logs are encrypted by the stack's key",
        trails,
    )
    .of(
        &["AWS::CloudTrail::Trail"],
        "securityhub/latest/userguide/cloudtrail-controls.html",
    )
    .answers(&["FSBP CloudTrail.2", "CIS 3.5"])
    .on(CLOUD),
];

fn rotation(render: &Render<'_>, report: &mut Report) {
    for key in render.of(KEY) {
        report.ensure(
            key.is("EnableKeyRotation"),
            key,
            "EnableKeyRotation is not true",
        );
        let days = key.number("PendingWindowInDays").unwrap_or(30);
        report.ensure(
            days == 30,
            key,
            "little time is left to take a deletion back",
        );
    }
}

fn key_policy(render: &Render<'_>, report: &mut Report) {
    let of_keys = policy::of_resources(render)
        .into_iter()
        .filter(|statement| statement.owner.kind == KEY && statement.allows());
    for statement in of_keys {
        let anybody = at(statement.body, "Principal") == "*"
            || texts(at(statement.body, "Principal/AWS")).any(|it| it == "*");
        let of_account = |condition: &Value| {
            let equals = at(condition, "StringEquals");
            !at(equals, "kms:CallerAccount").is_null() && !at(equals, "kms:ViaService").is_null()
        };
        if anybody && !of_account(statement.condition()) {
            report.wrong(
                statement.owner,
                format!("{} lets others in", statement.name()),
            );
        }
    }
}

/// Notes the resources of a type whose property does not name a key of the template.
fn keyed(
    render: &Render<'_>,
    report: &mut Report,
    kind: &'static str,
    property: &str,
    excused: &[(&str, &str)],
) {
    for resource in render.of(kind) {
        let key = render.target(resource.get(property));
        let has_key = key.is_some_and(|key| key.kind == KEY);
        let excused = excused.iter().any(|(id, _)| *id == resource.id);
        if !(has_key || excused) {
            let named = refers_to(resource.get(property)).unwrap_or("no key");
            report.wrong(resource, format!("{property} is {named}"));
        }
    }
}

fn tables(render: &Render<'_>, report: &mut Report) {
    let property = "SSESpecification/KMSMasterKeyId";
    keyed(render, report, "AWS::DynamoDB::Table", property, &[]);
}

fn logs(render: &Render<'_>, report: &mut Report) {
    keyed(render, report, "AWS::Logs::LogGroup", "KmsKeyId", &[]);
}

fn secrets(render: &Render<'_>, report: &mut Report) {
    keyed(
        render,
        report,
        "AWS::SecretsManager::Secret",
        "KmsKeyId",
        &[],
    );
}

fn topics(render: &Render<'_>, report: &mut Report) {
    keyed(
        render,
        report,
        "AWS::SNS::Topic",
        "KmsMasterKeyId",
        PLAIN_TOPICS,
    );
}

fn variables(render: &Render<'_>, report: &mut Report) {
    keyed(render, report, "AWS::Lambda::Function", "KmsKeyArn", &[]);
}

fn trails(render: &Render<'_>, report: &mut Report) {
    keyed(render, report, "AWS::CloudTrail::Trail", "KMSKeyId", &[]);
}
