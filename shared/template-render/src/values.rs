//! Values with functions in them.

use serde_json::{Map, Value};

use crate::error::RenderError;
use crate::functions;
use crate::place::Place;
use crate::scope::Scope;

/// The function of a value and its argument, when the value is nothing but a function.
pub(crate) fn function(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object()?;
    let mut entries = object.iter();
    let (name, argument) = entries.next()?;
    let is_function = name == "Ref" || name == "Condition" || name.starts_with("Fn::");
    (is_function && entries.next().is_none()).then_some((name, argument))
}

/// What is known of a value; none where it is `AWS::NoValue`.
pub(crate) fn resolve(
    scope: &Scope<'_>,
    value: &Value,
    place: &Place<'_>,
) -> Result<Option<Value>, RenderError> {
    match value {
        Value::Object(object) => match function(value) {
            // Policies have a key of that name, too.
            Some((name, argument)) if name != "Condition" => {
                functions::apply(scope, name, argument, &place.key(name))
            }
            _ => self::object(scope, object, place).map(|made| Some(Value::Object(made))),
        },
        Value::Array(list) => self::list(scope, list, place).map(|made| Some(Value::Array(made))),
        scalar => Ok(Some(scalar.clone())),
    }
}

fn list(scope: &Scope<'_>, list: &[Value], place: &Place<'_>) -> Result<Vec<Value>, RenderError> {
    let elements = list.iter().enumerate();
    elements
        .filter_map(|(index, element)| resolve(scope, element, &place.index(index)).transpose())
        .collect()
}

fn object(
    scope: &Scope<'_>,
    object: &Map<String, Value>,
    place: &Place<'_>,
) -> Result<Map<String, Value>, RenderError> {
    let mut made = Map::new();
    for (key, value) in object {
        if let Some(value) = resolve(scope, value, &place.key(key))? {
            made.insert(key.clone(), value);
        }
    }
    Ok(made)
}

/// A scalar as text, as functions that make strings take it.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Whether a resolved value still depends on a resource.
pub(crate) fn is_pending(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            function(value).is_some_and(|(name, _)| name != "Condition")
                || object.values().any(is_pending)
        }
        Value::Array(list) => list.iter().any(is_pending),
        _ => false,
    }
}

/// The same with all scalars as strings, so that 1 and "1" compare as CloudFormation does.
pub(crate) fn as_text(value: Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.into_iter().map(as_text).collect()),
        other => match scalar(&other) {
            Some(text) => Value::String(text),
            None => other,
        },
    }
}
