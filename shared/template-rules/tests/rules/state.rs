use crate::Case;

pub(crate) const CASES: &[Case] = &[
    ("state-policies", TABLE, "DeletionPolicy", "Nothing", "It"),
    (
        "state-policies",
        TABLE,
        r#""UpdateReplacePolicy": "Retain""#,
        r#""UpdateReplacePolicy": "Keep""#,
        "It",
    ),
    (
        "state-kept",
        TABLE,
        r#""DeletionPolicy": "Retain""#,
        r#""DeletionPolicy": "Delete""#,
        "It",
    ),
    (
        "table-encryption",
        TABLE,
        r#""SSEEnabled": true"#,
        r#""SSEEnabled": false"#,
        "It",
    ),
    (
        "table-recovery",
        TABLE,
        r#""PointInTimeRecoveryEnabled": true"#,
        r#""PointInTimeRecoveryEnabled": false"#,
        "It",
    ),
    (
        "table-protection",
        TABLE,
        r#""DeletionProtectionEnabled": true"#,
        r#""DeletionProtectionEnabled": false"#,
        "It",
    ),
    (
        "table-capacity",
        TABLE,
        "PAY_PER_REQUEST",
        "PROVISIONED",
        "It",
    ),
    ("table-key", TABLE, "AWS::KMS::Key", "AWS::S3::Bucket", "It"),
    (
        "key-rotation",
        KEY,
        r#""EnableKeyRotation": true"#,
        r#""EnableKeyRotation": false"#,
        "It",
    ),
    (
        "key-rotation",
        KEY,
        r#""PendingWindowInDays": 30"#,
        r#""PendingWindowInDays": 7"#,
        "It",
    ),
    (
        "key-policy",
        KEY,
        "kms:CallerAccount",
        "aws:PrincipalTag",
        "It",
    ),
    (
        "log-key",
        r#"{"It": ["AWS::Logs::LogGroup", {"KmsKeyId": "$Key.Arn"}], "Key": ["AWS::KMS::Key", {}]}"#,
        "$Key.Arn",
        "arn:x",
        "It",
    ),
    (
        "secret-key",
        r#"{"It": ["AWS::SecretsManager::Secret", {"KmsKeyId": "$Key.Arn"}], "Key": ["AWS::KMS::Key", {}]}"#,
        "KmsKeyId",
        "Nothing",
        "It",
    ),
    (
        "topic-key",
        r#"{"It": ["AWS::SNS::Topic", {"KmsMasterKeyId": "$Key.Arn"}], "Key": ["AWS::KMS::Key", {}]}"#,
        "$Key.Arn",
        "alias/aws/sns",
        "It",
    ),
    (
        "topic-key",
        r#"{"CacheTopic": ["AWS::SNS::Topic", {}]}"#,
        "CacheTopic",
        "AlarmTopic",
        "AlarmTopic",
    ),
    (
        "variable-key",
        r#"{"It": ["AWS::Lambda::Function", {"KmsKeyArn": "$Key.Arn"}], "Key": ["AWS::KMS::Key", {}]}"#,
        "KmsKeyArn",
        "Nothing",
        "It",
    ),
    (
        "trail-key",
        r#"{"It": ["AWS::CloudTrail::Trail", {"KMSKeyId": "$Key.Arn"}], "Key": ["AWS::KMS::Key", {}]}"#,
        "KMSKeyId",
        "Nothing",
        "It",
    ),
    (
        "secret-strength",
        SECRET,
        r#""PasswordLength": 24"#,
        r#""PasswordLength": 23"#,
        "It",
    ),
    (
        "secret-strength",
        SECRET,
        "GenerateSecretString",
        "SecretString",
        "It",
    ),
    (
        "topic-publishers",
        TOPIC,
        "aws:SourceAccount",
        "aws:PrincipalTag",
        "Policy",
    ),
    (
        "topic-publishers",
        TOPIC,
        r#"{"Service": "cloudwatch.amazonaws.com"}"#,
        r#""*""#,
        "Policy",
    ),
    (
        "topic-publishers",
        TOPIC,
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
        "It",
    ),
    ("bucket-encryption", BUCKET, "AES256", "none", "It"),
    (
        "bucket-private",
        BUCKET,
        r#""BlockPublicPolicy": true"#,
        r#""BlockPublicPolicy": false"#,
        "It",
    ),
    (
        "bucket-tls",
        BUCKET,
        r#""Effect": "Deny""#,
        r#""Effect": "Allow""#,
        "It",
    ),
    ("bucket-tls", BUCKET, r#""$It.Arn", "#, "", "It"),
    (
        "bucket-owner",
        BUCKET,
        "BucketOwnerEnforced",
        "ObjectWriter",
        "It",
    ),
    (
        "bucket-lifecycle",
        BUCKET,
        "AbortIncompleteMultipartUpload",
        "Nothing",
        "It",
    ),
    (
        "bucket-lifecycle",
        BUCKET,
        "NoncurrentVersionExpiration",
        "Nothing",
        "It",
    ),
    (
        "bucket-versions",
        BUCKET,
        r#"{"Status": "Enabled"}"#,
        r#"{"Status": "Suspended"}"#,
        "It",
    ),
    (
        "bucket-logs",
        BUCKET,
        "LoggingConfiguration",
        "Nothing",
        "It",
    ),
    (
        "table-expiry",
        TABLE,
        r#""Enabled": true"#,
        r#""Enabled": false"#,
        "It",
    ),
];

const TABLE: &str = r#"{
    "It": ["AWS::DynamoDB::Table", {"BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": true,
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": true}, "SSESpecification": {"SSEEnabled": true, "KMSMasterKeyId": "$Key.Arn"},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}},
        {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}],
    "Key": ["AWS::KMS::Key", {}, {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}]}"#;

const KEY: &str = r#"{"It": ["AWS::KMS::Key", {"EnableKeyRotation": true, "PendingWindowInDays": 30, "KeyPolicy": {"Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*"},
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Condition": {"StringEquals":
        {"kms:CallerAccount": "111122223333", "kms:ViaService": "s3.us-east-1.amazonaws.com"}}}]}}]}"#;

