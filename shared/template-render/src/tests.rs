mod functions;
mod refusals;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Deployment, Problem, RenderError, conditions, render};

fn deployment(parameters: &[(&str, &str)]) -> Deployment {
    let parameters = parameters.iter();
    Deployment {
        parameters: parameters
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ssm_parameters: BTreeMap::from([("/image".to_owned(), "ami-1".to_owned())]),
        region: "eu-central-1".to_owned(),
        partition: "aws".to_owned(),
        account: "111122223333".to_owned(),
        stack_name: "site".to_owned(),
    }
}

/// A template with two classes, a conditional bucket and a queue that has `properties`.
fn template(properties: Value) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {
            "Class": {
                "Type": "String", "Default": "dev", "AllowedValues": ["dev", "production"],
            },
            "Url": {"Type": "String", "Default": "", "AllowedPattern": "^$|^https://[^/\\s]+$"},
            "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
            "Count": {"Type": "Number", "Default": 2, "MinValue": 1, "MaxValue": 9},
            "Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/image"},
        },
        "Rules": {"ProductionHasAUrl": {
            "RuleCondition": {"Fn::Equals": [{"Ref": "Class"}, "production"]},
            "Assertions": [{
                "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Url"}, ""]}]},
                "AssertDescription": "class production needs Url",
            }],
        }},
        "Mappings": {"Sizes": {"dev": {"Days": 1}, "production": {"Days": 35}}},
        "Conditions": {
            "IsProduction": {"Fn::Equals": [{"Ref": "Class"}, "production"]},
            "IsOther": {"Fn::Not": [{"Condition": "IsProduction"}]},
            "Both": {"Fn::And": [{"Condition": "IsProduction"}, {"Condition": "IsOther"}]},
            "Either": {"Fn::Or": [{"Condition": "IsProduction"}, {"Condition": "IsOther"}]},
        },
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "Condition": "IsProduction"},
            "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": ["Bucket"], "Properties": properties},
        },
        "Outputs": {
            "Bucket": {"Condition": "IsProduction", "Value": {"Ref": "Bucket"}},
            "Queue": {"Value": {"Fn::GetAtt": "Queue.Arn"}},
        },
    })
}

const PRODUCTION: [(&str, &str); 2] = [("Class", "production"), ("Url", "https://example.com")];

fn in_production(value: Value) -> Result<Value, RenderError> {
    let render = render(&template(json!({ "P": value })), &deployment(&PRODUCTION))?;
    Ok(render["Resources"]["Queue"]["Properties"]["P"].clone())
}

fn in_dev(value: Value) -> Result<Value, RenderError> {
    let render = render(&template(json!({ "P": value })), &deployment(&[]))?;
    Ok(render["Resources"]["Queue"]["Properties"]["P"].clone())
}

fn problem(result: Result<Value, RenderError>) -> (String, Problem) {
    let error = result.unwrap_err();
    (error.place, error.problem)
}

#[test]
fn what_a_class_has_not_is_gone() {
    let dev = render(&template(json!({})), &deployment(&[])).unwrap();
    assert_eq!(
        dev,
        json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}},
            "Outputs": {"Queue": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
        })
    );
    let production = render(&template(json!({})), &deployment(&PRODUCTION)).unwrap();
    assert_eq!(
        production["Resources"]["Bucket"],
        json!({"Type": "AWS::S3::Bucket"})
    );
    assert_eq!(
        production["Resources"]["Queue"]["DependsOn"],
        json!(["Bucket"])
    );
    assert_eq!(
        production["Outputs"]["Bucket"],
        json!({"Value": {"Ref": "Bucket"}})
    );
}

#[test]
fn conditions_are_told() {
    let dev = conditions(&template(json!({})), &deployment(&[])).unwrap();
    let expected = [
        ("Both", false),
        ("Either", true),
        ("IsOther", true),
        ("IsProduction", false),
    ];
    assert_eq!(
        dev,
        expected
            .map(|(name, holds)| (name.to_owned(), holds))
            .into()
    );
}
