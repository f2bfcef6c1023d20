use log_detections::Severity;
use serde::Deserialize;

use crate::AuditEvent;
use crate::policy::grants_everyone;

const RULES: &str = include_str!("../rules.toml");

/// Rules over events.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRules {
    /// The rules.
    #[serde(rename = "rule")]
    pub rules: Vec<AuditRule>,
}

/// Which events are worth an alert, and from how many on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRule {
    /// Its name: lower-case letters, digits and hyphens.
    pub id: String,
    /// What it means, in a sentence.
    pub title: String,
    /// How soon someone must look.
    pub severity: Severity,
    /// An anchor of `docs/runbook.md`.
    pub runbook: String,
    /// Conditions that must all hold.
    #[serde(default)]
    all: Vec<Condition>,
    /// Conditions of which one must hold, if there are any.
    #[serde(default)]
    any: Vec<Condition>,
    /// From how many events of one actor on.
    #[serde(default = "one")]
    pub at_least: u64,
    /// Within so many minutes: up to sixty.
    #[serde(default = "five")]
    pub minutes: u32,
}

const fn one() -> u64 {
    1
}

const fn five() -> u32 {
    5
}

/// What a field must be like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    /// The field's dotted path.
    field: String,
    /// One of these.
    #[serde(default)]
    is: Vec<String>,
    /// None of these.
    #[serde(default)]
    is_not: Vec<String>,
    /// Begins with one of these.
    #[serde(default)]
    begins: Vec<String>,
    /// Its text, or its JSON where it has fields of its own, has one of these in it.
    #[serde(default)]
    has: Vec<String>,
    /// It is there, or is not.
    exists: Option<bool>,
    /// It is a policy that lets everyone in.
    #[serde(default)]
    grants_everyone: bool,
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// Not TOML, or other keys and values than are allowed.
    #[error("read the audit rules: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Faults that types do not express.
    #[error("the audit rules cannot be used: {}", .0.join("; "))]
    Faults(Vec<String>),
}

impl AuditRules {
    /// Reads rules.
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let rules: Self = toml::from_str(text)?;
        let faults: Vec<_> = rules.faults().collect();
        if faults.is_empty() {
            Ok(rules)
        } else {
            Err(RulesError::Faults(faults))
        }
    }

    /// The rules that come with the program: those of the CIS benchmark, and sharper ones.
    ///
    /// # Errors
    /// Never for a build that passed its tests, which read them.
    pub fn standard() -> Result<Self, RulesError> {
        Self::parse(RULES)
    }

    fn faults(&self) -> impl Iterator<Item = String> {
        self.rules.iter().enumerate().flat_map(|(index, rule)| {
            let id = &rule.id;
            let is_of_name =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let twice = self.rules[..index].iter().any(|other| other.id == *id);
            let open = |condition: &Condition| condition.is_open();
            let checks = [
                (
                    id.is_empty() || !id.bytes().all(is_of_name),
                    "an id has a-z, 0-9 and `-`",
                ),
                (twice, "it is there twice"),
                (
                    rule.all.is_empty() && rule.any.is_empty(),
                    "it has no condition: `all` or `any` is needed",
                ),
                (
                    rule.all.iter().chain(&rule.any).any(open),
                    "a condition needs `is`, `is_not`, `begins`, `has`, `exists` or `grants_everyone`",
                ),
                (rule.at_least == 0, "`at_least` is 1 or more"),
                (
                    !(5..=60).contains(&rule.minutes) || rule.minutes % 5 != 0,
                    "`minutes` are 5, 10, … 60",
                ),
            ];
            let faulty = checks.into_iter().filter(|(is_fault, _)| *is_fault);
            faulty.map(move |(_, fault)| format!("rule `{id}`: {fault}"))
        })
    }

    /// The rules that an event falls under.
    pub fn matching<'a>(&'a self, event: &AuditEvent) -> impl Iterator<Item = &'a AuditRule> {
        self.rules.iter().filter(move |rule| rule.matches(event))
    }
}

