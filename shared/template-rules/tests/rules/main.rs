//! Each rule on a small template that it allows, and on the same with one thing wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod balancer;
mod database;
mod edge;
mod functions;
mod instances;
mod invocations;
mod network;
mod queues;
mod state;
mod strange;
mod template;

use serde_json::{Map, Value, json};
use template_rules::{
    Class, Finding, MarkdownTable, MutationError, MutationOutcome, Renders, Rule, Subject, check,
    check_subject, controls_document, mutation_table, mutations, rules,
};

/// A rule; resources that it allows, as `{"Id": ["Type", {properties}, {the rest}]}` with `$Id` for
/// `Ref` and `$Id.Arn` for `Fn::GetAtt`; a text in them, what takes its place, and the id of what is
/// then wrong. With `Resources` in it, it is a whole template.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

fn template(text: &str) -> Value {
    let value = long_form(serde_json::from_str(text).unwrap());
    if value.get("Resources").is_some() {
        return value;
    }
    let resources: Map<String, Value> = value
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, short)| {
            let mut body = json!({"Type": short[0], "Properties": short[1]});
            let rest = short.get(2).and_then(Value::as_object);
            for (key, value) in rest.into_iter().flatten() {
                body[key] = value.clone();
            }
            (id.clone(), body)
        })
        .collect();
    json!({ "Resources": resources })
}

fn long_form(value: Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) if name.starts_with('{') => json!({ "Fn::Sub": text }),
            Some(name) => match name.split_once('.') {
                Some((id, attribute)) => json!({ "Fn::GetAtt": [id, attribute] }),
                None => json!({ "Ref": name }),
            },
            None => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(long_form).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, long_form(value)))
            .collect(),
        other => other,
    }
}

fn rule(id: &str) -> &'static Rule {
    rules().iter().find(|rule| rule.id == id).unwrap()
}

/// What a rule finds, on the last of what it looks at: production, where it is among them.
fn found(id: &str, text: &str) -> Vec<Finding> {
    let subject = *rule(id).subjects.last().unwrap();
    let mut findings = check_subject(subject, &template(text));
    findings.retain(|finding| finding.rule == id);
    findings
}

fn cases() -> impl Iterator<Item = &'static Case> {
    let all = [
        queues::CASES,
        functions::CASES,
        invocations::CASES,
        balancer::CASES,
        edge::CASES,
        database::CASES,
        state::CASES,
        network::CASES,
        instances::CASES,
        template::CASES,
    ];
    all.into_iter().flatten()
}

#[test]
fn rules_allow_what_is_right() {
    for (id, text, ..) in cases() {
        let findings = found(id, text);
        assert!(findings.is_empty(), "{findings:#?} in {text}");
    }
}

#[test]
fn rules_find_what_is_wrong() {
    let blind = cases().filter_map(|(id, text, right, wrong, at)| {
        assert!(text.contains(right), "{id}: no {right} in {text}");
        let broken = text.replacen(right, wrong, 1);
        let findings = found(id, &broken);
        let ids: Vec<&str> = findings.iter().map(|it| it.logical_id.as_str()).collect();
        (!ids.contains(at)).then(|| format!("{id}: {wrong:?} of {at}: {ids:?}"))
    });
    let blind: Vec<String> = blind.collect();
    assert!(blind.is_empty(), "{blind:#?}");
}

/// A template with so many resources, parameters and outputs, and a description of so many bytes.
fn large(resources: usize, parameters: usize, outputs: usize, bytes: usize) -> Vec<&'static str> {
    let many = |count: usize| -> Map<String, Value> {
        (0..count).map(|n| (format!("N{n}"), json!({}))).collect()
    };
    let template = json!({
        "Resources": many(resources),
        "Parameters": many(parameters),
        "Outputs": many(outputs),
        "Description": "x".repeat(bytes),
    });
    let findings = check_subject(Subject::Transformed, &template);
    let rules = findings.iter().map(|finding| finding.rule);
    rules.filter(|rule| rule.starts_with("limit-")).collect()
}

#[test]
fn the_template_stays_within_limits() {
    assert!(large(490, 100, 150, 800_000).is_empty());
    assert_eq!(large(491, 0, 0, 0), ["limit-resources"]);
    assert_eq!(large(0, 101, 0, 0), ["limit-parameters"]);
    assert_eq!(large(0, 0, 151, 0), ["limit-parameters"]);
    assert_eq!(large(0, 0, 0, 900_001), ["limit-size"]);
}

