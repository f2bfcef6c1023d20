use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use thiserror::Error;

const MAX_STEPS: usize = 32;
const MAX_LENGTH: usize = 200;

/// Why a text is no path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no path such as `$.items[0].name`, with at most {MAX_STEPS} steps")]
pub struct JsonPathError(String);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum JsonStep {
    Member(String),
    Element(usize),
}

/// Where in a JSON document a value is, such as `$.items[0].name`; `$` is all of it.
///
/// Names have letters, digits, `_` and `-`; others are quoted: `$["a b"]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct JsonPath {
    steps: Vec<JsonStep>,
}

impl JsonPath {
    /// The value that is there.
    #[must_use]
    pub fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.steps
            .iter()
            .try_fold(document, |value, step| match step {
                JsonStep::Member(name) => value.get(name),
                JsonStep::Element(index) => value.get(index),
            })
    }
}

impl FromStr for JsonPath {
    type Err = JsonPathError;

    fn from_str(text: &str) -> Result<Self, JsonPathError> {
        let error = || JsonPathError(text.chars().take(60).collect());
        let mut rest = text
            .strip_prefix('$')
            .filter(|_| text.len() <= MAX_LENGTH)
            .ok_or_else(error)?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = first_step(rest).ok_or_else(error)?;
            steps.push(step);
            rest = after;
        }
        if steps.len() > MAX_STEPS {
            return Err(error());
        }
        Ok(Self { steps })
    }
}

/// The step that a text begins with, and what follows.
fn first_step(text: &str) -> Option<(JsonStep, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        let is_of_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-');
        let (name, rest) = rest.split_at(rest.find(|char| !is_of_name(char)).unwrap_or(rest.len()));
        return (!name.is_empty()).then(|| (JsonStep::Member(name.to_owned()), rest));
    }
    let rest = text.strip_prefix('[')?;
    for quote in ['"', '\''] {
        if let Some(quoted) = rest.strip_prefix(quote) {
            let (name, rest) = quoted.split_once(quote)?;
            let is_plain = !name.is_empty() && !name.contains(['\\', '"', '\'']);
            return is_plain
                .then_some((JsonStep::Member(name.to_owned()), rest.strip_prefix(']')?));
        }
    }
    let (index, rest) = rest.split_once(']')?;
    let is_number = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
    Some((
        JsonStep::Element(is_number.then(|| index.parse().ok())??),
        rest,
    ))
}

impl TryFrom<String> for JsonPath {
    type Error = JsonPathError;

    fn try_from(text: String) -> Result<Self, JsonPathError> {
        text.parse()
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("$")?;
        let is_of_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-');
        for step in &self.steps {
            match step {
                JsonStep::Member(name) if name.chars().all(is_of_name) => {
                    write!(formatter, ".{name}")?
                }
                JsonStep::Member(name) => write!(formatter, "[\"{name}\"]")?,
                JsonStep::Element(index) => write!(formatter, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl Serialize for JsonPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_a_value() {
        let document = serde_json::json!({"a": {"b-c": [1, {"d e": true}]}, "n": null});
        for (path, printed, value) in [
            ("$", "$", Some(document.clone())),
            ("$.a.b-c[0]", "$.a.b-c[0]", Some(1.into())),
            (
                "$['a'].b-c[1]['d e']",
                "$.a.b-c[1][\"d e\"]",
                Some(true.into()),
            ),
            ("$.n", "$.n", Some(Value::Null)),
            ("$.a.b-c[2]", "$.a.b-c[2]", None),
            ("$.n[0]", "$.n[0]", None),
        ] {
            let parsed: JsonPath = path.parse().unwrap();
            assert_eq!(parsed.find(&document), value.as_ref(), "{path}");
            assert_eq!(parsed.to_string(), printed);
        }
    }

    #[test]
    fn other_paths_are_refused() {
        let long = format!("${}", ".a".repeat(33));
        for path in [
            "",
            "a",
            "$.",
            "$..a",
            "$[*]",
            "$[-1]",
            "$[a]",
            "$[1",
            "$['a'",
            "$[''] ",
            "$[99999999999999999999]",
            &long,
        ] {
            assert!(path.parse::<JsonPath>().is_err(), "{path}");
        }
    }
}
