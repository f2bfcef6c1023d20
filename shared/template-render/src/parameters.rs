//! The parameters' values, as far as CloudFormation takes them.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::Value;

use crate::error::{Problem, RenderError};
use crate::place::Place;
use crate::values::scalar;
use crate::{Deployment, section};

/// Values of all parameters and pseudo parameters. Numbers are strings, as `Ref` gives them.
pub(crate) fn bind(
    template: &Value,
    deployment: &Deployment,
) -> Result<BTreeMap<String, Value>, RenderError> {
    let (declared, root) = section(template, "Parameters");
    let declared = declared.cloned().unwrap_or_default();
    for name in deployment.parameters.keys() {
        if !declared.contains_key(name) {
            return Err(Problem::UnknownParameter.at(&root.key(name)));
        }
    }
    let mut values: BTreeMap<String, Value> = deployment
        .pseudo_parameters()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    for (name, declaration) in &declared {
        let place = root.key(name);
        let given = deployment.parameters.get(name).cloned();
        let default = || declaration.get("Default").and_then(scalar);
        let text = given
            .or_else(default)
            .ok_or_else(|| Problem::MissingParameter.at(&place))?;
        check(declaration, &text, &place)?;
        values.insert(name.clone(), typed(declaration, text, deployment, &place)?);
    }
    Ok(values)
}

/// The value that `Ref` gives: a list for types of lists, and what is in the SSM parameter for
/// those that name one.
fn typed(
    declaration: &Value,
    text: String,
    deployment: &Deployment,
    place: &Place<'_>,
) -> Result<Value, RenderError> {
    let kind = declaration.get("Type").and_then(Value::as_str);
    let kind = kind.unwrap_or("String");
    let (kind, text) = match kind.strip_prefix("AWS::SSM::Parameter::Value<") {
        None => (kind, text),
        Some(inner) => {
            let held = deployment.ssm_parameters.get(&text);
            let held = held.ok_or_else(|| Problem::UnknownSsmParameter(text).at(place))?;
            (inner, held.clone())
        }
    };
    Ok(
        if kind.starts_with("List<") || kind.starts_with("CommaDelimitedList") {
            let parts = text.split(',').map(|part| part.trim().into());
            Value::Array(parts.collect())
        } else {
            Value::String(text)
        },
    )
}

/// Whether CloudFormation takes the value.
fn check(declaration: &Value, text: &str, place: &Place<'_>) -> Result<(), RenderError> {
    let refused = |limit: String| {
        let description = declaration.get("ConstraintDescription");
        let description = description.and_then(Value::as_str).map(str::to_owned);
        Problem::RefusedParameter {
            value: if is_secret(declaration) {
                "****".to_owned()
            } else {
                text.to_owned()
            },
            constraint: description.unwrap_or(limit),
        }
        .at(place)
    };
    if let Some(allowed) = declaration.get("AllowedValues").and_then(Value::as_array) {
        let allowed: Vec<String> = allowed.iter().filter_map(scalar).collect();
        if !allowed.iter().any(|value| value == text) {
            return Err(refused(format!("must be one of {}", allowed.join(", "))));
        }
    }
    if let Some(pattern) = declaration.get("AllowedPattern").and_then(Value::as_str) {
        // CloudFormation wants all of the value to match.
        let whole = Regex::new(&format!("^(?:{pattern})$"))
            .map_err(|error| Problem::Pattern(error.to_string()).at(place))?;
        if !whole.is_match(text) {
            return Err(refused(format!("must match {pattern}")));
        }
    }
    match broken_limit(declaration, text) {
        Some(limit) => Err(refused(limit)),
        None => Ok(()),
    }
}

fn is_secret(declaration: &Value) -> bool {
    declaration.get("NoEcho").and_then(scalar).as_deref() == Some("true")
}

/// The limit of length or size that the value breaks, if any.
fn broken_limit(declaration: &Value, text: &str) -> Option<String> {
    let limit = |name: &str| -> Option<f64> {
        let limit = declaration.get(name).and_then(scalar)?;
        limit.parse().ok()
    };
    #[expect(clippy::cast_precision_loss, reason = "parameters have at most 4 kB")]
    let length = text.chars().count() as f64;
    let number: Option<f64> = text.parse().ok();
    let is_number = declaration.get("Type").and_then(Value::as_str) == Some("Number");
    if is_number && number.is_none() {
        return Some("must be a number".to_owned());
    }
    let limits = [
        ("MinLength", Some(length), true),
        ("MaxLength", Some(length), false),
        ("MinValue", number, true),
        ("MaxValue", number, false),
    ];
    limits.into_iter().find_map(|(name, size, at_least)| {
        let (limit, size) = (limit(name)?, size?);
        let kept = if at_least {
            size >= limit
        } else {
            size <= limit
        };
        (!kept).then(|| format!("{name} is {limit}"))
    })
}
