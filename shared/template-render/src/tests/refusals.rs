//! What is an error.

use serde_json::{Value, json};

use super::{deployment, in_dev, problem, template};
use crate::{Problem, render};

#[test]
fn what_a_class_has_must_not_refer_to_what_it_has_not() {
    for (value, at) in [
        (json!({"Ref": "Bucket"}), ".Ref"),
        (json!([{"Fn::GetAtt": ["Bucket", "Arn"]}]), "[0].Fn::GetAtt"),
        (json!({"a": {"Fn::Sub": "x${Bucket.Arn}"}}), ".a.Fn::Sub"),
        (
            json!({"a": {"Fn::Sub": ["${b}", {"b": {"Ref": "Bucket"}}]}}),
            ".a.Fn::Sub[1].b.Ref",
        ),
        (
            json!({"Fn::Join": ["", ["a", {"Ref": "Bucket"}]]}),
            ".Fn::Join[1][1].Ref",
        ),
    ] {
        let (place, problem) = problem(in_dev(value));
        assert_eq!(place, format!("Resources.Queue.Properties.P{at}"));
        assert_eq!(problem, Problem::Dangling("Bucket".to_owned()));
    }
    let mut outputs = template(json!({}));
    outputs["Outputs"]["Bucket"] = json!({"Value": {"Ref": "Bucket"}});
    let error = render(&outputs, &deployment(&[])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Outputs.Bucket.Value.Ref: refers to Bucket, which this deployment does not have"
    );
}

#[test]
fn parameters_are_those_that_cloudformation_takes() {
    let refused = |parameters: &[(&str, &str)]| {
        let error = render(&template(json!({})), &deployment(parameters)).unwrap_err();
        error.to_string()
    };
    for (parameters, expected) in [
        (
            &[("Class", "test")][..],
            "Parameters.Class: \"test\" is refused: must be one of dev, production",
        ),
        (
            &[("Url", "https://a/b")],
            "Parameters.Url: \"https://a/b\" is refused: must match ^$|^https://[^/\\s]+$",
        ),
        (
            &[("Count", "0")],
            "Parameters.Count: \"0\" is refused: MinValue is 1",
        ),
        (
            &[("Count", "10")],
            "Parameters.Count: \"10\" is refused: MaxValue is 9",
        ),
        (
            &[("Count", "x")],
            "Parameters.Count: \"x\" is refused: must be a number",
        ),
        (
            &[("Other", "x")],
            "Parameters.Other: the template has no such parameter",
        ),
        (
            &[("Image", "/none")],
            "Parameters.Image: the deployment does not say what the SSM parameter /none holds",
        ),
        (
            &[("Class", "production")],
            "Rules.ProductionHasAUrl.Assertions[0]: the rule forbids it: class production needs Url",
        ),
    ] {
        assert_eq!(refused(parameters), expected);
    }
    let mut secret = template(json!({}));
    secret["Parameters"]["Url"]["NoEcho"] = json!(true);
    let error = render(&secret, &deployment(&[("Url", "hunter2")])).unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let mut needed = template(json!({}));
    needed["Parameters"]["Class"] = json!({"Type": "String"});
    let error = render(&needed, &deployment(&[])).unwrap_err();
    assert_eq!(error.problem, Problem::MissingParameter);
}

#[test]
fn conditions_must_be_decidable() {
    let with = |condition: Value| {
        let mut template = template(json!({}));
        template["Conditions"]["Both"] = condition;
        problem(render(&template, &deployment(&[])))
    };
    let place = "Conditions.Both.";
    let circle = with(json!({"Fn::Not": [{"Condition": "Both"}]}));
    assert_eq!(
        circle,
        (
            format!("{place}Fn::Not[0].Condition"),
            Problem::CircularCondition
        )
    );
    let pending = with(json!({"Fn::Equals": [{"Ref": "Queue"}, "x"]}));
    assert_eq!(
        pending,
        (format!("{place}Fn::Equals"), Problem::Undecidable)
    );
    let unknown = with(json!({"Fn::Not": [{"Condition": "None"}]}));
    assert_eq!(unknown.1, Problem::UnknownCondition("None".to_owned()));
    let number = with(json!({"Fn::Equals": [1]}));
    assert!(matches!(number.1, Problem::Arguments { .. }), "{number:?}");
}

#[test]
fn what_is_not_understood_is_an_error() {
    for (value, expected) in [
        (
            json!({"Ref": "None"}),
            Problem::UnknownName("None".to_owned()),
        ),
        (
            json!({"Fn::Sub": "${None.Arn}"}),
            Problem::UnknownName("None.Arn".to_owned()),
        ),
        (
            json!({"Fn::GetAtt": "None.Arn"}),
            Problem::UnknownName("None".to_owned()),
        ),
        (
            json!({"Fn::If": ["None", 1, 2]}),
            Problem::UnknownCondition("None".to_owned()),
        ),
        (
            json!({"Fn::FindInMap": ["Sizes", "none", "Days"]}),
            Problem::UnknownMapping("Sizes.none.Days".to_owned()),
        ),
        (
            json!({"Fn::Transform": {}}),
            Problem::UnsupportedFunction("Fn::Transform".to_owned()),
        ),
    ] {
        let (place, problem) = problem(in_dev(value));
        assert_eq!(problem, expected);
        assert!(
            place.starts_with("Resources.Queue.Properties.P."),
            "{place}"
        );
    }
    for value in [
        json!({"Fn::Select": [2, ["a", "b"]]}),
        json!({"Fn::Select": ["x", ["a"]]}),
        json!({"Fn::Join": ["-", "a"]}),
        json!({"Fn::Join": ["-", [["a"]]]}),
        json!({"Fn::Split": ["", "a"]}),
        json!({"Fn::Cidr": ["10.0.0.0/24", 2, 8]}),
        json!({"Fn::Cidr": ["somewhere", 1, 8]}),
        json!({"Fn::GetAtt": ["Queue"]}),
        json!({"Fn::Sub": [1]}),
        json!({"Fn::Sub": "${Zones}"}),
    ] {
        let (_, problem) = problem(in_dev(value.clone()));
        assert!(
            matches!(problem, Problem::Arguments { .. }),
            "{value}: {problem:?}"
        );
    }
    let mut waits = template(json!({}));
    waits["Resources"]["Queue"]["DependsOn"] = json!("None");
    let (place, problem) = problem(render(&waits, &deployment(&[])));
    assert_eq!(place, "Resources.Queue.DependsOn");
    assert_eq!(problem, Problem::UnknownName("None".to_owned()));
}
