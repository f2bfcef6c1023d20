//! Protection against deletion, of what is to be deleted.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use crate::aws::CallError;
use crate::stack::Resource;
use crate::{Aws, Console, xml};

/// Version of RDS's interface.
pub(super) const RDS: &str = "2014-10-31";

/// Version of the load balancers' interface.
const ELB: &str = "2015-12-01";

/// How often a database is looked at while it takes the change in.
const LOOKS: u32 = 24;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// Switches the protection of a resource off, where its kind has one. A resource that is gone has
/// none.
pub(super) async fn switch_off(aws: &Aws, resource: &Resource, console: Console) -> Result<()> {
    let id = resource.physical_id.as_str();
    let switched = match resource.kind.as_str() {
        "AWS::RDS::DBInstance" => database(aws, id).await,
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => load_balancer(aws, id).await,
        "AWS::DynamoDB::Table" => table(aws, id).await,
        _ => return Ok(()),
    };
    match switched {
        Ok(()) => {
            console.line(&format!("  {}: not protected", resource.logical_id));
            Ok(())
        }
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(error).with_context(|| format!("switch the protection of {id} off")),
    }
}

async fn database(aws: &Aws, id: &str) -> Result<(), CallError> {
    let parameters = [
        ("DBInstanceIdentifier", id),
        ("DeletionProtection", "false"),
        ("ApplyImmediately", "true"),
    ];
    aws.query("rds", RDS, "ModifyDBInstance", &parameters)
        .await?;
    // One that is being modified is not deleted.
    for _ in 0..LOOKS {
        let parameters = [("DBInstanceIdentifier", id)];
        let answer = aws
            .query("rds", RDS, "DescribeDBInstances", &parameters)
            .await?;
        let document = xml::parse("a database", &answer)?;
        let instance = xml::having(document.root(), "DBInstanceStatus").next();
        let text = |name| instance.and_then(|instance| xml::text(instance, name));
        let is_ready = text("DBInstanceStatus") == Some("available");
        if is_ready && text("DeletionProtection") == Some("false") {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

async fn load_balancer(aws: &Aws, arn: &str) -> Result<(), CallError> {
    let parameters = [
        ("LoadBalancerArn", arn),
        ("Attributes.member.1.Key", "deletion_protection.enabled"),
        ("Attributes.member.1.Value", "false"),
    ];
    let action = "ModifyLoadBalancerAttributes";
    aws.query("elasticloadbalancing", ELB, action, &parameters)
        .await?;
    Ok(())
}

/// A table says no to a change that changes nothing, so it is asked first.
async fn table(aws: &Aws, name: &str) -> Result<(), CallError> {
    let named = json!({"TableName": name});
    let answer = aws
        .json("dynamodb", "DynamoDB_20120810.DescribeTable", &named)
        .await?;
    let protected = answer.pointer("/Table/DeletionProtectionEnabled");
    if protected != Some(&json!(true)) {
        return Ok(());
    }
    let request = json!({"TableName": name, "DeletionProtectionEnabled": false});
    aws.json("dynamodb", "DynamoDB_20120810.UpdateTable", &request)
        .await?;
    for _ in 0..LOOKS {
        let answer = aws
            .json("dynamodb", "DynamoDB_20120810.DescribeTable", &named)
            .await?;
        if answer.pointer("/Table/TableStatus") == Some(&json!("ACTIVE")) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
