//! docs/architecture.svg and the table of routes in docs/template.md against the template.
//! `cargo run -- picture` compares them with its renders; this needs none.

use std::path::Path;

use crate::template::{property, resource, resources_of};

fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    std::fs::read_to_string(docs.join(name)).unwrap()
}

/// The paths of the load balancer's rules.
fn paths() -> Vec<String> {
    let rules = resources_of("AWS::ElasticLoadBalancingV2::ListenerRule");
    let conditions = rules
        .iter()
        .map(|rule| property(&resource(rule), "Conditions"));
    let paths: Vec<String> = conditions
        .flat_map(|conditions| {
            let words = conditions.split([' ', '\n', ',', '[', ']', '\'', '"']);
            let paths = words.filter(|word| word.starts_with('/'));
            paths.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    assert!(paths.len() >= 8, "{paths:?}");
    paths
}

#[test]
fn the_picture_has_every_function_and_every_tier() {
    let svg = page("architecture.svg");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for entry in std::fs::read_dir(root.join("functions")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(svg.contains(&format!(">{name}</text>")), "{name}");
    }
    for tier in [
        "CloudFront",
        "Load balancer",
        "Reverse proxies",
        "Web servers",
        "PostgreSQL",
        "Valkey",
    ] {
        assert!(svg.contains(&format!(">{tier}</text>")), "{tier}");
    }
}

#[test]
fn the_picture_and_the_table_have_every_route() {
    let (svg, page) = (page("architecture.svg"), page("template.md"));
    let table = page
        .split("<!-- begin table routes -->")
        .nth(1)
        .and_then(|rest| rest.split("<!-- end table routes -->").next())
        .unwrap();
    let mut expected = paths();
    for path in &expected {
        assert!(svg.contains(path), "the picture lacks {path}");
    }
    let listed = table.split('`').skip(1).step_by(2);
    let mut listed: Vec<_> = listed.filter(|code| code.starts_with('/')).collect();
    expected.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, expected, "`cargo run -- picture --write`");
}
