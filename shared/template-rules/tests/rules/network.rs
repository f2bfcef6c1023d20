use crate::Case;

pub(crate) const CASES: &[Case] = &[
    ("alarm-silence", ALARM, "notBreaching", "sometimes", "It"),
    ("alarm-actions", ALARM, "OKActions", "Nothing", "It"),
    (
        "alarm-actions",
        ALARM,
        r#""AlarmActions": ["$Topic"]"#,
        r#""AlarmActions": ["arn:x"]"#,
        "It",
    ),
    (
        "alarm-actions",
        ALARM,
        r#""Period": 60"#,
        r#""Period": 60, "ActionsEnabled": false"#,
        "It",
    ),
    ("alarm-actions", ALARM, "${Quiet}", "${It}", "Quiet"),
    ("alarm-composites", ALARM, "${Quiet}", "${Topic}", "All"),
    (
        "alarm-composites",
        ALARM,
        r#""$Cause""#,
        r#""$Gone""#,
        "All",
    ),
    (
        "alarm-evaluation",
        ALARM,
        r#""DatapointsToAlarm": 2"#,
        r#""DatapointsToAlarm": 4"#,
        "It",
    ),
    (
        "alarm-evaluation",
        ALARM,
        r#""Period": 60"#,
        r#""Period": 86400"#,
        "It",
    ),
    ("alarm-dimensions", ALARM, "$Database", "some-name", "It"),
    (
        "alarm-dimensions",
        ALARM,
        "DBInstanceIdentifier",
        "CacheClusterId",
        "It",
    ),
    (
        "alarm-tiers",
        r#"{"It": ["AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetType": "instance"}],
            "Alarm": ["AWS::CloudWatch::Alarm", {"Namespace": "AWS/ApplicationELB", "MetricName": "UnHealthyHostCount",
                "Dimensions": [{"Name": "TargetGroup", "Value": "$It.TargetGroupFullName"}]}]}"#,
        "UnHealthyHostCount",
        "HealthyHostCount",
        "It",
    ),
    (
        "alarm-tiers",
        r#"{"It": ["AWS::Lambda::Function", {}]}"#,
        "AWS::Lambda::Function",
        "AWS::RDS::DBInstance",
        "It",
    ),
    (
        "ingress-closed",
        GROUP,
        r#""CidrIp": "10.0.0.0/8""#,
        r#""CidrIp": "0.0.0.0/0""#,
        "It",
    ),
    (
        "ingress-closed",
        GROUP,
        r#""CidrIp": "10.0.0.0/8""#,
        r#""CidrIpv6": "::/0""#,
        "It",
    ),
    (
        "ingress-closed",
        GROUP,
        r#""IpProtocol": "udp""#,
        r#""IpProtocol": "-1""#,
        "More",
    ),
    (
        "egress-limited",
        GROUP,
        r#""FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0""#,
        r#""FromPort": 0, "ToPort": 443, "CidrIp": "0.0.0.0/0""#,
        "It",
    ),
    (
        "egress-limited",
        GROUP,
        "SecurityGroupEgress",
        "Nothing",
        "It",
    ),
    ("group-descriptions", GROUP, r#""AWS APIs""#, r#""""#, "It"),
    (
        "group-descriptions",
        GROUP,
        r#""Description": "DNS""#,
        r#""Name": "DNS""#,
        "More",
    ),
    (
        "flow-logs",
        VPC,
        r#""ResourceId": "$Vpc""#,
        r#""ResourceId": "$Other""#,
        "Vpc",
    ),
    ("gateway-endpoints", VPC, ".dynamodb", ".sqs", "Vpc"),
    (
        "gateway-endpoints",
        VPC,
        r#"["$TableA", "$TableB"]"#,
        r#"["$TableA"]"#,
        "Vpc",
    ),
    (
        "subnet-addresses",
        ZONES,
        r#""MapPublicIpOnLaunch": false"#,
        r#""MapPublicIpOnLaunch": true"#,
        "A",
    ),
    (
        "subnet-zones",
        ZONES,
        r#"["$A", "$B"]"#,
        r#"["$A", "$PublicA"]"#,
        "Balancer",
    ),
    ("nat-per-zone", ZONES, "$NatB", "$NatA", "B"),
    (
        "ingress-named",
        NAMED,
        r#""SourceSecurityGroupId": "$Group""#,
        r#""CidrIp": "10.0.0.0/8""#,
        "It",
    ),
];

