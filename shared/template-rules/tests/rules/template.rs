use crate::Case;

pub(crate) const CASES: &[Case] = &[
    (
        "trail-regions",
        TRAIL,
        r#""IsMultiRegionTrail": true"#,
        r#""IsMultiRegionTrail": false"#,
        "It",
    ),
    (
        "trail-regions",
        TRAIL,
        "AWS::CloudTrail::Trail",
        "AWS::S3::Bucket",
        "",
    ),
    (
        "trail-validation",
        TRAIL,
        "EnableLogFileValidation",
        "Nothing",
        "It",
    ),
    (
        "trail-bucket",
        TRAIL,
        "aws:SourceArn",
        "aws:SourceAccount",
        "It",
    ),
    ("trail-bucket", TRAIL, "Enabled\"", "Suspended\"", "It"),
    ("log-retention", LOGS, "RetentionInDays", "Nothing", "Group"),
    ("log-retention-year", LOGS, "365", "364", "Group"),
    (
        "log-readers",
        LOGS,
        r#""LogGroupName": "$Group""#,
        r#""LogGroupName": "$Other""#,
        "Function",
    ),
    (
        "query-limits",
        ATHENA,
        "BytesScannedCutoffPerQuery",
        "Nothing",
        "It",
    ),
    (
        "query-limits",
        ATHENA,
        "EncryptionConfiguration",
        "Nothing",
        "It",
    ),
    (
        "references-exist",
        REFERENCES,
        "$Queue.Arn",
        "$Gone.Arn",
        "Function",
    ),
    (
        "references-exist",
        REFERENCES,
        "${Queue.Arn}",
        "${Gone.Arn}",
        "Function",
    ),
    (
        "references-exist",
        REFERENCES,
        r#""DependsOn": "Queue""#,
        r#""DependsOn": "Gone""#,
        "Function",
    ),
    (
        "references-without-circles",
        REFERENCES,
        r#""Name": "x""#,
        r#""Name": "$Other""#,
        "Function",
    ),
    (
        "parameter-descriptions",
        PARAMETERS,
        r#""Description": "Origin of the site""#,
        r#""Type": "String""#,
        "SiteUrl",
    ),
    (
        "parameter-descriptions",
        PARAMETERS,
        "ConstraintDescription",
        "Nothing",
        "SiteUrl",
    ),
    (
        "parameter-descriptions",
        PARAMETERS,
        r#""NoEcho": true"#,
        r#""MinLength": 1"#,
        "AdminPassword",
    ),
    (
        "parameter-groups",
        PARAMETERS,
        r#"["SiteUrl", "#,
        "[",
        "SiteUrl",
    ),
    (
        "parameter-groups",
        PARAMETERS,
        r#""AdminPassword": {"default": "Password"}"#,
        r#""X": {}"#,
        "AdminPassword",
    ),
    (
        "parameter-groups",
        PARAMETERS,
        r#"["SiteUrl", "#,
        r#"["SiteUrl", "Old", "#,
        "Old",
    ),
    (
        "parameter-defaults",
        PARAMETERS,
        r#""Default": "dev""#,
        r#""Default": "test""#,
        "Class",
    ),
    (
        "parameter-defaults",
        PARAMETERS,
        r#""Default": "", "#,
        "",
        "SiteUrl",
    ),
    (
        "parameter-secrets",
        PARAMETERS,
        "NoEcho",
        "Nothing",
        "AdminPassword",
    ),
    (
        "parameter-images",
        PARAMETERS,
        "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
        "AWS::EC2::Image::Id",
        "WebImageId",
    ),
    (
        "parameter-images",
        PARAMETERS,
        r#""Mappings": {}"#,
        r#""Mappings": {"R": {"us-east-1": {"Image": "ami-1"}}}"#,
        "Mappings",
    ),
    (
        "output-descriptions",
        PARAMETERS,
        r#""Description": "Address of the site""#,
        r#""Description": """#,
        "Url",
    ),
];

const TRAIL: &str = r#"{
    "It": ["AWS::CloudTrail::Trail", {"IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": true, "IsLogging": true,
        "EnableLogFileValidation": true, "S3BucketName": "$Bucket"}],
    "Bucket": ["AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"}}],
    "Policy": ["AWS::S3::BucketPolicy", {"Bucket": "$Bucket", "PolicyDocument": {"Statement": [{"Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Condition": {"StringEquals": {"aws:SourceArn": "arn:x"}}}]}}]}"#;

const LOGS: &str = r#"{
    "Group": ["AWS::Logs::LogGroup", {"RetentionInDays": 365}],
    "Function": ["AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": "$Group"}}],
    "LogProcessorFunction": ["AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": "$Own"}}],
    "Filter": ["AWS::Logs::SubscriptionFilter", {"LogGroupName": "$Group", "DestinationArn": "$LogProcessorFunction"}]}"#;

const ATHENA: &str = r#"{"It": ["AWS::Athena::WorkGroup", {"WorkGroupConfiguration": {"BytesScannedCutoffPerQuery": 1,
    "EnforceWorkGroupConfiguration": true, "ResultConfiguration": {"EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}}}]}"#;

const REFERENCES: &str = r#"{
    "Queue": ["AWS::SQS::Queue", {}],
    "Function": ["AWS::Lambda::Function", {"Queue": "$Queue.Arn", "Text": {"Fn::Sub": ["at ${Queue.Arn} ${!Not} ${Own}", {"Own": "x"}]},
        "Region": "$AWS::Region", "Name": "x"}, {"DependsOn": "Queue"}],
    "Other": ["AWS::SQS::Queue", {"Function": "$Function"}]}"#;

const PARAMETERS: &str = r#"{
    "Metadata": {"AWS::CloudFormation::Interface": {
        "ParameterGroups": [{"Parameters": ["SiteUrl", "Class", "AdminPassword", "WebImageId"]}],
        "ParameterLabels": {"SiteUrl": {"default": "Origin"}, "Class": {"default": "Class"},
            "AdminPassword": {"default": "Password"}, "WebImageId": {"default": "Image"}}}},
    "Parameters": {
        "SiteUrl": {"Description": "Origin of the site", "Default": "", "AllowedPattern": "x", "ConstraintDescription": "must be an origin"},
        "Class": {"Description": "Class of the site", "Default": "dev", "AllowedValues": ["dev"], "ConstraintDescription": "must be a class"},
        "AdminPassword": {"Description": "Password of the owner", "Default": "", "NoEcho": true},
        "WebImageId": {"Description": "Image of web servers", "Default": "/x", "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"}},
    "Mappings": {},
    "Resources": {},
    "Outputs": {"Url": {"Description": "Address of the site"}}}"#;
