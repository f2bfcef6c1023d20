//! docs/cost.md says what the model says, and the model hangs together.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use cost_model::{
    Assumptions, Class, CountedClasses, Load, PriceList, Quantities, estimate, rewrite, tables,
};
use serde_json::json;

fn total(class: Class, load: Load) -> f64 {
    let counted = CountedClasses::current().unwrap();
    let (prices, assumptions) = (
        PriceList::current().unwrap(),
        Assumptions::current().unwrap(),
    );
    let quantities = counted.of(class).unwrap();
    estimate(quantities, load, &prices, &assumptions)
        .unwrap()
        .total()
}

/// `cargo run -- costs --write` makes it so.
#[test]
fn the_page_has_the_tables_of_the_files() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cost.md");
    let page = std::fs::read_to_string(path).unwrap();
    let counted = CountedClasses::current().unwrap();
    let (prices, assumptions) = (
        PriceList::current().unwrap(),
        Assumptions::current().unwrap(),
    );
    let tables = tables(&counted, &prices, &assumptions).unwrap();
    let expected = rewrite(&page, &tables).unwrap();
    assert!(
        page == expected,
        "docs/cost.md is not what the prices, assumptions and quantities make: \
         `cargo run -- costs --write`"
    );
}

#[test]
fn more_of_everything_costs_more() {
    for load in Load::ALL {
        let all = Class::ALL.map(|class| total(class, load));
        assert!(all.is_sorted(), "{load:?}: {all:?}");
    }
    for class in Class::ALL {
        let all = Load::ALL.map(|load| total(class, load));
        assert!(all.is_sorted(), "{class:?}: {all:?}");
    }
}

/// Two web servers, one proxy, a database with a standby: what a render looks like.
fn render() -> serde_json::Value {
    let template = |kind: &str| {
        json!({"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {
            "InstanceType": kind, "Monitoring": {"Enabled": kind == "m7g.large"},
            "BlockDeviceMappings": [{"Ebs": {"VolumeSize": 16}}],
        }}})
    };
    let group = |template: &str, least: &str| {
        json!({"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {
            "MinSize": least, "LaunchTemplate": {"LaunchTemplateId": {"Ref": template}},
        }})
    };
    json!({"Resources": {
        "ProxyTemplate": template("t4g.small"), "ProxyGroup": group("ProxyTemplate", "1"),
        "WebTemplate": template("m7g.large"), "WebGroup": group("WebTemplate", "2"),
        "Database": {"Type": "AWS::RDS::DBInstance", "Properties": {
            "DBInstanceClass": "db.t4g.micro", "AllocatedStorage": "20", "MultiAZ": true,
            "ManageMasterUserPassword": true,
        }},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Table": {"Type": "AWS::DynamoDB::Table"},
        "Polled": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}},
        "Streamed": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}}},
        "Probe": {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 512}},
        "ProbeAlias": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Probe"}}},
        "Minute": {"Type": "AWS::Events::Rule", "Properties": {
            "ScheduleExpression": "rate(1 minute)",
            "Targets": [{"Arn": {"Ref": "ProbeAlias"}}],
        }},
        "Fifth": {"Type": "AWS::Scheduler::Schedule", "Properties": {
            "ScheduleExpression": "rate(5 minutes)", "Target": {"Arn": {"Ref": "Probe"}}}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}},
        "Ratio": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [
            {"Id": "a", "MetricStat": {}}, {"Id": "b", "MetricStat": {}},
            {"Id": "c", "Expression": "a / b"},
        ]}},
    }})
}

#[test]
fn a_render_is_counted() {
    let counted = Quantities::count(&render()).unwrap();
    let expected: Quantities = serde_json::from_value(json!({
        "web_acls": 0.0, "web_acl_rules": 0.0, "load_balancers": 0.0, "nat_gateways": 0.0,
        "public_addresses": 0.0, "interface_endpoints": 0.0,
        "instances": {"t4g.small": 1.0, "m7g.large": 2.0}, "proxies": 1.0,
        "monitored_instances": 2.0, "disk_gb": 48.0,
        "databases": {"db.t4g.micro": 2.0}, "database_gb": 40.0, "database_proxies": 0.0,
        "cache_nodes": {}, "alarm_metrics": 3.0, "composite_alarms": 0.0, "dashboards": 0.0,
        "secrets": 1.0, "keys": 0.0, "polled_queues": 1.0, "scheduled_runs": 52560.0,
        "scheduled_gb_runs": 26280.0,
    }))
    .unwrap();
    assert_eq!(counted, expected);
}

#[test]
fn a_type_nobody_has_priced_is_an_error() {
    let mut render = render();
    render["Resources"]["Search"] = json!({"Type": "AWS::OpenSearchService::Domain"});
    let error = Quantities::count(&render).unwrap_err().to_string();
    assert!(error.contains("AWS::OpenSearchService::Domain"), "{error}");
}

#[test]
fn a_size_nobody_has_priced_is_an_error() {
    let mut render = render();
    render["Resources"]["Database"]["Properties"]["DBInstanceClass"] = json!("db.x9.huge");
    let quantities = Quantities::count(&render).unwrap();
    let (prices, assumptions) = (
        PriceList::current().unwrap(),
        Assumptions::current().unwrap(),
    );
    let error = estimate(&quantities, Load::Idle, &prices, &assumptions).unwrap_err();
    assert!(error.to_string().contains("database-hour.db.x9.huge"));
}

#[test]
fn a_disabled_schedule_is_not_counted() {
    let mut render = render();
    render["Resources"]["Minute"]["Properties"]["State"] = json!("DISABLED");
    let quantities = Quantities::count(&render).unwrap();
    assert!((quantities.scheduled_runs - 8760.0).abs() < f64::EPSILON);
}

/// A price that nothing uses is not in the estimate, whatever the page says.
#[test]
fn every_price_is_used_by_a_class_or_is_of_another_size() {
    let sizes = ["instance-hour.", "database-hour.", "cache-hour."];
    let prices = include_str!("../prices.toml");
    let usage = include_str!("../src/usage.rs");
    let ids = prices.lines().filter_map(|line| line.strip_prefix("id = "));
    for id in ids {
        let is_size = sizes.iter().any(|size| id.contains(size));
        assert!(
            is_size || usage.contains(&format!("({id}")),
            "{id} is not used"
        );
    }
}