const ALARM: &str = r#"{
    "It": ["AWS::CloudWatch::Alarm", {"Namespace": "AWS/RDS", "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "$Database"}],
        "Period": 60, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "TreatMissingData": "notBreaching",
        "AlarmActions": ["$Topic"], "OKActions": ["$Topic"]}],
    "Quiet": ["AWS::CloudWatch::Alarm", {"Namespace": "Site", "EvaluationPeriods": 1, "TreatMissingData": "ignore"}],
    "Cause": ["AWS::CloudWatch::Alarm", {"Namespace": "Site", "EvaluationPeriods": 1, "TreatMissingData": "ignore"}],
    "All": ["AWS::CloudWatch::CompositeAlarm", {"AlarmRule": {"Fn::Sub": "ALARM(\"${Quiet}\")"}, "ActionsSuppressor": "$Cause",
        "AlarmActions": ["$Topic"], "OKActions": ["$Topic"]}],
    "Topic": ["AWS::SNS::Topic", {}]}"#;

const GROUP: &str = r#"{
    "It": ["AWS::EC2::SecurityGroup", {
        "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8", "Description": "VPC"}],
        "SecurityGroupEgress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "AWS APIs"}]}],
    "More": ["AWS::EC2::SecurityGroupIngress", {"IpProtocol": "udp", "CidrIp": "10.0.0.0/8", "Description": "DNS"}]}"#;

const VPC: &str = r#"{
    "Vpc": ["AWS::EC2::VPC", {}],
    "Log": ["AWS::EC2::FlowLog", {"ResourceId": "$Vpc", "TrafficType": "REJECT"}],
    "S3": ["AWS::EC2::VPCEndpoint", {"VpcId": "$Vpc", "ServiceName": "com.amazonaws.x.s3", "RouteTableIds": ["$TableA", "$TableB"]}],
    "DynamoDb": ["AWS::EC2::VPCEndpoint", {"VpcId": "$Vpc", "ServiceName": "com.amazonaws.x.dynamodb", "RouteTableIds": ["$TableA", "$TableB"]}]}"#;

const ZONES: &str = r#"{
    "A": ["AWS::EC2::Subnet", {"AvailabilityZone": "xa", "MapPublicIpOnLaunch": false}],
    "B": ["AWS::EC2::Subnet", {"AvailabilityZone": "xb"}],
    "PublicA": ["AWS::EC2::Subnet", {"AvailabilityZone": "xa"}],
    "PublicB": ["AWS::EC2::Subnet", {"AvailabilityZone": "xb"}],
    "Balancer": ["AWS::ElasticLoadBalancingV2::LoadBalancer", {"Subnets": ["$A", "$B"]}],
    "RoutesA": ["AWS::EC2::SubnetRouteTableAssociation", {"SubnetId": "$A", "RouteTableId": "$TableA"}],
    "RoutesB": ["AWS::EC2::SubnetRouteTableAssociation", {"SubnetId": "$B", "RouteTableId": "$TableB"}],
    "OutB": ["AWS::EC2::Route", {"RouteTableId": "$TableB", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "$NatB"}],
    "OutA": ["AWS::EC2::Route", {"RouteTableId": "$TableA", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "$NatA"}],
    "NatA": ["AWS::EC2::NatGateway", {"SubnetId": "$PublicA"}],
    "NatB": ["AWS::EC2::NatGateway", {"SubnetId": "$PublicB"}]}"#;

const NAMED: &str = r#"{
    "It": ["AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [{"SourceSecurityGroupId": "$Group"}]}],
    "Group": ["AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [{"CidrIp": "10.0.0.0/8"}]}],
    "Balancer": ["AWS::ElasticLoadBalancingV2::LoadBalancer", {"SecurityGroups": ["$Group"]}]}"#;
