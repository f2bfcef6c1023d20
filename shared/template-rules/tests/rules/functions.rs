use crate::Case;

pub(crate) const CASES: &[Case] = &[
    (
        "function-alias",
        ALIAS,
        "$Version.Version",
        "$LATEST",
        "Function",
    ),
    ("function-alarms", ALARMS, "Throttles", "Invocations", "It"),
    (
        "function-alarms",
        ALARMS,
        r#""Value": "$It""#,
        r#""Value": "$Other""#,
        "It",
    ),
    ("function-duration", ALARMS, "9000", "10000", "Slow"),
    ("function-logs", LOGS, "JSON", "Text", "It"),
    (
        "function-logs",
        LOGS,
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "It",
    ),
    (
        "function-logs",
        r#"{"A": ["AWS::Lambda::Function", {"LoggingConfig": {"LogFormat": "JSON", "LogGroup": "$GroupA"}}],
            "B": ["AWS::Lambda::Function", {"LoggingConfig": {"LogFormat": "JSON", "LogGroup": "$GroupB"}}],
            "GroupA": ["AWS::Logs::LogGroup", {}], "GroupB": ["AWS::Logs::LogGroup", {}]}"#,
        "$GroupB",
        "$GroupA",
        "B",
    ),
    (
        "function-runtime",
        r#"{"It": ["AWS::Lambda::Function", {"Runtime": "provided.al2023", "Architectures": ["arm64"]}]}"#,
        "al2023",
        "al2",
        "It",
    ),
    (
        "function-runtime",
        r#"{"A": ["AWS::Lambda::Function", {"Runtime": "provided.al2023", "Architectures": ["arm64"]}],
            "B": ["AWS::Lambda::Function", {"Runtime": "provided.al2023", "Architectures": ["arm64"]}]}"#,
        "arm64",
        "x86_64",
        "",
    ),
    (
        "function-tracing",
        r#"{"It": ["AWS::Lambda::Function", {"TracingConfig": {"Mode": "Active"}}]}"#,
        "Active",
        "PassThrough",
        "It",
    ),
    (
        "function-zones",
        r#"{"It": ["AWS::Lambda::Function", {"VpcConfig": {"SubnetIds": ["$A", "$B"]}}]}"#,
        r#", "$B""#,
        "",
        "It",
    ),
    (
        "function-role",
        r#"{"A": ["AWS::Lambda::Function", {"Role": "$RoleA.Arn"}], "B": ["AWS::Lambda::Function", {"Role": "$RoleB.Arn"}]}"#,
        "$RoleB",
        "$RoleA",
        "B",
    ),
    (
        "function-reservation",
        TARGET,
        "ReservedConcurrentExecutions",
        "Nothing",
        "Function",
    ),
    (
        "function-answers-in-time",
        TARGET,
        r#""Timeout": 29"#,
        r#""Timeout": 60"#,
        "Function",
    ),
    (
        "function-secrets",
        VARIABLES,
        r#""API_TOKEN": """#,
        r#""API_TOKEN": "hunter2""#,
        "It",
    ),
    (
        "function-secrets",
        VARIABLES,
        "postgres://site@",
        "postgres://site:hunter2@",
        "It",
    ),
];

const ALIAS: &str = r#"{
    "Function": ["AWS::Lambda::Function", {}],
    "Version": ["AWS::Lambda::Version", {"FunctionName": "$Function"}],
    "Alias": ["AWS::Lambda::Alias", {"FunctionName": "$Function", "FunctionVersion": "$Version.Version"}],
    "Rule": ["AWS::Events::Rule", {"Targets": [{"Arn": "$Alias"}]}],
    "Dead": ["AWS::SQS::Queue", {}],
    "Config": ["AWS::Lambda::EventInvokeConfig", {"FunctionName": "$Function", "MaximumRetryAttempts": 2,
        "DestinationConfig": {"OnFailure": {"Destination": "$Dead.Arn"}}}]}"#;

const ALARMS: &str = r#"{
    "It": ["AWS::Lambda::Function", {"Timeout": 10}],
    "Errors": ["AWS::CloudWatch::Alarm", {"Namespace": "AWS/Lambda", "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": "$It"}]}],
    "Throttled": ["AWS::CloudWatch::Alarm", {"Namespace": "AWS/Lambda", "MetricName": "Throttles",
        "Dimensions": [{"Name": "FunctionName", "Value": "$It"}]}],
    "Slow": ["AWS::CloudWatch::Alarm", {"Namespace": "AWS/Lambda", "MetricName": "Duration", "Threshold": 9000,
        "Dimensions": [{"Name": "FunctionName", "Value": "$It"}]}]}"#;

const LOGS: &str = r#"{
    "It": ["AWS::Lambda::Function", {"LoggingConfig": {"LogFormat": "JSON", "LogGroup": "$Group"}}],
    "Group": ["AWS::Logs::LogGroup", {}]}"#;

const TARGET: &str = r#"{
    "Balancer": ["AWS::ElasticLoadBalancingV2::LoadBalancer",
        {"LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "60"}]}],
    "Function": ["AWS::Lambda::Function", {"Timeout": 29, "ReservedConcurrentExecutions": 10}],
    "Alias": ["AWS::Lambda::Alias", {"FunctionName": "$Function"}],
    "Targets": ["AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetType": "lambda", "Targets": [{"Id": "$Alias"}]}]}"#;

const VARIABLES: &str = r#"{"It": ["AWS::Lambda::Function", {"Environment": {"Variables":
    {"API_TOKEN": "", "DATABASE_URL": "postgres://site@db/site", "KEY_SECRET_ARN": "arn:aws:x"}}}]}"#;
