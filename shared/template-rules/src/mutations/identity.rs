//! Defects of policies, trails and logs.

use super::edit::{Mutation, push, remove, set};

pub(super) const MUTATIONS: &[Mutation] = &[
    set(
        "s3:* on everything",
        "policy-actions",
        "FormsFilesFunctionRole",
        "Policies/0/PolicyDocument/Statement/0",
        r#"{"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
    ),
    set(
        "any secret",
        "policy-resources",
        "FormsDeliverFunctionRole",
        "Policies/0/PolicyDocument/Statement/Sid=ReadKey/Resource",
        r#""*""#,
    ),
    set(
        "all but one action",
        "policy-negations",
        "FormsDrainFunctionRole",
        "Policies/0/PolicyDocument/Statement/0",
        r#"{"Sid": "Most", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
    ),
    push(
        "function that may pass roles on",
        "policy-escalation",
        "HealthProbeFunctionRole",
        "Policies/0/PolicyDocument/Statement",
        r#"{"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/site"}"#,
    ),
    push(
        "administrator",
        "managed-policies",
        "WebRole",
        "ManagedPolicyArns",
        r#""arn:aws:iam::aws:policy/AdministratorAccess""#,
    ),
    remove(
        "role out of bounds",
        "role-boundary",
        "ScheduleRole",
        "PermissionsBoundary",
    ),
    set(
        "role for another account",
        "role-trust",
        "WebRole",
        "AssumeRolePolicyDocument/Statement/0/Principal",
        r#"{"AWS": "arn:aws:iam::210987654321:root"}"#,
    ),
    remove(
        "bucket for trails of any account",
        "resource-policies",
        "LogBucketPolicy",
        "PolicyDocument/Statement/Sid=AllowLogDelivery/Condition",
    ),
    set(
        "queue for anybody",
        "resource-policies",
        "ImageDeriveQueuePolicy",
        "PolicyDocument/Statement/Sid=AllowOriginalsRule/Principal",
        r#""*""#,
    ),
    push(
        "intake that reads submissions",
        "intake-cannot-read",
        "FormsIntakeFunctionRole",
        "Policies/0/PolicyDocument/Statement",
        r#"{"Sid": "Read", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": {"Fn::GetAtt": ["SubmissionsTable", "Arn"]}}"#,
    ),
    set(
        "trail of one region",
        "trail-regions",
        "AuditTrail",
        "IsMultiRegionTrail",
        "false",
    ),
    set(
        "trail that can be changed",
        "trail-validation",
        "AuditTrail",
        "EnableLogFileValidation",
        "false",
    ),
    remove(
        "trails of others in the bucket",
        "trail-bucket",
        "LogBucketPolicy",
        "PolicyDocument/Statement/Sid=AllowAuditTrail/Condition/StringEquals/aws:SourceArn",
    ),
    remove(
        "logs for ever",
        "log-retention",
        "ImageServeLogGroup",
        "RetentionInDays",
    ),
    set(
        "logs of a month",
        "log-retention-year",
        "WebAclLogGroup",
        "RetentionInDays",
        "30",
    ),
    remove(
        "errors that nobody reads",
        "log-readers",
        "ImageDeriveSubscription",
        "LogGroupName",
    ),
    remove(
        "queries without a limit",
        "query-limits",
        "LogWorkGroup",
        "WorkGroupConfiguration/BytesScannedCutoffPerQuery",
    ),
];
