//! Reading IAM policies.

use serde_json::Value;
use template_render::read::{at, list, texts};

use crate::render::{Render, Resource, flat};

/// A statement of a policy.
#[derive(Clone, Copy)]
pub(crate) struct Statement<'a> {
    /// The resource whose policy it is in.
    pub(crate) owner: Resource<'a>,
    /// All of it.
    pub(crate) body: &'a Value,
}

impl<'a> Statement<'a> {
    pub(crate) fn allows(self) -> bool {
        at(self.body, "Effect") == "Allow"
    }

    pub(crate) fn actions(self) -> impl Iterator<Item = &'a str> {
        texts(at(self.body, "Action"))
    }

    /// Its resources as text; see [`flat`].
    pub(crate) fn resources(self) -> Vec<String> {
        list(at(self.body, "Resource")).iter().map(flat).collect()
    }

    pub(crate) fn condition(self) -> &'a Value {
        at(self.body, "Condition")
    }

    /// Whether the condition asks for a key, such as `aws:SourceArn`.
    pub(crate) fn asks_for(self, key: &str) -> bool {
        let operators = self.condition().as_object();
        operators
            .into_iter()
            .flatten()
            .any(|(_, keys)| keys.get(key).is_some())
    }

    /// How to call it in a finding.
    pub(crate) fn name(self) -> &'a str {
        at(self.body, "Sid").as_str().unwrap_or("without Sid")
    }
}

fn statements<'a>(owner: Resource<'a>, document: &'a Value) -> impl Iterator<Item = Statement<'a>> {
    let statements = list(at(document, "Statement"));
    statements.iter().map(move |body| Statement { owner, body })
}

/// What a role may do by the policies that are written into it.
pub(crate) fn of_role(role: Resource<'_>) -> Vec<Statement<'_>> {
    let policies = role.list("Policies").iter();
    policies
        .flat_map(|policy| statements(role, at(policy, "PolicyDocument")))
        .collect()
}

/// What roles may do, wherever it is written.
pub(crate) fn of_identities<'a>(render: &Render<'a>) -> Vec<Statement<'a>> {
    let of_roles = render.of("AWS::IAM::Role").flat_map(of_role);
    let apart = render
        .all()
        .filter(|resource| {
            [
                "AWS::IAM::Policy",
                "AWS::IAM::RolePolicy",
                "AWS::IAM::ManagedPolicy",
            ]
            .contains(&resource.kind)
        })
        .flat_map(|policy| statements(policy, policy.get("PolicyDocument")));
    of_roles.chain(apart).collect()
}

/// Who may assume which role.
pub(crate) fn of_trust<'a>(render: &Render<'a>) -> Vec<Statement<'a>> {
    render
        .of("AWS::IAM::Role")
        .flat_map(|role| statements(role, role.get("AssumeRolePolicyDocument")))
        .collect()
}

/// The policies of resources: who may use a bucket, a queue, a topic, a key, a secret.
pub(crate) fn of_resources<'a>(render: &Render<'a>) -> Vec<Statement<'a>> {
    let documents = |resource: Resource<'a>| match resource.kind {
        "AWS::S3::BucketPolicy" | "AWS::SQS::QueuePolicy" | "AWS::SNS::TopicPolicy" => {
            Some(resource.get("PolicyDocument"))
        }
        "AWS::KMS::Key" => Some(resource.get("KeyPolicy")),
        "AWS::SecretsManager::ResourcePolicy" => Some(resource.get("ResourcePolicy")),
        _ => None,
    };
    render
        .all()
        .filter_map(|resource| Some((resource, documents(resource)?)))
        .flat_map(|(resource, document)| statements(resource, document))
        .collect()
}

/// The role of a function.
pub(crate) fn role_of<'a>(render: &Render<'a>, function: Resource<'a>) -> Option<Resource<'a>> {
    render.target(function.get("Role"))
}

/// Whether an action of a policy covers an action: `s3:*` and `*` cover `s3:PutObject`.
pub(crate) fn covers(pattern: &str, action: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, _)) => action.starts_with(start),
        None => pattern == action,
    }
}
