//! Which types of resources cost something for being there.

/// Counted in `quantity.rs`.
pub(crate) const COUNTED: &[&str] = &[
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::EC2::EIP",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Events::Rule",
    "AWS::KMS::Key",
    "AWS::Lambda::EventSourceMapping",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBProxy",
    // The first 14 million runs of a month are free of charge; the functions' are not.
    "AWS::Scheduler::Schedule",
    "AWS::SecretsManager::Secret",
    "AWS::WAFv2::WebACL",
];

/// Services whose other resources cost nothing for being there: what they do is in `usage.rs`,
/// or costs cents, as a query in Athena does.
const FREE_SERVICES: &[&str] = &[
    "AWS::Athena::",
    "AWS::AutoScaling::",
    "AWS::CloudFormation::",
    "AWS::CloudFront::",
    "AWS::CloudWatch::AnomalyDetector",
    "AWS::CodeDeploy::",
    "AWS::DynamoDB::Table",
    "AWS::Glue::",
    "AWS::IAM::",
    "AWS::Lambda::",
    "AWS::Logs::",
    "AWS::Route53::RecordSet",
    "AWS::S3::",
    "AWS::SNS::",
    "AWS::SQS::",
    "AWS::WAFv2::LoggingConfiguration",
];

/// Types that cost nothing for being there, of services that have others.
const FREE: &[&str] = &[
    // The first two of an account are free of charge, and have no actions here.
    "AWS::Budgets::Budget",
    // The first copy of management events is free of charge.
    "AWS::CloudTrail::Trail",
    "AWS::EC2::FlowLog",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::ElastiCache::ParameterGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElastiCache::User",
    "AWS::ElastiCache::UserGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::Events::EventBusPolicy",
    "AWS::KMS::Alias",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::EventSubscription",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::ResourcePolicy",
];

/// Whether it is known what a type costs.
pub(crate) fn is_known(kind: &str) -> bool {
    COUNTED.contains(&kind)
        || FREE.contains(&kind)
        || FREE_SERVICES
            .iter()
            .any(|service| kind.starts_with(service))
}