const SECRET: &str =
    r#"{"It": ["AWS::SecretsManager::Secret", {"GenerateSecretString": {"PasswordLength": 24}}]}"#;

const TOPIC: &str = r#"{
    "It": ["AWS::SNS::Topic", {}],
    "Alarm": ["AWS::CloudWatch::Alarm", {"AlarmActions": ["$It"]}],
    "Policy": ["AWS::SNS::TopicPolicy", {"Topics": ["$It"], "PolicyDocument": {"Statement": [{"Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish", "Resource": "$It",
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}]}}]}"#;

const BUCKET: &str = r#"{
    "It": ["AWS::S3::Bucket", {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "VersioningConfiguration": {"Status": "Enabled"},
        "LoggingConfiguration": {"DestinationBucketName": "$StatusBucket"},
        "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
            {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}]}}],
    "Policy": ["AWS::S3::BucketPolicy", {"Bucket": "$It", "PolicyDocument": {"Statement": [{"Effect": "Deny", "Principal": "*",
        "Action": "s3:*", "Resource": ["$It.Arn", "${It.Arn}/*"], "Condition": {"Bool": {"aws:SecureTransport": false}}}]}}],
    "StatusPolicy": ["AWS::S3::BucketPolicy", {"Bucket": "$StatusBucket", "PolicyDocument": {"Statement": [{"Effect": "Deny",
        "Principal": "*", "Action": "s3:*", "Resource": ["$StatusBucket.Arn", "${StatusBucket.Arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": false}}}]}}],
    "StatusBucket": ["AWS::S3::Bucket", {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]}}]}"#;