#[test]
fn every_rule_has_a_case_and_names_its_source() {
    let mut ids: Vec<&str> = Vec::new();
    for rule in rules() {
        let id = rule.id;
        assert!(!ids.contains(&id), "two rules are called {id}");
        ids.push(id);
        let is_limit = id.starts_with("limit-");
        assert!(
            is_limit || cases().any(|case| case.0 == id),
            "{id} has no case"
        );
        assert!(
            !rule.types.is_empty() && !rule.statement.ends_with('.'),
            "{id}"
        );
        let page = rule.reference.split('#').next().unwrap();
        assert!(page.ends_with(".html") && !page.starts_with('/'), "{id}");
        assert!(!rule.subjects.is_empty(), "{id}");
    }
}

#[test]
fn a_finding_says_where_what_and_what_is_allowed() {
    let text = r#"{"It": ["AWS::RDS::DBInstance", {}]}"#;
    let findings = found("database-encryption", text);
    assert_eq!(
        findings[0].to_string(),
        "database-encryption (production): It: StorageEncrypted is not true. \
         Allowed: the database's disk is encrypted"
    );
}

#[test]
fn classes_are_excused_where_the_rule_says_so() {
    let one_zone = template(r#"{"It": ["AWS::RDS::DBInstance", {"MultiAZ": false}]}"#);
    let renders = Renders {
        small: one_zone.clone(),
        production: one_zone,
        ..Renders::default()
    };
    let findings = check(&renders);
    let zones: Vec<Subject> = findings
        .iter()
        .filter(|finding| finding.rule == "database-zones")
        .map(|finding| finding.subject)
        .collect();
    assert_eq!(zones, [Subject::Render(Class::Production)]);
}

#[test]
fn every_rule_is_tried_on_the_real_template() {
    for rule in rules() {
        let id = rule.id;
        let tried: Vec<_> = mutations().iter().filter(|it| it.rule == id).collect();
        assert!(!tried.is_empty(), "no mutation is for {id}");
        for mutation in tried {
            assert!(
                rule.subjects.contains(&mutation.subject),
                "{}",
                mutation.name
            );
        }
    }
    for mutation in mutations() {
        rule(mutation.rule);
    }
}

const SMALL: &str = r#"{"LogQueue": ["AWS::SQS::Queue", {"VisibilityTimeout": 1800}],
    "LogProcessorFunction": ["AWS::Lambda::Function", {"Timeout": 300}],
    "Mapping": ["AWS::Lambda::EventSourceMapping",
        {"EventSourceArn": "$LogQueue.Arn", "FunctionName": "$LogProcessorFunction"}]}"#;

/// The mutation of `queue-visibility`, which sets LogQueue's VisibilityTimeout to a minute.
fn outcome(production: &str) -> MutationOutcome {
    let renders = Renders {
        production: template(production),
        ..Renders::default()
    };
    let mut table = mutation_table(&renders);
    let place = table
        .iter()
        .position(|it| it.mutation.rule == "queue-visibility");
    table.swap_remove(place.unwrap())
}

#[test]
fn a_mutation_is_noticed_by_its_rule() {
    assert_eq!(outcome(SMALL).noticed.unwrap(), ["queue-visibility"]);
}

#[test]
fn a_mutation_that_proves_nothing_is_an_error() {
    let gone = outcome(&SMALL.replace("LogQueue", "LogsQueue"));
    assert_eq!(gone.noticed, Err(MutationError::NoSuchPlace));
    let same = outcome(&SMALL.replace("1800", "60"));
    assert_eq!(same.noticed, Err(MutationError::ChangesNothing));
    // A function of ten seconds may have a queue that hides messages for a minute.
    let unnoticed = outcome(&SMALL.replace("300", "10"));
    assert_eq!(unnoticed.noticed, Err(MutationError::Unnoticed));
    // What is wrong before does not count.
    let table = MarkdownTable(&[unnoticed]).to_string();
    assert!(table.contains("**nobody: its rule does not notice it** (queue-visibility should)"));
}

#[test]
fn the_page_is_that_of_the_rules() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/template-controls.md"
    );
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        page == controls_document(),
        "cargo run -p template-rules --example controls > docs/template-controls.md"
    );
}

#[test]
fn the_table_of_readme_is_that_of_the_rules() {
    let readme = include_str!("../../../../README.md");
    assert!(
        readme.contains(&template_rules::controls_summary()),
        "put the output of this into README.md: \
         cargo run -p template-rules --example controls_summary"
    );
}
