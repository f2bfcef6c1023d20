//! The template against the code: what CloudFormation cannot check.

use std::collections::BTreeSet;
use std::path::Path;

fn template() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml")).unwrap()
}

/// The lines of a top-level resource.
fn resource(name: &str) -> String {
    let template = template();
    let mut lines = template
        .lines()
        .skip_while(|line| *line != format!("  {name}:"));
    let head = lines.next().unwrap_or_else(|| panic!("no resource {name}"));
    let body = lines.take_while(|line| line.is_empty() || line.starts_with("    "));
    std::iter::once(head)
        .chain(body)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The environment variables a function's resource (and the globals) set.
fn variables(function: &str) -> BTreeSet<String> {
    let mut variables = BTreeSet::new();
    for text in [resource(function), globals()] {
        let mut within = None;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let indent = line.len() - line.trim_start().len();
            match within {
                None if line.trim() == "Variables:" => within = Some(indent),
                Some(outer) if indent <= outer => within = None,
                Some(outer) if indent == outer + 2 && !line.trim().starts_with('#') => {
                    variables.insert(line.trim().split(':').next().unwrap().to_owned());
                }
                _ => {}
            }
        }
    }
    variables
}

fn globals() -> String {
    let template = template();
    let lines = template.lines().skip_while(|line| *line != "Globals:");
    let body = lines
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '));
    body.collect::<Vec<_>>().join("\n")
}

#[test]
fn functions_get_the_variables_they_read() {
    let read = |variables: &[&str]| {
        variables
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        variables("ImageDeriveFunction"),
        read(image_derive::Config::VARIABLES)
    );
    assert_eq!(
        variables("ImageServeFunction"),
        read(image_serve::Config::VARIABLES)
    );
}

#[test]
fn every_function_folder_has_its_resource() {
    let template = template();
    for entry in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions")).unwrap()
    {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert_eq!(
            template.matches(&format!("Binary: {name}}}")).count(),
            1,
            "{name}"
        );
    }
}

fn number(resource: &str, property: &str) -> u32 {
    let line = resource
        .lines()
        .find(|line| line.trim().starts_with(&format!("{property}:")))
        .unwrap();
    line.split(':')
        .nth(1)
        .unwrap()
        .split('#')
        .next()
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn the_queue_waits_six_times_as_long_as_the_function_runs() {
    let queue = resource("ImageDeriveQueue");
    let function = resource("ImageDeriveFunction");
    assert!(number(&queue, "VisibilityTimeout") >= 6 * number(&function, "Timeout"));
    assert!(function.contains("ReportBatchItemFailures"));
    assert!(queue.contains("deadLetterTargetArn"));
}

#[test]
fn no_function_may_write_where_it_is_triggered() {
    let function = resource("ImageDeriveFunction");
    let mut statement = Vec::new();
    for line in function.lines() {
        if line.trim_start().starts_with("- Sid:") {
            statement.clear();
        }
        statement.push(line);
        let text = statement.join("\n");
        let writes = text.contains("s3:PutObject") || text.contains("s3:DeleteObject");
        assert!(!(writes && text.contains("originals/")), "{text}");
    }
}

#[test]
fn the_edge_knows_the_options_in_canonical_order() {
    let edge = resource("ImageRequest");
    let start = edge.find("const ORDER = [").unwrap() + "const ORDER = [".len();
    let order = &edge[start..start + edge[start..].find(']').unwrap()];
    let names: Vec<&str> = order
        .split(',')
        .map(|name| name.trim().trim_matches('\''))
        .collect();
    let all = format!(
        "w=1,h=1,fit=cover,g=n,dpr=2,f=png,q=1,bg=000000,blur=1,sharpen=1,wm=n,anim=1,enlarge=1,meta=none,fb=1,v=1,exp=1,s={},p=a",
        "A".repeat(43)
    );
    let options = image_request::Options::parse(&all).unwrap().to_string();
    let canonical: Vec<&str> = options
        .split(',')
        .map(|option| option.split('=').next().unwrap())
        .collect();
    assert_eq!(names, canonical);
}
