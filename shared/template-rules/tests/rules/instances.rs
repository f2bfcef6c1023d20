use crate::Case;

pub(crate) const CASES: &[Case] = &[
    ("instance-metadata", LAUNCH, "required", "optional", "It"),
    (
        "instance-metadata",
        LAUNCH,
        r#""HttpPutResponseHopLimit": 1"#,
        r#""HttpPutResponseHopLimit": 2"#,
        "It",
    ),
    (
        "instance-disks",
        LAUNCH,
        r#""Encrypted": true"#,
        r#""Encrypted": false"#,
        "It",
    ),
    (
        "instance-access",
        LAUNCH,
        r#""IamInstanceProfile""#,
        r#""KeyName": "ops", "IamInstanceProfile""#,
        "It",
    ),
    (
        "instance-access",
        LAUNCH,
        r#""IamInstanceProfile""#,
        r#""NetworkInterfaces": [{"AssociatePublicIpAddress": true}], "IamInstanceProfile""#,
        "It",
    ),
    (
        "group-template",
        INSTANCES,
        r#"{"LaunchTemplateId": "$Launch"}"#,
        "{}",
        "It",
    ),
    (
        "group-health",
        INSTANCES,
        r#""HealthCheckType": "ELB""#,
        r#""HealthCheckType": "EC2""#,
        "It",
    ),
    (
        "group-zones",
        INSTANCES,
        r#""MinSize": 2"#,
        r#""MinSize": 1"#,
        "It",
    ),
    (
        "group-zones",
        INSTANCES,
        r#""MaxSize": 4"#,
        r#""MaxSize": 2"#,
        "It",
    ),
    (
        "group-updates",
        INSTANCES,
        "WaitOnResourceSignals",
        "Nothing",
        "It",
    ),
    (
        "group-updates",
        INSTANCES,
        "CreationPolicy",
        "Nothing",
        "It",
    ),
    (
        "group-scaling",
        INSTANCES,
        "TargetTrackingScaling",
        "SimpleScaling",
        "It",
    ),
    ("group-lifetime", INSTANCES, "1209600", "31536000", "It"),
    (
        "policy-actions",
        ROLE,
        r#""s3:GetObject""#,
        r#"["s3:Get*"]"#,
        "It",
    ),
    (
        "policy-resources",
        ROLE,
        r#"["${Bucket.Arn}/*"]"#,
        r#""*""#,
        "It",
    ),
    (
        "policy-negations",
        ROLE,
        r#""Action": "s3:GetObject""#,
        r#""NotAction": "s3:GetObject""#,
        "It",
    ),
    (
        "policy-escalation",
        ROLE,
        r#""s3:GetObject""#,
        r#""iam:PassRole""#,
        "It",
    ),
    (
        "managed-policies",
        ROLE,
        "AWSXrayWriteOnlyAccess",
        "AdministratorAccess",
        "It",
    ),
    (
        "role-boundary",
        r#"{"It": ["AWS::IAM::Role", {"PermissionsBoundary": "arn:x"}], "Role": ["AWS::IAM::Role", {"PermissionsBoundary": "arn:x"}]}"#,
        "PermissionsBoundary",
        "Nothing",
        "It",
    ),
    (
        "role-trust",
        ROLE,
        r#"{"Service": ["lambda.amazonaws.com"]}"#,
        r#"{"AWS": "*"}"#,
        "It",
    ),
    (
        "role-trust",
        ROLE,
        r#"["lambda.amazonaws.com"]"#,
        r#"["lambda.amazonaws.com", "ec2.amazonaws.com"]"#,
        "It",
    ),
    (
        "resource-policies",
        POLICY,
        "aws:SourceArn",
        "s3:x-amz-acl",
        "It",
    ),
    (
        "resource-policies",
        POLICY,
        "AWSLogs/111122223333/*",
        "AWSLogs/*",
        "It",
    ),
    (
        "resource-policies",
        POLICY,
        r#"{"Service": "cloudfront.amazonaws.com"}"#,
        r#"{"AWS": "*"}"#,
        "It",
    ),
    (
        "intake-cannot-read",
        INTAKE,
        "dynamodb:PutItem",
        "dynamodb:GetItem",
        "FormsIntakeFunction",
    ),
    (
        "intake-cannot-read",
        INTAKE,
        "dynamodb:PutItem",
        "dynamodb:Scan",
        "FormsIntakeFunction",
    ),
    (
        "intake-cannot-read",
        INTAKE,
        r#"["abusive-operators"]"#,
        r#"["abusive-operators", "x"]"#,
        "FormsIntakeFunction",
    ),
    (
        "instance-manager",
        r#"{"It": ["AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"IamInstanceProfile": {"Arn": "$Profile.Arn"}}}],
            "Profile": ["AWS::IAM::InstanceProfile", {"Roles": ["$Role"]}],
            "Role": ["AWS::IAM::Role", {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]}]}"#,
        "AmazonSSMManagedInstanceCore",
        "AmazonSSMReadOnlyAccess",
        "It",
    ),
];

const LAUNCH: &str = r#"{"It": ["AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"IamInstanceProfile": {"Arn": "$Profile.Arn"},
    "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    "BlockDeviceMappings": [{"Ebs": {"Encrypted": true}}]}}]}"#;

const INSTANCES: &str = r#"{
    "It": ["AWS::AutoScaling::AutoScalingGroup", {"LaunchTemplate": {"LaunchTemplateId": "$Launch"}, "HealthCheckType": "ELB",
        "TargetGroupARNs": ["$Targets"], "VPCZoneIdentifier": ["$A", "$B"], "MinSize": 2, "MaxSize": 4, "MaxInstanceLifetime": 1209600},
        {"CreationPolicy": {"ResourceSignal": {"Count": 2}},
         "UpdatePolicy": {"AutoScalingRollingUpdate": {"WaitOnResourceSignals": true, "MaxBatchSize": 1}}}],
    "Launch": ["AWS::EC2::LaunchTemplate", {}],
    "Scaling": ["AWS::AutoScaling::ScalingPolicy", {"AutoScalingGroupName": "$It", "PolicyType": "TargetTrackingScaling"}]}"#;

const ROLE: &str = r#"{"It": ["AWS::IAM::Role", {"PermissionsBoundary": "arn:x",
    "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"],
    "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": "sts:AssumeRole"}]},
    "Policies": [{"PolicyDocument": {"Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["${Bucket.Arn}/*"]},
        {"Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"}]}}]}]}"#;

const POLICY: &str = r#"{"It": ["AWS::S3::BucketPolicy", {"PolicyDocument": {"Statement": [
    {"Effect": "Deny", "Principal": "*", "Action": "s3:*"},
    {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
     "Condition": {"StringEquals": {"aws:SourceArn": "arn:x"}}},
    {"Effect": "Allow", "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, "Action": "s3:PutObject",
     "Resource": {"Fn::Sub": "${Bucket.Arn}/alb/AWSLogs/111122223333/*"}}]}}]}"#;

const INTAKE: &str = r#"{
    "FormsIntakeFunction": ["AWS::Lambda::Function", {"Role": "$Role.Arn"}],
    "Role": ["AWS::IAM::Role", {"Policies": [{"PolicyDocument": {"Statement": [
        {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "$SubmissionsTable.Arn"},
        {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "$FormsGuardTable.Arn",
         "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["abusive-operators"]}}}]}}]}]}"#;
