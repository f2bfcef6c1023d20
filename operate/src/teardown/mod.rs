//! Taking a stack down.
//!
//! What the template wants kept is kept: `DeletionPolicy` decides, as CloudFormation reads it. Of
//! what goes, two things have to be done first that CloudFormation does not do: buckets have to be
//! empty, with all versions and delete markers, and protection against deletion has to be off.
//! Only buckets that go are emptied.
//!
//! Deleting takes as long as CloudFront and the network interfaces of functions take: half an
//! hour, at times more. It may be interrupted and begun again: what is gone stays gone.

mod buckets;
mod data;
mod plan;
mod protection;
mod wait;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::stack::{self, Resource, Stack};
use crate::{Aws, Console};

use plan::{Fate, Plan};
use wait::{Deletion, wait_until_deleted};

/// Status of a stack that is gone.
const GONE: &str = "DELETE_COMPLETE";

/// What is taken down.
#[derive(Debug, Clone, Args)]
pub struct TeardownOptions {
    /// Name of the stack.
    #[arg(long)]
    pub stack_name: String,
    /// Region of the stack; else AWS_REGION's, or the profile's.
    #[arg(long)]
    pub region: Option<String>,
    /// Does not ask.
    #[arg(long)]
    pub yes: bool,
    /// Only says what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Deletes what the template keeps, too: submissions, photos, logs, the database's last
    /// snapshot. There is no way back.
    #[arg(long)]
    pub delete_data: bool,
    /// How many minutes a deletion is waited for.
    #[arg(long, default_value_t = 120)]
    pub patience_minutes: u64,
}

impl TeardownOptions {
    /// Takes this stack down without asking, and keeps what the template keeps.
    #[must_use]
    pub fn of(stack_name: &str) -> Self {
        Self {
            stack_name: stack_name.to_owned(),
            region: None,
            yes: true,
            dry_run: false,
            delete_data: false,
            patience_minutes: 120,
        }
    }
}

/// What there is afterwards.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What the stack had and is still there: type and name.
    pub kept: Vec<(String, String)>,
}

/// Takes a stack down.
///
/// # Errors
/// When there is none, when nobody confirms, and when CloudFormation cannot delete it in two
/// attempts: the message has the resources that are left, with its reasons.
pub async fn run(options: &TeardownOptions, aws: &Aws, console: Console) -> Result<Outcome> {
    let stack = find(options, aws).await?;
    if stack.status.ends_with("_IN_PROGRESS") && stack.status != "DELETE_IN_PROGRESS" {
        bail!(
            "take {} down: it is {}; wait for that",
            options.stack_name,
            stack.status
        );
    }
    let resources = stack::resources(aws, &stack.id).await?;
    let policies = stack::deletion_policies(aws, &stack.id).await?;
    let plan = Plan::new(resources, policies.as_ref());
    plan.tell(&options.stack_name, &stack, options.delete_data, console);
    if options.dry_run {
        return Ok(Outcome::default());
    }
    if !options.yes {
        console.confirm("take it down", &options.stack_name)?;
    }
    let older = data::snapshots(aws, &plan).await?;
    if stack.status != GONE {
        delete(options, aws, &stack, &plan, console).await?;
    }
    let kept = if options.delete_data {
        data::delete(aws, &plan, &older, console).await?
    } else {
        data::kept(aws, &plan).await?
    };
    tell_what_is_left(aws, &kept, &stack.id, options.delete_data, console);
    Ok(Outcome { kept })
}

/// The stack. One that is gone is found by its ARN, for as long as AWS knows what it had.
async fn find(options: &TeardownOptions, aws: &Aws) -> Result<Stack> {
    let name = &options.stack_name;
    match stack::find(aws, name).await? {
        Some(stack) if stack.status != GONE => Ok(stack),
        Some(stack) if name.starts_with("arn:") && options.delete_data => Ok(stack),
        _ => bail!("find the stack {name} in {}: there is none", aws.region()),
    }
}

/// Deletes the stack, in two attempts at most.
async fn delete(
    options: &TeardownOptions,
    aws: &Aws,
    stack: &Stack,
    plan: &Plan,
    console: Console,
) -> Result<()> {
    if stack.is_protected {
        let parameters = [
            ("StackName", stack.id.as_str()),
            ("EnableTerminationProtection", "false"),
        ];
        let answer = stack::call(aws, "UpdateTerminationProtection", &parameters).await;
        answer.context("switch the stack's protection off")?;
    }
    for resource in plan.of(Fate::Deleted).chain(plan.of(Fate::Copied)) {
        protection::switch_off(aws, resource, console).await?;
    }
    for bucket in plan
        .of(Fate::Deleted)
        .filter(|resource| resource.is_bucket())
    {
        buckets::empty(aws, &bucket.physical_id, console).await?;
    }
    let patience = Duration::from_secs(options.patience_minutes * 60);
    let first = attempt(aws, stack, patience, console).await?;
    let Deletion::Failed(failed) = first else {
        return Ok(());
    };
    console.line("\n  CloudFormation could not delete all of it, and is asked once more:");
    for resource in &failed {
        console.line(&format!("    {} {}", resource.logical_id, resource.reason));
        protection::switch_off(aws, resource, console).await?;
        // CloudFormation tried to delete it, so it is not kept; something wrote into it since, or
        // it was not known before.
        if resource.is_bucket() {
            buckets::empty(aws, &resource.physical_id, console).await?;
        }
    }
    match attempt(aws, stack, patience, console).await? {
        Deletion::Done => Ok(()),
        Deletion::Failed(failed) => bail!("delete the stack: these are left:\n{}", listed(&failed)),
    }
}

async fn attempt(
    aws: &Aws,
    stack: &Stack,
    patience: Duration,
    console: Console,
) -> Result<Deletion> {
    let answer = stack::call(aws, "DeleteStack", &[("StackName", &stack.id)]).await;
    answer.context("delete the stack")?;
    wait_until_deleted(aws, &stack.id, patience, console).await
}

fn listed(resources: &[Resource]) -> String {
    let line = |resource: &Resource| {
        let Resource {
            logical_id,
            physical_id,
            reason,
            ..
        } = resource;
        format!("  {logical_id} ({physical_id}): {reason}")
    };
    resources.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn tell_what_is_left(
    aws: &Aws,
    kept: &[(String, String)],
    id: &str,
    deleted_data: bool,
    console: Console,
) {
    if kept.is_empty() {
        console.line("\n  The stack is gone, and nothing of it is left.");
    } else {
        console.line("\n  The stack is gone. These are kept, and cost what they store:");
        for (kind, name) in kept {
            console.line(&format!("    {kind:<28} {name}"));
        }
        if !deleted_data {
            console.line("  To delete them as well, within 90 days:");
            let region = aws.region();
            console.line(&format!(
                "    cargo run -- teardown --delete-data --region {region} --stack-name {id}"
            ));
        }
    }
    console.line(
        "  Not looked at: what was made by hand, such as secrets, certificates and artefacts, and\n  \
         the stack aws-sam-cli-managed-default, where the SAM CLI keeps packages of all stacks.",
    );
}
