//! `docs/health.md` names each key of the file, and none that is not; `full.toml` has each.

use std::collections::BTreeSet;

use health_checks::SiteChecks;
use toml::{Table, Value};

const FULL: &str = include_str!("../test_data/full.toml");
const DOCUMENTATION: &str = include_str!("../../../docs/health.md");
/// A key that is none: where it stands, the error names those that are.
const NO_KEY: &str = "no_key = 1";

/// Each table of the page, with a file that has what is no key in its place.
fn tables() -> Vec<(String, String)> {
    let mut tables = vec![("The file".to_owned(), NO_KEY.to_owned())];
    let mut add = |name: &str, text: String| tables.push((format!("`{name}`"), text));
    for name in ["defaults", "budget", "guard"] {
        add(name, format!("[{name}]\n{NO_KEY}"));
    }
    add("flap", format!("[defaults.flap]\n{NO_KEY}"));
    for name in ["check", "maintenance"] {
        add(name, format!("[[{name}]]\n{NO_KEY}"));
    }
    for name in ["once", "weekly"] {
        add(name, format!("[[maintenance]]\n{name} = {{ {NO_KEY} }}"));
    }
    for name in [
        "public",
        "http",
        "tcp",
        "tls",
        "dns",
        "postgres",
        "redis",
        "rds",
        "s3",
        "dynamodb",
        "sqs",
        "lambda",
        "target_group",
        "push",
    ] {
        add(name, format!("[[check]]\n{name} = {{ {NO_KEY} }}"));
    }
    for (name, place) in [
        ("levels", "[check.tcp.latency]"),
        ("http.expect", "[check.http.expect]"),
        ("http.expect.headers", "[[check.http.expect.headers]]"),
        ("http.expect.body", "[check.http.expect.body]"),
        ("http.expect.json", "[[check.http.expect.json]]"),
        ("dns.expect", "[check.dns.expect]"),
    ] {
        add(name, format!("[[check]]\n{place}\n{NO_KEY}"));
    }
    tables
}

/// What is between backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The keys of which the error says that they would be right.
fn known(error: &str) -> BTreeSet<&str> {
    let listed = error.split_once("unknown field `no_key`, expected ");
    let listed = listed.map_or("", |(_, listed)| listed);
    // What follows says where it was.
    let end = listed.find(['\n', '(']).unwrap_or(listed.len());
    let listed = listed.get(..end).unwrap_or(listed);
    let listed = listed.split_once(", in `").map_or(listed, |(list, _)| list);
    quoted(listed)
}

/// The keys of the table below a heading.
fn documented(heading: &str) -> BTreeSet<&'static str> {
    let mut lines = DOCUMENTATION.lines();
    let is_it = |line: &str| line.trim_start_matches('#').trim() == heading;
    lines
        .by_ref()
        .find(|line| line.starts_with('#') && is_it(line));
    let rows = lines.take_while(|line| !line.starts_with('#'));
    let cells = rows.filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    cells.flat_map(quoted).collect()
}

#[test]
fn the_page_has_each_key_and_no_other() {
    let tables = tables();
    for (heading, text) in &tables {
        let error = SiteChecks::parse(text).unwrap_err().to_string();
        let known = known(&error);
        assert!(!known.is_empty(), "{heading}: {error}");
        assert_eq!(documented(heading), known, "{heading}");
    }
    let names: BTreeSet<&str> = tables.iter().map(|(heading, _)| heading.as_str()).collect();
    let headings = DOCUMENTATION
        .lines()
        .filter_map(|line| line.strip_prefix("### "));
    let left: Vec<&str> = headings
        .filter(|heading| !names.contains(heading))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What the example has at a path, in whichever of its lists.
fn of_example<'a>(path: &str, tables: Vec<&'a Table>) -> Vec<&'a Table> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    if name.is_empty() {
        return tables;
    }
    let tables_in = |value: &'a Value| -> Vec<&'a Table> {
        match value {
            Value::Array(values) => values.iter().filter_map(Value::as_table).collect(),
            other => other.as_table().into_iter().collect(),
        }
    };
    let values = tables.into_iter().filter_map(|table| table.get(name));
    of_example(rest, values.flat_map(tables_in).collect())
}

#[test]
fn the_example_has_each_key() {
    let example: Table = FULL.parse().unwrap();
    for (heading, text) in tables() {
        let name = heading.trim_matches('`');
        let path = match name {
            "The file" => String::new(),
            "defaults" | "budget" | "guard" | "check" | "maintenance" => name.to_owned(),
            "flap" => "defaults.flap".to_owned(),
            "once" | "weekly" => format!("maintenance.{name}"),
            "levels" => "check.tcp.latency".to_owned(),
            _ => format!("check.{name}"),
        };
        let error = SiteChecks::parse(&text).unwrap_err().to_string();
        let known = known(&error);
        assert!(!known.is_empty(), "{heading}: {error}");
        let found = of_example(&path, vec![&example]);
        let found: BTreeSet<&str> = found
            .iter()
            .flat_map(|it| it.keys())
            .map(String::as_str)
            .collect();
        let missing: Vec<_> = known.difference(&found).collect();
        assert!(missing.is_empty(), "{heading}: {missing:?}");
    }
}
