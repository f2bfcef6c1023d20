//! What a template keeps: listed, or deleted as well.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata};
use serde_json::json;

use crate::stack::Resource;
use crate::{Aws, Console, xml};

use super::buckets;
use super::plan::{Fate, Plan};
use super::protection::{self, RDS};

/// How often a bucket is emptied that something is written into meanwhile.
const BUCKET_ATTEMPTS: u32 = 5;

/// How long secrets and keys can be brought back, in days: the shortest that AWS allows.
const WAITING_DAYS: u32 = 7;

/// What is still there: what the template keeps, and the databases' snapshots.
pub(super) async fn kept(aws: &Aws, plan: &Plan) -> Result<Vec<(String, String)>> {
    let snapshots = snapshots(aws, plan).await?;
    let snapshots = snapshots
        .into_iter()
        .map(|name| ("snapshot of the database".to_owned(), name));
    Ok(plan.of(Fate::Kept).map(named).chain(snapshots).collect())
}

/// Deletes what the template keeps, and snapshots that are not among `older`: those were made by
/// hand. Returns what is of a kind that is not deleted here, or waits for its end.
pub(super) async fn delete(
    aws: &Aws,
    plan: &Plan,
    older: &BTreeSet<String>,
    console: Console,
) -> Result<Vec<(String, String)>> {
    let mut left = Vec::new();
    for resource in plan.of(Fate::Kept) {
        match delete_one(aws, resource, console).await {
            Ok(Deleted::Now) => console.line(&format!("  {}: deleted", resource.physical_id)),
            Ok(Deleted::Later) => left.push((
                format!("{}, for {WAITING_DAYS} days", resource.kind),
                resource.physical_id.clone(),
            )),
            Ok(Deleted::Not) => left.push(named(resource)),
            // The others go all the same.
            Err(error) => {
                console.line(&format!("  {}: {error:#}", resource.physical_id));
                left.push(named(resource));
            }
        }
    }
    for snapshot in snapshots(aws, plan).await?.difference(older) {
        let parameters = [("DBSnapshotIdentifier", snapshot.as_str())];
        let answer = aws.query("rds", RDS, "DeleteDBSnapshot", &parameters).await;
        answer.with_context(|| format!("delete {snapshot}"))?;
        console.line(&format!("  {snapshot}: deleted"));
    }
    for snapshot in older {
        left.push(("snapshot of the database".to_owned(), snapshot.clone()));
    }
    Ok(left)
}

/// Whether a resource was deleted.
enum Deleted {
    Now,
    Later,
    Not,
}

async fn delete_one(aws: &Aws, resource: &Resource, console: Console) -> Result<Deleted> {
    let id = resource.physical_id.as_str();
    let (service, target, request, deleted) = match resource.kind.as_str() {
        "AWS::S3::Bucket" => return delete_bucket(aws, id, console).await,
        "AWS::DynamoDB::Table" => {
            protection::switch_off(aws, resource, console).await?;
            let request = json!({"TableName": id});
            (
                "dynamodb",
                "DynamoDB_20120810.DeleteTable",
                request,
                Deleted::Now,
            )
        }
        "AWS::Logs::LogGroup" => {
            let request = json!({"logGroupName": id});
            (
                "logs",
                "Logs_20140328.DeleteLogGroup",
                request,
                Deleted::Now,
            )
        }
        "AWS::SecretsManager::Secret" => {
            let request = json!({"SecretId": id, "RecoveryWindowInDays": WAITING_DAYS});
            (
                "secretsmanager",
                "secretsmanager.DeleteSecret",
                request,
                Deleted::Later,
            )
        }
        "AWS::KMS::Key" => {
            let request = json!({"KeyId": id, "PendingWindowInDays": WAITING_DAYS});
            (
                "kms",
                "TrentService.ScheduleKeyDeletion",
                request,
                Deleted::Later,
            )
        }
        _ => return Ok(Deleted::Not),
    };
    match aws.json(service, target, &request).await {
        Ok(_) => Ok(deleted),
        Err(error) if error.is_not_found() => Ok(Deleted::Now),
        Err(error) => Err(error.into()),
    }
}

async fn delete_bucket(aws: &Aws, bucket: &str, console: Console) -> Result<Deleted> {
    for _ in 0..BUCKET_ATTEMPTS {
        buckets::empty(aws, bucket, console).await?;
        match aws.s3().delete_bucket().bucket(bucket).send().await {
            Ok(_) => return Ok(Deleted::Now),
            Err(error) if error.code() == Some("NoSuchBucket") => return Ok(Deleted::Now),
            // Logs come some minutes late.
            Err(error) if error.code() == Some("BucketNotEmpty") => {}
            Err(error) => return Err(anyhow!("{}", DisplayErrorContext(&error))),
        }
    }
    bail!("empty {bucket}: something is written into it all the time")
}

/// The snapshots of the plan's databases. AWS keeps last ones as if made by hand.
pub(super) async fn snapshots(aws: &Aws, plan: &Plan) -> Result<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    let of_database = |resource: &&Resource| resource.kind == "AWS::RDS::DBInstance";
    for database in plan.of(Fate::Copied).filter(of_database) {
        let id = database.physical_id.as_str();
        let parameters = [("DBInstanceIdentifier", id), ("SnapshotType", "manual")];
        let answer = match aws
            .query("rds", RDS, "DescribeDBSnapshots", &parameters)
            .await
        {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => continue,
            Err(error) => return Err(error).with_context(|| format!("list snapshots of {id}")),
        };
        let document = xml::parse("snapshots", &answer)?;
        let name = |node| xml::text(node, "DBSnapshotIdentifier").map(str::to_owned);
        all.extend(xml::having(document.root(), "DBSnapshotIdentifier").filter_map(name));
    }
    Ok(all)
}

fn named(resource: &Resource) -> (String, String) {
    (resource.kind.clone(), resource.physical_id.clone())
}
