//! What functions become.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{deployment, in_dev, in_production, template};
use crate::render;

#[test]
fn a_value_of_nothing_takes_its_property_and_its_element_away() {
    let nothing = json!({"Fn::If": ["IsProduction", "x", {"Ref": "AWS::NoValue"}]});
    let list = json!({"List": [nothing, "y"], "Key": nothing});
    assert_eq!(in_dev(list.clone()).unwrap(), json!({"List": ["y"]}));
    assert_eq!(
        in_production(list).unwrap(),
        json!({"List": ["x", "y"], "Key": "x"})
    );
}

#[test]
fn references_to_parameters_become_their_values() {
    for (value, expected) in [
        (json!({"Ref": "Class"}), json!("production")),
        (json!({"Ref": "AWS::Region"}), json!("eu-central-1")),
        (json!({"Ref": "AWS::URLSuffix"}), json!("amazonaws.com")),
        (json!({"Ref": "Zones"}), json!(["a", "b"])),
        (json!({"Ref": "Count"}), json!("2")),
        (json!({"Ref": "Image"}), json!("ami-1")),
        (json!({"Ref": "Bucket"}), json!({"Ref": "Bucket"})),
        (
            json!({"Fn::FindInMap": ["Sizes", {"Ref": "Class"}, "Days"]}),
            json!(35),
        ),
        (
            json!({"Fn::FindInMap": ["Sizes", "none", "Days", {"DefaultValue": 7}]}),
            json!(7),
        ),
        // A key of that name in a policy is no function.
        (
            json!({"Condition": {"Bool": "x"}}),
            json!({"Condition": {"Bool": "x"}}),
        ),
    ] {
        assert_eq!(in_production(value.clone()).unwrap(), expected, "{value}");
    }
}

#[test]
fn texts_keep_only_what_is_not_known() {
    for (value, expected) in [
        (
            json!({"Fn::Sub": "${AWS::StackName}-${Class}"}),
            json!("site-production"),
        ),
        (
            json!({"Fn::Sub": "${Class}/${!shell}"}),
            json!("production/${shell}"),
        ),
        (
            json!({"Fn::Sub": "${Class}/${Bucket}/${Bucket.Arn}/${!shell}"}),
            json!({"Fn::Sub": "production/${Bucket}/${Bucket.Arn}/${!shell}"}),
        ),
        (
            json!({"Fn::Sub": ["${a}-${b}-${Class}", {"a": "1", "b": {"Ref": "Bucket"}}]}),
            json!({"Fn::Sub": ["1-${b}-production", {"b": {"Ref": "Bucket"}}]}),
        ),
        (json!({"Fn::Sub": "open ${"}), json!("open ${")),
        (
            json!({"Fn::Base64": {"Fn::Sub": "${Class}"}}),
            json!({"Fn::Base64": "production"}),
        ),
    ] {
        assert_eq!(in_production(value.clone()).unwrap(), expected, "{value}");
    }
}

#[test]
fn lists_are_cut_and_joined_where_they_are_known() {
    let bucket = json!({"Ref": "Bucket"});
    for (value, expected) in [
        (
            json!({"Fn::Join": ["-", ["a", {"Ref": "Class"}, 1]]}),
            json!("a-production-1"),
        ),
        (
            json!({"Fn::Join": ["-", ["a", "b", bucket, "c", "d"]]}),
            json!({"Fn::Join": ["-", ["a-b", bucket, "c-d"]]}),
        ),
        (json!({"Fn::Join": ["", []]}), json!("")),
        (json!({"Fn::Join": [",", {"Ref": "Zones"}]}), json!("a,b")),
        (json!({"Fn::Split": [",", "x,y"]}), json!(["x", "y"])),
        (
            json!({"Fn::Select": [1, {"Fn::Split": [",", "x,y"]}]}),
            json!("y"),
        ),
        (json!({"Fn::Select": ["0", [bucket, "y"]]}), bucket.clone()),
        (
            json!({"Fn::Select": [0, {"Fn::Split": [":", bucket]}]}),
            json!({"Fn::Select": [0, {"Fn::Split": [":", bucket]}]}),
        ),
        (
            json!({"Fn::Select": [1, {"Fn::GetAZs": ""}]}),
            json!("eu-central-1b"),
        ),
        (
            json!({"Fn::Cidr": ["10.80.0.0/16", 3, 8]}),
            json!(["10.80.0.0/24", "10.80.1.0/24", "10.80.2.0/24"]),
        ),
    ] {
        assert_eq!(in_production(value.clone()).unwrap(), expected, "{value}");
    }
}

proptest! {
    /// Nothing in a parameter's value is taken for a function or a name.
    #[test]
    fn values_stay_what_they_are(text in r"[ -~]{0,12}(\$\{)?[A-Za-z!]{0,6}\}?") {
        let mut template = template(json!({
            "Plain": {"Fn::Sub": "<${Any}>"},
            "Pending": {"Fn::Sub": "<${Any}>${Queue}"},
        }));
        template["Parameters"]["Any"] = json!({"Type": "String"});
        let made = render(&template, &deployment(&[("Any", &text)])).unwrap();
        let properties = &made["Resources"]["Queue"]["Properties"];
        prop_assert_eq!(&properties["Plain"], &json!(format!("<{text}>")));
        let pending = if text.contains("${") {
            json!(["<${Any}>${Queue}", {"Any": text}])
        } else {
            json!(format!("<{text}>${{Queue}}"))
        };
        prop_assert_eq!(&properties["Pending"], &json!({"Fn::Sub": pending}));
    }

    /// Rendering a render changes nothing.
    #[test]
    fn a_render_is_its_own_render(
        between in "[-/]",
        parts in proptest::collection::vec(prop_oneof![
            "[a-z]{1,3}".prop_map(Value::from),
            Just(json!({"Ref": "Queue"})),
            Just(json!({"Ref": "Class"})),
            Just(json!({"Fn::Sub": "${Queue.Arn}/${Class}"})),
        ], 0..6),
    ) {
        let once = render(&template(json!({"P": {"Fn::Join": [between, parts]}})), &deployment(&[])).unwrap();
        let twice = render(&once, &deployment(&[])).unwrap();
        prop_assert_eq!(once, twice);
    }
}
