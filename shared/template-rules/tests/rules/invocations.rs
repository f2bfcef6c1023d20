use crate::Case;

pub(crate) const CASES: &[Case] = &[
    (
        "invoked-by-alias",
        TARGET,
        r#""Id": "$Alias""#,
        r#""Id": "$Function.Arn""#,
        "Targets",
    ),
    (
        "invoked-by-alias",
        ALIAS,
        r#""Arn": "$Alias""#,
        r#""Arn": "$Function.Arn""#,
        "Rule",
    ),
    ("permission-source", PERMISSION, "111122223333", "*", "It"),
    (
        "permission-source",
        PERMISSION,
        "events.amazonaws.com",
        "*",
        "It",
    ),
    (
        "url-authentication",
        URL,
        r#""AuthType": "AWS_IAM""#,
        r#""AuthType": "NONE""#,
        "Url",
    ),
    (
        "url-grants",
        URL,
        r#""InvokedViaFunctionUrl": true"#,
        r#""InvokedViaFunctionUrl": false"#,
        "Url",
    ),
    (
        "url-grants",
        URL,
        "lambda:InvokeFunctionUrl",
        "lambda:GetFunction",
        "Url",
    ),
    (
        "url-grants",
        URL,
        "distribution/${Site}",
        "distribution/*",
        "Url",
    ),
    (
        "asynchronous-failures",
        ALIAS,
        "OnFailure",
        "OnSuccess",
        "Function",
    ),
    (
        "asynchronous-failures",
        ALIAS,
        "MaximumRetryAttempts",
        "Nothing",
        "Function",
    ),
    (
        "schedule-retries",
        CLOCK,
        r#""MaximumRetryAttempts": 0"#,
        r#""MaximumRetryAttempts": 185"#,
        "Schedule",
    ),
    ("schedule-alarm", CLOCK, "breaching", "missing", "Function"),
    (
        "gradual-deployment",
        DEPLOYMENT,
        "Canary10Percent5Minutes",
        "AllAtOnce",
        "Group",
    ),
    (
        "gradual-deployment",
        DEPLOYMENT,
        "UpdatePolicy",
        "Nothing",
        "Alias",
    ),
    (
        "deployment-alarms",
        DEPLOYMENT,
        r#"[{"Name": "$Alarm"}]"#,
        "[]",
        "Group",
    ),
    (
        "deployment-alarms",
        DEPLOYMENT,
        "FunctionName",
        "TargetGroup",
        "Group",
    ),
    (
        "deployment-alarms",
        DEPLOYMENT,
        "DEPLOYMENT_STOP_ON_ALARM",
        "DEPLOYMENT_FAILURE",
        "Group",
    ),
    (
        "deployment-alarms",
        DEPLOYMENT,
        "Errors",
        "Throttles",
        "Group",
    ),
];

const TARGET: &str = r#"{
    "Balancer": ["AWS::ElasticLoadBalancingV2::LoadBalancer",
        {"LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "60"}]}],
    "Function": ["AWS::Lambda::Function", {"Timeout": 29, "ReservedConcurrentExecutions": 10}],
    "Alias": ["AWS::Lambda::Alias", {"FunctionName": "$Function"}],
    "Targets": ["AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetType": "lambda", "Targets": [{"Id": "$Alias"}]}]}"#;

const ALIAS: &str = r#"{
    "Function": ["AWS::Lambda::Function", {}],
    "Version": ["AWS::Lambda::Version", {"FunctionName": "$Function"}],
    "Alias": ["AWS::Lambda::Alias", {"FunctionName": "$Function", "FunctionVersion": "$Version.Version"}],
    "Rule": ["AWS::Events::Rule", {"Targets": [{"Arn": "$Alias"}]}],
    "Dead": ["AWS::SQS::Queue", {}],
    "Config": ["AWS::Lambda::EventInvokeConfig", {"FunctionName": "$Function", "MaximumRetryAttempts": 2,
        "DestinationConfig": {"OnFailure": {"Destination": "$Dead.Arn"}}}]}"#;

const PERMISSION: &str = r#"{"It": ["AWS::Lambda::Permission", {"Principal": "events.amazonaws.com",
    "SourceArn": "arn:aws:events:us-east-1:111122223333:rule/site-*"}]}"#;

const URL: &str = r#"{
    "Site": ["AWS::CloudFront::Distribution", {}],
    "Url": ["AWS::Lambda::Url", {"TargetFunctionArn": "$Alias", "AuthType": "AWS_IAM"}],
    "ByUrl": ["AWS::Lambda::Permission", {"FunctionName": "$Alias", "Action": "lambda:InvokeFunctionUrl",
        "Principal": "cloudfront.amazonaws.com", "FunctionUrlAuthType": "AWS_IAM",
        "SourceArn": {"Fn::Sub": "arn:aws:cloudfront::111122223333:distribution/${Site}"}}],
    "Invoke": ["AWS::Lambda::Permission", {"FunctionName": "$Alias", "Action": "lambda:InvokeFunction",
        "Principal": "cloudfront.amazonaws.com", "InvokedViaFunctionUrl": true,
        "SourceArn": {"Fn::Sub": "arn:aws:cloudfront::111122223333:distribution/${Site}"}}]}"#;

const CLOCK: &str = r#"{
    "Function": ["AWS::Lambda::Function", {"Environment": {"Variables": {"POWERTOOLS_SERVICE_NAME": "sweep"}}}],
    "Schedule": ["AWS::Scheduler::Schedule", {"Target": {"Arn": "$Function.Arn",
        "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}}}],
    "Silent": ["AWS::CloudWatch::Alarm", {"ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching",
        "Dimensions": [{"Name": "service", "Value": "sweep"}]}]}"#;

const DEPLOYMENT: &str = r#"{
    "Alias": ["AWS::Lambda::Alias", {"FunctionName": "$Function"}, {"UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {"DeploymentGroupName": "$Group"}}}],
    "Group": ["AWS::CodeDeploy::DeploymentGroup", {
        "DeploymentConfigName": {"Fn::Sub": ["CodeDeployDefault.Lambda${Name}", {"Name": "Canary10Percent5Minutes"}]},
        "AlarmConfiguration": {"Enabled": true, "Alarms": [{"Name": "$Alarm"}]},
        "AutoRollbackConfiguration": {"Enabled": true, "Events": ["DEPLOYMENT_STOP_ON_ALARM"]}}],
    "Alarm": ["AWS::CloudWatch::Alarm", {"MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value": "$Function"}]}],
    "Function": ["AWS::Lambda::Function", {}]}"#;
