//! A stack, as CloudFormation tells of it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::aws::{Aws, CallError};
use crate::xml;

/// The only version of CloudFormation's interface.
const VERSION: &str = "2010-05-15";

/// Most pages of a list that are read: a stack has at most 500 resources.
const MAX_PAGES: usize = 50;

/// A stack at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    /// Its ARN, which leads to it even when it is deleted.
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) reason: String,
    pub(crate) is_protected: bool,
    pub(crate) outputs: BTreeMap<String, String>,
}

/// A resource of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) logical_id: String,
    pub(crate) physical_id: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) reason: String,
}

impl Resource {
    pub(crate) fn is_gone(&self) -> bool {
        self.status == "DELETE_COMPLETE" || self.status == "DELETE_SKIPPED"
    }

    pub(crate) fn is_bucket(&self) -> bool {
        self.kind == "AWS::S3::Bucket"
    }
}

/// Calls CloudFormation.
pub(crate) async fn call(
    aws: &Aws,
    action: &str,
    parameters: &[(&str, &str)],
) -> Result<String, CallError> {
    aws.query("cloudformation", VERSION, action, parameters)
        .await
}

/// The stack of this name or ARN; `None` where there is none.
pub(crate) async fn find(aws: &Aws, name: &str) -> Result<Option<Stack>> {
    let answer = match call(aws, "DescribeStacks", &[("StackName", name)]).await {
        Ok(answer) => answer,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("find the stack {name}")),
    };
    parse_stack(&answer).map(Some)
}

/// The stack of this name.
pub(crate) async fn existing(aws: &Aws, name: &str) -> Result<Stack> {
    match find(aws, name).await? {
        Some(stack) if stack.status != "DELETE_COMPLETE" => Ok(stack),
        _ => bail!("find the stack {name} in {}: there is none", aws.region()),
    }
}

fn parse_stack(answer: &str) -> Result<Stack> {
    let document = xml::parse("a stack", answer)?;
    let node = xml::having(document.root(), "StackStatus").next();
    let node = node.context("read a stack: the answer has none")?;
    let text = |name| xml::text(node, name).unwrap_or_default().to_owned();
    let output = |node| {
        let value = xml::text(node, "OutputValue").unwrap_or_default();
        Some((xml::text(node, "OutputKey")?.to_owned(), value.to_owned()))
    };
    Ok(Stack {
        id: text("StackId"),
        status: text("StackStatus"),
        reason: text("StackStatusReason"),
        is_protected: text("EnableTerminationProtection") == "true",
        outputs: xml::having(node, "OutputKey").filter_map(output).collect(),
    })
}

/// Every resource of a stack; deleted ones may or may not be among them.
pub(crate) async fn resources(aws: &Aws, stack: &str) -> Result<Vec<Resource>> {
    let mut all = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let mut parameters = vec![("StackName", stack)];
        parameters.extend(next.as_deref().map(|token| ("NextToken", token)));
        let answer = call(aws, "ListStackResources", &parameters).await;
        let answer = answer.with_context(|| format!("list the resources of {stack}"))?;
        let document = xml::parse("resources", &answer)?;
        for node in xml::having(document.root(), "LogicalResourceId") {
            let text = |name| xml::text(node, name).unwrap_or_default().to_owned();
            all.push(Resource {
                logical_id: text("LogicalResourceId"),
                physical_id: text("PhysicalResourceId"),
                kind: text("ResourceType"),
                status: text("ResourceStatus"),
                reason: text("ResourceStatusReason"),
            });
        }
        let token = xml::having(document.root(), "NextToken").next();
        next = token
            .and_then(|node| xml::text(node, "NextToken"))
            .map(str::to_owned);
        if next.is_none() {
            return Ok(all);
        }
    }
    bail!("list the resources of {stack}: there is no end to them")
}

/// What happens to each resource when the stack is deleted, by its logical id, as the template
/// says: `Delete`, `Retain`, `RetainExceptOnCreate`, `Snapshot`. `None` where the template is not
/// JSON, which is what CloudFormation makes of every template that has a transform.
pub(crate) async fn deletion_policies(
    aws: &Aws,
    stack: &str,
) -> Result<Option<BTreeMap<String, String>>> {
    let parameters = [("StackName", stack), ("TemplateStage", "Processed")];
    let answer = call(aws, "GetTemplate", &parameters).await;
    let answer = answer.with_context(|| format!("read the template of {stack}"))?;
    let document = xml::parse("a template", &answer)?;
    let node = xml::having(document.root(), "TemplateBody").next();
    let body = node.and_then(|node| xml::text(node, "TemplateBody"));
    Ok(parse_policies(body.unwrap_or_default()))
}

fn parse_policies(template: &str) -> Option<BTreeMap<String, String>> {
    let template: Value = serde_json::from_str(template).ok()?;
    let resources = template.get("Resources")?.as_object()?;
    let policy = |resource: &Value| {
        let written = resource.get("DeletionPolicy").and_then(Value::as_str);
        // Without a word of the template, databases are copied first: AWS's own default.
        let default = match resource.get("Type").and_then(Value::as_str) {
            Some("AWS::RDS::DBCluster") => "Snapshot",
            Some("AWS::RDS::DBInstance")
                if resource
                    .pointer("/Properties/DBClusterIdentifier")
                    .is_none() =>
            {
                "Snapshot"
            }
            _ => "Delete",
        };
        written.unwrap_or(default).to_owned()
    };
    let policies = resources
        .iter()
        .map(|(id, resource)| (id.clone(), policy(resource)));
    Some(policies.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_read_with_its_outputs() {
        let answer = r#"<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
            <DescribeStacksResult><Stacks><member><StackName>s</StackName><StackId>arn:s</StackId>
            <StackStatus>CREATE_COMPLETE</StackStatus>
            <EnableTerminationProtection>true</EnableTerminationProtection><Outputs>
            <member><OutputKey>A</OutputKey><OutputValue>1 &amp; 2</OutputValue></member>
            </Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"#;
        let stack = parse_stack(answer).unwrap();
        assert_eq!(
            (stack.id.as_str(), stack.status.as_str()),
            ("arn:s", "CREATE_COMPLETE")
        );
        assert!(stack.is_protected);
        assert_eq!(stack.outputs["A"], "1 & 2");
    }

    #[test]
    fn policies_are_those_of_the_template_and_else_awss_own() {
        let template = r#"{"Resources": {
            "Kept": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "RetainExceptOnCreate"},
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Database": {"Type": "AWS::RDS::DBInstance", "Properties": {}}
        }}"#;
        let policies = parse_policies(template).unwrap();
        assert_eq!(policies["Kept"], "RetainExceptOnCreate");
        assert_eq!(policies["Queue"], "Delete");
        assert_eq!(policies["Database"], "Snapshot");
        assert!(parse_policies("Resources:\n  A:\n    Type: B\n").is_none());
    }
}
