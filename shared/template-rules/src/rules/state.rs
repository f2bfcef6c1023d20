//! What outlives a deployment: policies of deletion, tables, secrets, topics.

use template_render::read::{at, list};

use crate::policy;
use crate::render::{Render, refers_to};
use crate::rule::{ALL, PRODUCTION, Report, Rule};

const TABLE: &str = "AWS::DynamoDB::Table";
const SECRET: &str = "AWS::SecretsManager::Secret";
const CONTROLS: &str = "securityhub/latest/userguide/dynamodb-controls.html";

/// What would be lost by a deletion or a replacement that nobody meant.
const STATEFUL: &[&str] = &[
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
];

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "state-policies",
        "whatever has state says what becomes of it when it is deleted and when it is replaced",
        policies,
    )
    .of(
        STATEFUL,
        "AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
    ),
    Rule::new(
        "state-kept",
        "the database, and tables and buckets that cannot be made anew, are kept",
        kept,
    )
    .of(
        &["AWS::DynamoDB::Table", "AWS::RDS::DBInstance", "AWS::S3::Bucket"],
        "AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
    )
    .on(ALL),
    Rule::new("table-encryption", "tables are encrypted by a key of KMS, not by DynamoDB's", table_encryption).of(
        &[TABLE],
        "amazondynamodb/latest/developerguide/EncryptionAtRest.html",
    ),
    Rule::new(
        "table-recovery",
        "tables can be restored to any second of the last 35 days",
        table_recovery,
    )
    .of(&[TABLE], CONTROLS)
    .answers(&["FSBP DynamoDB.2"]),
    Rule::new(
        "table-protection",
        "tables that are kept cannot be deleted by mistake",
        table_protection,
    )
    .of(&[TABLE], CONTROLS)
    .answers(&["FSBP DynamoDB.6"])
    .on(PRODUCTION),
    Rule::new(
        "table-expiry",
        "rows of each table can have a time at which they go",
        table_expiry,
    )
    .of(
        &[TABLE],
        "amazondynamodb/latest/developerguide/TTL.html",
    ),
    Rule::new("table-capacity", "tables take as many requests as come", table_capacity)
        .of(&[TABLE], CONTROLS)
        .answers(&["FSBP DynamoDB.1"]),
    Rule::new(
        "secret-strength",
        "secrets are made by Secrets Manager, of 24 characters or more, and are not in the template",
        secret_strength,
    )
    .of(
        &[SECRET],
        "secretsmanager/latest/userguide/best-practices.html",
    )
    ,
    Rule::new(
        "topic-publishers",
        "only services of AWS, for this account, publish to a topic by its policy",
        topic_publishers,
    )
    .of(
        &["AWS::SNS::TopicPolicy"],
        "securityhub/latest/userguide/sns-controls.html#sns-4",
    )
    .answers(&["FSBP SNS.4"]),
];

/// Tables and buckets that the next run makes anew, by what makes them.
pub(super) const REMADE: &[(&str, &str)] = &[
    ("FormsGuardTable", "counters of an hour"),
    ("StatusBucket", "health-probe writes it each minute"),
    ("WarmTable", "runs of a day"),
];

fn policies(render: &Render<'_>, report: &mut Report) {
    for resource in render.all().filter(|it| STATEFUL.contains(&it.kind)) {
        let (on_deletion, on_replacement) = (
            at(resource.body, "DeletionPolicy")
                .as_str()
                .unwrap_or_default(),
            at(resource.body, "UpdateReplacePolicy")
                .as_str()
                .unwrap_or_default(),
        );
        let known = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"];
        report.ensure(
            known.contains(&on_deletion),
            resource,
            "it has no DeletionPolicy that exists",
        );
        report.ensure(
            ["Delete", "Retain", "Snapshot"].contains(&on_replacement),
            resource,
            "it has no UpdateReplacePolicy that exists",
        );
    }
}

