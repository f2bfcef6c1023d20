//! A small render, written by hand.

use serde_json::{Value, json};

/// A site: a bucket and a load balancer behind CloudFront, a group of proxies that ask a group of
/// web servers, and two functions.
pub(crate) fn render() -> Value {
    let mut resources = edge();
    let more = [balancer(), instances(), functions()];
    for part in more {
        let part = part.as_object().unwrap().clone();
        resources.as_object_mut().unwrap().extend(part);
    }
    json!({"Resources": resources})
}

fn edge() -> Value {
    json!({
        "Files": {"Type": "AWS::S3::Bucket"},
        "VpcOrigin": {"Type": "AWS::CloudFront::VpcOrigin", "Properties": {
            "VpcOriginEndpointConfig": {
                "Arn": {"Ref": "Balancer"}, "HTTPPort": 80, "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
            },
        }},
        "Site": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {
            "DefaultCacheBehavior": {"TargetOriginId": "balancer"},
            "CacheBehaviors": [
                {"PathPattern": "/files/*", "TargetOriginId": "files"},
                {"PathPattern": "/made/*", "TargetOriginId": "made"},
            ],
            "OriginGroups": {"Items": [{"Id": "made", "Members": {"Items": [
                {"OriginId": "files"}, {"OriginId": "maker"},
            ]}}]},
            "Origins": [
                {"Id": "balancer", "VpcOriginConfig": {"VpcOriginId": {"Ref": "VpcOrigin"}}},
                {"Id": "files", "DomainName": {"Fn::GetAtt": ["Files", "RegionalDomainName"]}},
                {"Id": "maker", "DomainName": {"Fn::Select": [2, {"Fn::Split": [
                    "/", {"Fn::GetAtt": ["MakerUrl", "FunctionUrl"]},
                ]}]}},
            ],
        }}},
    })
}

fn balancer() -> Value {
    let listener = |port: u64, group: &str| {
        json!({"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
            "LoadBalancerArn": {"Ref": "Balancer"}, "Port": port,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": group}}],
        }})
    };
    json!({
        "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
        "Listener": listener(443, "ProxyTargets"),
        "Inner": listener(8080, "WebTargets"),
        "ProxyTargets": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup"},
        "WebTargets": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup"},
        "IntakeTargets": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {
            "TargetType": "lambda", "Targets": [{"Id": {"Ref": "IntakeLive"}}],
        }},
        "IntakeRule": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {
            "ListenerArn": {"Ref": "Listener"}, "Priority": 10,
            "Conditions": [{"Field": "path-pattern",
                "PathPatternConfig": {"Values": ["/intake", "/intake/*"]}}],
            "Actions": [
                {"Type": "authenticate-oidc"},
                {"Type": "forward", "TargetGroupArn": {"Ref": "IntakeTargets"}},
            ],
        }},
    })
}

fn instances() -> Value {
    let group = |template: &str, targets: &str, most: &str| {
        json!({"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {
            "MinSize": "2", "MaxSize": most, "TargetGroupARNs": [{"Ref": targets}],
            "LaunchTemplate": {"LaunchTemplateId": {"Ref": template}},
        }})
    };
    let template = |script: &str| {
        json!({"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {
            "InstanceType": "t4g.small", "UserData": {"Fn::Base64": {"Fn::Sub": script}},
            "IamInstanceProfile": {"Arn": {"Fn::GetAtt": ["Profile", "Arn"]}},
        }}})
    };
    json!({
        "ProxyGroup": group("ProxyTemplate", "ProxyTargets", "3"),
        "WebGroup": group("WebTemplate", "WebTargets", "7"),
        "ProxyTemplate": template("upstream=${Balancer.DNSName}:8080\n"),
        "WebTemplate": template("files=${Files}\n"),
        "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {
            "Roles": [{"Ref": "InstanceRole"}]}},
        "InstanceRole": role(&[("rds-db:connect", json!("*"))]),
        "Database": {"Type": "AWS::RDS::DBInstance", "Properties": {
            "Engine": "postgres", "DBInstanceClass": "db.t4g.micro", "MultiAZ": true}},
    })
}

fn role(allowed: &[(&str, Value)]) -> Value {
    let statements: Vec<Value> = allowed
        .iter()
        .map(|(action, on)| json!({"Effect": "Allow", "Action": action, "Resource": on}))
        .collect();
    json!({"Type": "AWS::IAM::Role", "Properties": {"Policies": [
        {"PolicyDocument": {"Statement": statements}},
    ]}})
}

pub(crate) fn function(variables: &Value) -> Value {
    json!({"Type": "AWS::Lambda::Function", "Properties": {
        "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Environment": {"Variables": variables}}})
}

fn functions() -> Value {
    json!({
        "FormsIntakeFunction": function(&json!({
            "TABLE": {"Ref": "PostsTable"}, "QUEUE": {"Ref": "LateQueue"}})),
        "IntakeLive": {"Type": "AWS::Lambda::Alias", "Properties": {
            "FunctionName": {"Ref": "FormsIntakeFunction"}}},
        "ImageMakeFunction": function(&json!({})),
        "MakerUrl": {"Type": "AWS::Lambda::Url", "Properties": {
            "TargetFunctionArn": {"Ref": "ImageMakeFunction"}}},
        "PostsTable": {"Type": "AWS::DynamoDB::Table"},
        "LateQueue": {"Type": "AWS::SQS::Queue"},
        "DeadLetterQueue": {"Type": "AWS::SQS::Queue"},
        "Role": role(&[
            ("dynamodb:PutItem", json!({"Fn::GetAtt": ["PostsTable", "Arn"]})),
            ("sqs:GetQueueAttributes", json!({"Fn::GetAtt": ["LateQueue", "Arn"]})),
            ("sqs:SendMessage", json!({"Fn::GetAtt": ["DeadLetterQueue", "Arn"]})),
        ]),
    })
}