impl AuditRule {
    fn matches(&self, event: &AuditEvent) -> bool {
        let holds = |condition: &Condition| condition.holds(event);
        self.all.iter().all(holds) && (self.any.is_empty() || self.any.iter().any(holds))
    }
}

impl Condition {
    /// Whether it says nothing, and would hold for all.
    const fn is_open(&self) -> bool {
        self.is.is_empty()
            && self.is_not.is_empty()
            && self.begins.is_empty()
            && self.has.is_empty()
            && self.exists.is_none()
            && !self.grants_everyone
    }

    fn holds(&self, event: &AuditEvent) -> bool {
        let text = event.text(&self.field);
        if !self.is.is_empty() && !self.is.contains(&text) {
            return false;
        }
        if self.is_not.contains(&text) {
            return false;
        }
        if self
            .exists
            .is_some_and(|exists| exists != event.has(&self.field))
        {
            return false;
        }
        if self.grants_everyone && !event.value(&self.field).is_some_and(grants_everyone) {
            return false;
        }
        let begins = |prefix: &String| text.starts_with(prefix.as_str());
        if !self.begins.is_empty() && !self.begins.iter().any(begins) {
            return false;
        }
        if self.has.is_empty() {
            return true;
        }
        let whole = event.whole_json(&self.field);
        self.has.iter().any(|part| whole.contains(part.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const EVENTS: &str = include_str!("../test_data/rule_events.jsonl");

    /// Each line of the test data is an event and the rules that it must fall under.
    #[test]
    fn every_rule_finds_what_it_is_for_and_nothing_else() {
        let rules = AuditRules::standard().unwrap();
        let mut found = BTreeSet::new();
        let mut passed_over = 0;
        for line in EVENTS.lines() {
            let mut case: Value = serde_json::from_str(line).unwrap();
            let expected: BTreeSet<String> = serde_json::from_value(case["rules"].take()).unwrap();
            case["event"]["eventTime"] = "2026-11-27T10:20:30Z".into();
            let event = AuditEvent::of(case["event"].take()).unwrap();
            let matching: BTreeSet<_> =
                rules.matching(&event).map(|rule| rule.id.clone()).collect();
            assert_eq!(matching, expected, "{line}");
            passed_over += usize::from(expected.is_empty());
            found.extend(matching);
        }
        let all: BTreeSet<_> = rules.rules.iter().map(|rule| rule.id.clone()).collect();
        assert_eq!(found, all, "a rule has no event that it must find");
        assert!(passed_over >= 10, "{passed_over}");
    }

    /// For each rule there is an event of a service that the rule looks at, which it passes over.
    #[test]
    fn every_rule_passes_over_something_near() {
        let cases: Vec<Value> = EVENTS
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for rule in AuditRules::standard().unwrap().rules {
            let is_found = |case: &Value| {
                let mut ids = case["rules"].as_array().unwrap().iter();
                ids.any(|id| *id == rule.id.as_str())
            };
            let source = |case: &Value| case["event"]["eventSource"].clone();
            let (found, passed): (Vec<_>, Vec<_>) = cases.iter().partition(|case| is_found(case));
            let is_near = |case: &Value| found.iter().any(|other| source(other) == source(case));
            assert!(passed.into_iter().any(is_near), "{}", rule.id);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}", id in ".{0,20}") {
            let _ = AuditRules::parse(&text);
            let _ = AuditRules::parse(&format!("[[rule]]\nid = {id:?}\n{text}"));
        }
    }

    #[test]
    fn faults_are_named_together() {
        let text = r#"
            [[rule]]
            id = "Root Used"
            title = "x"
            severity = "high"
            runbook = "x"
            minutes = 7
            all = [{ field = "eventName" }]
        "#;
        let RulesError::Faults(faults) = AuditRules::parse(text).unwrap_err() else {
            panic!()
        };
        assert_eq!(faults.len(), 3, "{faults:?}");
        let error = AuditRules::parse("[[rule]]\nid = 1")
            .unwrap_err()
            .to_string();
        assert!(error.contains("read the audit rules"), "{error}");
    }
}
