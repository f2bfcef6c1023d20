use crate::Case;

pub(crate) const CASES: &[Case] = &[
    (
        "balancer-internal",
        BALANCER,
        r#""Scheme": "internal""#,
        r#""Scheme": "internet-facing""#,
        "Balancer",
    ),
    (
        "balancer-headers",
        BALANCER,
        r#"fields.enabled", "Value": "true""#,
        r#"fields.enabled", "Value": "false""#,
        "Balancer",
    ),
    (
        "balancer-desync",
        BALANCER,
        "strictest",
        "monitor",
        "Balancer",
    ),
    (
        "balancer-logs",
        BALANCER,
        r#"access_logs.s3.enabled", "Value": "true""#,
        r#"access_logs.s3.enabled", "Value": "false""#,
        "Balancer",
    ),
    (
        "balancer-protection",
        BALANCER,
        r#"protection.enabled", "Value": "true""#,
        r#"protection.enabled", "Value": "false""#,
        "Balancer",
    ),
    (
        "balancer-zones",
        BALANCER,
        r#""$A", "$B""#,
        r#""$A""#,
        "Balancer",
    ),
    (
        "balancer-attributes",
        BALANCER,
        "strictest",
        "strictest\"}, {\"Key\": \"desync.mode",
        "Balancer",
    ),
    ("listener-tls", BALANCER, "HTTPS", "HTTP", "Listener"),
    (
        "listener-tls",
        BALANCER,
        "TLS13-1-2-2021-06",
        "2016-08",
        "Listener",
    ),
    (
        "listener-tls",
        BALANCER,
        r#""SourceSecurityGroupId": "$Proxies""#,
        r#""CidrIp": "10.0.0.0/8""#,
        "Inside",
    ),
    (
        "balancer-attributes",
        TARGET,
        "lambda.multi_value_headers.enabled",
        "lambda.multi_value_header.enabled",
        "It",
    ),
    (
        "target-function",
        TARGET,
        r#""Value": "true""#,
        r#""Value": "false""#,
        "It",
    ),
    ("target-function", TARGET, "DependsOn", "Description", "It"),
    ("target-health", INSTANCES, "\"200\"", "\"200-499\"", "It"),
    (
        "target-health",
        INSTANCES,
        r#""HealthCheckIntervalSeconds": 10"#,
        r#""HealthCheckIntervalSeconds": 60"#,
        "It",
    ),
    (
        "target-health",
        INSTANCES,
        r#""Value": "30""#,
        r#""Value": "300""#,
        "It",
    ),
];

const BALANCER: &str = r#"{
    "Balancer": ["AWS::ElasticLoadBalancingV2::LoadBalancer", {"Scheme": "internal", "Subnets": ["$A", "$B"],
        "SecurityGroups": ["$Group"], "LoadBalancerAttributes": [
        {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"},
        {"Key": "routing.http.desync_mitigation_mode", "Value": "strictest"},
        {"Key": "deletion_protection.enabled", "Value": "true"},
        {"Key": "access_logs.s3.enabled", "Value": "true"}, {"Key": "access_logs.s3.bucket", "Value": "$Bucket"},
        {"Key": "connection_logs.s3.enabled", "Value": "true"}, {"Key": "connection_logs.s3.bucket", "Value": "$Bucket"}]}],
    "Bucket": ["AWS::S3::Bucket", {}],
    "Listener": ["AWS::ElasticLoadBalancingV2::Listener", {"LoadBalancerArn": "$Balancer", "Port": 443, "Protocol": "HTTPS",
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}],
    "Inside": ["AWS::ElasticLoadBalancingV2::Listener", {"LoadBalancerArn": "$Balancer", "Port": 8080, "Protocol": "HTTP"}],
    "Group": ["AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [{"FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}]}],
    "Ingress": ["AWS::EC2::SecurityGroupIngress", {"GroupId": "$Group", "FromPort": 8080, "ToPort": 8080,
        "SourceSecurityGroupId": "$Proxies"}]}"#;

const TARGET: &str = r#"{
    "It": ["AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetType": "lambda", "Targets": [{"Id": "$Alias"}],
        "TargetGroupAttributes": [{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}]}, {"DependsOn": "Invoke"}],
    "Invoke": ["AWS::Lambda::Permission", {"FunctionName": "$Alias", "Principal": "elasticloadbalancing.amazonaws.com"}]}"#;

const INSTANCES: &str = r#"{"It": ["AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetType": "instance",
    "HealthCheckPath": "/healthz", "Matcher": {"HttpCode": "200"}, "HealthCheckIntervalSeconds": 10,
    "HealthyThresholdCount": 2, "UnhealthyThresholdCount": 2,
    "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]}]}"#;