fn kept(render: &Render<'_>, report: &mut Report) {
    let kinds = [
        "AWS::DynamoDB::Table",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
    ];
    for resource in render.all().filter(|it| kinds.contains(&it.kind)) {
        let remade = REMADE.iter().any(|(id, _)| *id == resource.id);
        let deleted = ["DeletionPolicy", "UpdateReplacePolicy"]
            .iter()
            .any(|policy| at(resource.body, policy) == "Delete");
        report.ensure(remade || !deleted, resource, "it is deleted with its data");
    }
}

fn table_encryption(render: &Render<'_>, report: &mut Report) {
    for table in render.of(TABLE) {
        report.ensure(
            table.is("SSESpecification/SSEEnabled"),
            table,
            "SSEEnabled is not true",
        );
    }
}

fn table_recovery(render: &Render<'_>, report: &mut Report) {
    for table in render.of(TABLE) {
        let path = "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled";
        report.ensure(
            table.is(path),
            table,
            "PointInTimeRecoveryEnabled is not true",
        );
    }
}

fn table_protection(render: &Render<'_>, report: &mut Report) {
    for table in render.of(TABLE) {
        let remade = at(table.body, "DeletionPolicy") == "Delete";
        report.ensure(
            remade || table.is("DeletionProtectionEnabled"),
            table,
            "DeletionProtectionEnabled is not true",
        );
    }
}

fn table_expiry(render: &Render<'_>, report: &mut Report) {
    for table in render.of(TABLE) {
        let expires = table.is("TimeToLiveSpecification/Enabled");
        report.ensure(expires, table, "its rows stay until somebody deletes them");
    }
}

fn table_capacity(render: &Render<'_>, report: &mut Report) {
    for table in render.of(TABLE) {
        let on_demand = table.text("BillingMode") == "PAY_PER_REQUEST";
        report.ensure(on_demand, table, "requests beyond its capacity are refused");
    }
}

fn secret_strength(render: &Render<'_>, report: &mut Report) {
    for secret in render.of(SECRET) {
        let length = secret
            .number("GenerateSecretString/PasswordLength")
            .unwrap_or(32);
        report.ensure(
            secret.has("GenerateSecretString") && !secret.has("SecretString"),
            secret,
            "its value is in the template",
        );
        report.ensure(length >= 24, secret, "it can be guessed");
    }
}

fn topic_publishers(render: &Render<'_>, report: &mut Report) {
    let of_topics = policy::of_resources(render)
        .into_iter()
        .filter(|statement| statement.owner.kind == "AWS::SNS::TopicPolicy" && statement.allows());
    for statement in of_topics {
        let by_service = !at(statement.body, "Principal/Service").is_null();
        let ours = statement.asks_for("aws:SourceAccount") || statement.asks_for("aws:SourceArn");
        if !(by_service && ours) {
            report.wrong(
                statement.owner,
                format!(
                    "{} lets in more than services of this account",
                    statement.name()
                ),
            );
        }
    }
    // Alarms publish as a service. A topic's own policy takes the place of the one that lets the
    // account's alarms in.
    let told = |topic: &str| {
        policy::of_resources(render).into_iter().any(|statement| {
            at(statement.body, "Principal/Service") == "cloudwatch.amazonaws.com"
                && list(at(statement.body, "Resource"))
                    .iter()
                    .any(|it| refers_to(it) == Some(topic))
        })
    };
    let alarms = render
        .of("AWS::CloudWatch::Alarm")
        .flat_map(|it| it.list("AlarmActions"));
    let mut topics: Vec<&str> = alarms.filter_map(refers_to).collect();
    topics.sort_unstable();
    topics.dedup();
    let has_policy = |topic: &str| {
        let mut policies = render.of("AWS::SNS::TopicPolicy");
        policies.any(|policy| {
            policy
                .list("Topics")
                .iter()
                .any(|it| refers_to(it) == Some(topic))
        })
    };
    topics.retain(|topic| has_policy(topic) && !told(topic));
    for topic in topics {
        report.wrong_with(topic, "CloudWatch may not publish the alarms that name it");
    }
}
