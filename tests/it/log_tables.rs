//! The tables of the logs in the template, and who may feed them.

use log_formats::Source;
use log_tables::{Kind, Table};

use crate::template::{resource, resources_of};

/// Names and types of the columns that stand below a property's name.
fn columns(resource: &str, property: &str) -> Vec<(String, String)> {
    let lines = resource.lines().map(str::trim);
    lines
        .skip_while(|line| line.strip_suffix(':') != Some(property))
        .skip(1)
        .map_while(|line| {
            let column = line.strip_prefix("- {Name: ")?.strip_suffix('}')?;
            let (name, kind) = column.split_once(", Type: ")?;
            Some((name.to_owned(), kind.to_owned()))
        })
        .collect()
}

/// Athena's name for what a column holds.
const fn athena_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Time => "timestamp",
        Kind::Text | Kind::Id => "string",
        Kind::Count | Kind::Whole => "bigint",
        Kind::Number => "double",
        Kind::Flag => "boolean",
    }
}

#[test]
fn glue_knows_the_tables_as_they_are_written() {
    let names = resources_of("AWS::Glue::Table");
    assert_eq!(names.len(), Table::ALL.len());
    let resources: Vec<String> = names.iter().map(|name| resource(name)).collect();
    for table in Table::ALL {
        let name = table.name();
        let is_it = |resource: &&String| resource.contains(&format!("        Name: {name}\n"));
        let glue = resources
            .iter()
            .find(is_it)
            .unwrap_or_else(|| panic!("no table {name}"));
        let written: Vec<_> = table
            .columns()
            .iter()
            .map(|column| (column.name.to_owned(), athena_type(column.kind).to_owned()))
            .collect();
        assert_eq!(columns(glue, "Columns"), written, "{name}");
        let partitions = [("source", "string"), ("dt", "string"), ("hour", "int")]
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()));
        assert_eq!(columns(glue, "PartitionKeys"), partitions, "{name}");
        let sources: Vec<&str> = table.sources().iter().map(|source| source.name()).collect();
        for setting in [
            format!("projection.source.values: {}\n", sources.join(",")),
            format!("/tables/{name}/source=${{!source}}/dt=${{!dt}}/hour=${{!hour}}/\n"),
            format!("/tables/{name}/\n"),
        ] {
            assert!(glue.contains(&setting), "{name}: {setting}");
        }
    }
}

#[test]
fn no_query_of_the_template_looks_into_all_days() {
    let queries = resources_of("AWS::Athena::NamedQuery");
    assert!(queries.len() >= 8, "{queries:?}");
    for name in queries {
        let query = resource(&name);
        assert!(query.contains(" dt >= date_format(current_date"), "{name}");
        let is_known = |table: &&Table| query.contains(&format!("FROM {}\n", table.name()));
        assert_eq!(Table::ALL.iter().filter(is_known).count(), 1, "{name}");
    }
}

#[test]
fn subscriptions_are_named_for_their_source_and_make_no_circle() {
    let subscriptions = resources_of("AWS::Logs::SubscriptionFilter");
    assert!(subscriptions.len() >= 12, "{subscriptions:?}");
    for name in subscriptions {
        let subscription = resource(&name);
        let value = |property: &str| {
            let mut lines = subscription.lines().map(str::trim);
            let found = lines.find_map(|line| line.strip_prefix(property));
            found.unwrap_or_else(|| panic!("{name} has no {property}"))
        };
        assert!(Source::named(value("FilterName: ")).is_some(), "{name}");
        // What a function writes while it fails must not call it again.
        let group = value("LogGroupName: !Ref ");
        assert!(!group.starts_with("Log"), "{name} subscribes to {group}");
    }
}

#[test]
fn no_function_may_change_logs_as_they_were_delivered() {
    let functions = resources_of("AWS::Serverless::Function");
    for name in &functions {
        let function = resource(name);
        for statement in function.split("- Sid:") {
            let writes = ["s3:Put", "s3:Delete", "s3:*"]
                .iter()
                .any(|action| statement.contains(action));
            assert!(
                !(writes && statement.contains("LogBucket")),
                "{name}: {statement}"
            );
        }
    }
    assert!(functions.len() >= 12, "{functions:?}");
}

#[test]
fn cloudfront_delivers_fields_that_are_read() {
    let read = include_str!("../../shared/log-formats/src/cloudfront.rs");
    let delivery = resource("EdgeLogDelivery");
    let fields: Vec<&str> = delivery
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .collect();
    assert!(fields.len() > 20, "{fields:?}");
    for field in fields {
        assert!(read.contains(&format!("(\"{field}\", Slot::")), "{field}");
    }
}
