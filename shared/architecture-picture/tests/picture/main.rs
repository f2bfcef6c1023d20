//! What a small render is drawn as, and what cannot be drawn.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod render;

use architecture_picture::{Architecture, PictureError};
use serde_json::{Value, json};

use crate::render::{function, render};

/// The render with a function of which the crate has never heard, and what may invoke it.
fn with_search(trigger: Value) -> Value {
    let mut render = render();
    render["Resources"]["SearchIndexFunction"] = function(&json!({}));
    render["Resources"]["SearchTrigger"] = trigger;
    render
}

fn schedule() -> Value {
    json!({"Type": "AWS::Scheduler::Schedule", "Properties": {
        "ScheduleExpression": "rate(1 hour)",
        "Target": {"Arn": {"Ref": "SearchIndexFunction"}}}})
}

/// The texts of a picture, and that it is XML.
fn drawn(render: &Value) -> Vec<String> {
    let svg = Architecture::read(render).unwrap().svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let texts = document.descendants().filter(|n| n.has_tag_name("text"));
    let all = texts.map(|text| {
        let parts = text.descendants().filter(roxmltree::Node::is_text);
        parts.filter_map(|part| part.text()).collect()
    });
    all.collect()
}

#[test]
fn the_road_is_in_it() {
    let texts = drawn(&render());
    for expected in [
        "everything else",
        "/files/*",
        "/made/*",
        "bucket files",
        "internal, port 443",
        "once signed in (OIDC)",
        "Reverse proxies",
        "2 to 3 t4g.small",
        "load balancer, port 8080",
        "Web servers",
        "2 to 7 t4g.small",
        "PostgreSQL",
        "db.t4g.micro, Multi-AZ",
    ] {
        let found = texts.iter().filter(|text| *text == expected).count();
        assert!(found >= 1, "{expected} is not in {texts:#?}");
    }
}

#[test]
fn a_function_has_what_it_writes_and_not_what_it_only_looks_at() {
    let texts = drawn(&render());
    assert!(texts.contains(&"table posts".to_owned()));
    let queues = texts.iter().filter(|text| text.starts_with("queue"));
    assert_eq!(queues.count(), 0, "{texts:#?}");
}

#[test]
fn every_route_is_in_the_table() {
    let expected = "| path | who answers |\n|---|---|\n\
        | `/intake`, `/intake/*` | [forms-intake](functions/forms-intake.md), once signed in |\n\
        | everything else | the instances of `ProxyGroup` |\n";
    assert_eq!(Architecture::read(&render()).unwrap().routes(), expected);
}

#[test]
fn a_function_nobody_has_heard_of_appears() {
    let texts = drawn(&with_search(schedule()));
    for expected in ["Other functions", "search-index", "each hour"] {
        assert!(texts.contains(&expected.to_owned()), "no {expected}");
    }
}

#[test]
fn each_kind_of_trigger_is_named() {
    let target = json!({"Ref": "SearchIndexFunction"});
    let rule = |pattern: Value| {
        json!({"Type": "AWS::Events::Rule", "Properties": {
            "EventPattern": pattern, "Targets": [{"Arn": target}]}})
    };
    for (trigger, expected) in [
        (
            json!({"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["LateQueue", "Arn"]}, "FunctionName": target}}),
            "queue late",
        ),
        (
            json!({"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["PostsTable", "StreamArn"]},
                "FunctionName": target}}),
            "stream of posts",
        ),
        (
            rule(json!({"source": ["aws.rds"], "detail-type": ["RDS DB Instance Event"]})),
            "event RDS",
        ),
        (
            rule(json!({"source": ["shop.orders"], "detail-type": ["order.paid"]})),
            "event order.paid",
        ),
        (
            json!({"Type": "AWS::SNS::Subscription", "Properties": {
                "TopicArn": {"Ref": "PostsTable"}, "Endpoint": target}}),
            "topic posts",
        ),
        (
            json!({"Type": "AWS::Logs::SubscriptionFilter", "Properties": {
                "DestinationArn": target}}),
            "1 log group",
        ),
    ] {
        let texts = drawn(&with_search(trigger));
        let expected = expected.to_owned();
        assert!(texts.contains(&expected), "no {expected}: {texts:#?}");
    }
}

#[test]
fn a_function_without_a_trigger_is_an_error() {
    let nothing = json!({"Type": "AWS::SNS::Topic"});
    let mut off = schedule();
    off["Properties"]["State"] = json!("DISABLED");
    for render in [with_search(nothing), with_search(off)] {
        let error = Architecture::read(&render).unwrap_err();
        let named = matches!(&error, PictureError::Trigger { function } if function == "SearchIndexFunction");
        assert!(named, "{error}");
    }
}

#[test]
fn a_route_to_nowhere_is_an_error() {
    let mut render = render();
    render["Resources"]["IntakeTargets"]["Properties"]["Targets"] = json!([]);
    let error = Architecture::read(&render).unwrap_err();
    let named = matches!(&error, PictureError::Target { from } if from == "IntakeRule");
    assert!(named, "{error}");
}

#[test]
fn functions_of_another_class_are_added_once() {
    let mut architecture = Architecture::read(&render()).unwrap();
    let other = Architecture::read(&with_search(schedule())).unwrap();
    architecture.add("dev", &other);
    architecture.add("small", &other);
    let svg = architecture.svg();
    assert_eq!(svg.matches(">search-index</text>").count(), 1);
    assert!(svg.contains(">class dev</text>") && !svg.contains(">class small</text>"));
}

/// GitHub shows it as a picture: no script runs, nothing is fetched.
#[test]
fn the_file_stands_alone_and_nothing_leaves_the_page() {
    let svg = Architecture::read(&render()).unwrap().svg();
    let outside = svg.replace("http://www.w3.org/2000/svg", "");
    for banned in [
        "http",
        "<script",
        "@import",
        "@font-face",
        "<image",
        "<foreignObject",
    ] {
        assert!(!outside.contains(banned), "{banned}");
    }
    let document = roxmltree::Document::parse(&svg).unwrap();
    let root = document.root_element();
    let number = |node: roxmltree::Node<'_, '_>, name: &str| -> i32 {
        node.attribute(name).unwrap().parse().unwrap()
    };
    for name in ["title", "desc"] {
        let found = root.children().find(|n| n.has_tag_name(name)).unwrap();
        assert!(!found.text().unwrap().is_empty());
    }
    let (width, height) = (number(root, "width"), number(root, "height"));
    for rect in document.descendants().filter(|n| n.has_tag_name("rect")) {
        let (x, y) = (number(rect, "x"), number(rect, "y"));
        assert!(x >= 0 && x + number(rect, "width") <= width);
        assert!(y >= 0 && y + number(rect, "height") <= height);
    }
}
