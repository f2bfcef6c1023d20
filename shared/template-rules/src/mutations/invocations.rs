//! Defects of who calls functions, and of references.

use super::edit::{Mutation, remove, set};
use crate::renders::Class;

pub(super) const MUTATIONS: &[Mutation] = &[
    set(
        "load balancer target without alias",
        "invoked-by-alias",
        "FormsIntakeTargetGroup",
        "Targets/0/Id",
        r#"{"Fn::GetAtt": ["FormsIntakeFunction", "Arn"]}"#,
    ),
    set(
        "schedule that calls the function itself",
        "invoked-by-alias",
        "LogReportFunctionMinute",
        "Target/Arn",
        r#"{"Fn::GetAtt": ["LogReportFunction", "Arn"]}"#,
    ),
    remove(
        "permission without SourceArn",
        "permission-source",
        "FormsIntakeInvoke",
        "SourceArn",
    ),
    set(
        "function URL for anybody",
        "url-authentication",
        "ImageServeFunctionUrl",
        "AuthType",
        r#""NONE""#,
    ),
    set(
        "missing lambda:InvokeFunction grant",
        "url-grants",
        "ImageServeInvokeGrant",
        "Action",
        r#""lambda:GetFunction""#,
    ),
    set(
        "grant for any distribution",
        "url-grants",
        "ImageServeUrlGrant",
        "SourceArn",
        r#""arn:aws:cloudfront::123456789012:distribution/*""#,
    ),
    remove(
        "events that fail are lost",
        "asynchronous-failures",
        "HealthEventFunctionEventInvokeConfig",
        "DestinationConfig/OnFailure",
    ),
    remove(
        "schedule whose failures pile up",
        "schedule-retries",
        "FormsDispatchFunctionSweep",
        "Target/RetryPolicy",
    ),
    set(
        "canary replaced by all at once",
        "gradual-deployment",
        "FormsIntakeFunctionDeploymentGroup",
        "DeploymentConfigName",
        r#""CodeDeployDefault.LambdaAllAtOnce""#,
    ),
    remove(
        "function that CodeDeploy does not move",
        "gradual-deployment",
        "ImageServeFunctionAliaslive",
        "/UpdatePolicy",
    ),
    remove(
        "deployment that no alarm takes back",
        "deployment-alarms",
        "ImageServeFunctionDeploymentGroup",
        "AlarmConfiguration/Alarms",
    ),
    set(
        "deployment's alarm on a target group",
        "deployment-alarms",
        "FormsIntakeFunctionDeploymentGroup",
        "AlarmConfiguration/Alarms/0/Name",
        r#"{"Ref": "WebUnhealthyAlarm"}"#,
    ),
    set(
        "deployment's alarm on the function's own target group",
        "references-without-circles",
        "FormsIntakeErrorsAlarm",
        "Dimensions/0",
        r#"{"Name": "TargetGroup", "Value": {"Fn::GetAtt": ["FormsIntakeTargetGroup", "TargetGroupFullName"]}}"#,
    ),
    set(
        "schedule that nobody misses",
        "schedule-alarm",
        "WarmPlanSilentAlarm",
        "TreatMissingData",
        r#""notBreaching""#,
    ),
    set(
        "function that names its own target group",
        "references-without-circles",
        "FormsIntakeFunction",
        "Environment/Variables/TARGET_GROUP",
        r#"{"Ref": "FormsIntakeTargetGroup"}"#,
    ),
    set(
        "reference to what only another class deploys",
        "references-exist",
        "ImageServeFunction",
        "Environment/Variables/GROUP",
        r#"{"Ref": "WebGroup"}"#,
    )
    .in_class(Class::Dev),
    set(
        "reference to nothing",
        "references-exist",
        "ImageServeFunction",
        "Environment/Variables/MEDIA_BUCKET",
        r#"{"Ref": "MediaBuket"}"#,
    ),
];
