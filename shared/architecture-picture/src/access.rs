//! What a role lets its owner store, send, and read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use template_render::read::{at, list, texts};

use crate::kind::{Kind, Line, merged, name_of};
use crate::resource::{Resource, Resources, references};

/// What an action does to what is stored, and whether that is writing. Looking at what something
/// is, such as how long a queue is, is neither.
fn effect(action: &str) -> Option<(Kind, bool)> {
    Some(match action {
        "dynamodb:GetItem" | "dynamodb:BatchGetItem" | "dynamodb:Query" | "dynamodb:Scan" => {
            (Kind::Table, false)
        }
        "dynamodb:PutItem"
        | "dynamodb:UpdateItem"
        | "dynamodb:DeleteItem"
        | "dynamodb:BatchWriteItem" => (Kind::Table, true),
        "s3:GetObject" => (Kind::Bucket, false),
        "s3:PutObject" | "s3:DeleteObject" => (Kind::Bucket, true),
        "sqs:SendMessage" => (Kind::Queue, true),
        "sns:Publish" => (Kind::Topic, true),
        "rds-db:connect" => (Kind::Database, true),
        "elasticache:Connect" => (Kind::Cache, true),
        "events:PutEvents" => (Kind::Event, true),
        "ses:SendEmail" => (Kind::Mail, true),
        "cloudfront:CreateInvalidation" => (Kind::Edge, true),
        _ => return None,
    })
}

/// What a role allows to whoever is told of `mentioned`: of tables, buckets, queues and topics only
/// those that are in there. Others are failures' destinations, which Lambda writes to.
pub(crate) fn accesses(
    resources: Resources<'_>,
    role: Resource<'_>,
    mentioned: &Value,
) -> Vec<Line> {
    let told = references(mentioned);
    let mut found: BTreeMap<(Kind, String), bool> = BTreeMap::new();
    for policy in list(role.get("Policies")) {
        for statement in list(at(policy, "PolicyDocument/Statement")) {
            if at(statement, "Effect") != "Allow" {
                continue;
            }
            for (kind, writes) in texts(at(statement, "Action")).filter_map(effect) {
                for name in names(resources, kind, at(statement, "Resource"), &told) {
                    *found.entry((kind, name)).or_default() |= writes;
                }
            }
        }
    }
    let lines = found.into_iter().map(|((kind, name), is_written)| Line {
        is_written,
        ..Line::new(kind, name)
    });
    merged(lines.collect())
}

fn names(
    resources: Resources<'_>,
    kind: Kind,
    value: &Value,
    told: &BTreeSet<&str>,
) -> Vec<String> {
    let fixed = match kind {
        Kind::Database => product(resources, "AWS::RDS::DBInstance", "database"),
        Kind::Cache => product(resources, "AWS::ElastiCache::ReplicationGroup", "cache"),
        Kind::Event => "bus".to_owned(),
        Kind::Mail => "mail".to_owned(),
        Kind::Edge => "invalidations".to_owned(),
        _ => {
            let referred = references(value).into_iter();
            let known = referred.filter(|id| told.contains(id) && resources.named(id).is_some());
            return known.map(name_of).collect();
        }
    };
    vec![fixed]
}

/// The name of the product that a database or a cache is; `otherwise` where there is none.
pub(crate) fn product(resources: Resources<'_>, kind: &'static str, otherwise: &str) -> String {
    let found = resources.of_type(kind).next();
    match found.map(|resource| resource.text("Engine")) {
        Some("postgres") => "PostgreSQL".to_owned(),
        Some("valkey") => "Valkey".to_owned(),
        Some("") | None => otherwise.to_owned(),
        Some(engine) => engine.to_owned(),
    }
}
