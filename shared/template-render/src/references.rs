//! Whether what a deployment has refers only to what it has.

use serde_json::{Map, Value};

use crate::error::{Problem, RenderError};
use crate::place::Place;
use crate::scope::Scope;
use crate::substitution::{Piece, pieces};
use crate::values::function;

/// Checks all references of a render.
pub(crate) fn check(render: &Map<String, Value>, scope: &Scope<'_>) -> Result<(), RenderError> {
    let resources = render.get("Resources").and_then(Value::as_object);
    let has = |name: &str| resources.is_some_and(|all| all.contains_key(name));
    let missing = |name: &str| {
        if scope.names_resource(name) {
            Problem::Dangling(name.to_owned())
        } else {
            Problem::UnknownName(name.to_owned())
        }
    };
    for section in ["Resources", "Outputs"] {
        if let Some(value) = render.get(section) {
            walk(value, &Place::root(section), &mut |name, place| {
                if has(name) {
                    Ok(())
                } else {
                    Err(missing(name).at(place))
                }
            })?;
        }
    }
    Ok(())
}

/// Calls `visit` with the name of every resource that something refers to, and where.
fn walk(
    value: &Value,
    place: &Place<'_>,
    visit: &mut dyn FnMut(&str, &Place<'_>) -> Result<(), RenderError>,
) -> Result<(), RenderError> {
    match value {
        Value::Array(list) => {
            let mut elements = list.iter().enumerate();
            elements.try_for_each(|(index, element)| walk(element, &place.index(index), visit))
        }
        Value::Object(object) => {
            if let Some((name, argument)) = function(value) {
                for resource in named(name, argument) {
                    visit(resource, &place.key(name))?;
                }
            }
            let mut entries = object.iter();
            entries.try_for_each(|(key, value)| walk(value, &place.key(key), visit))
        }
        _ => Ok(()),
    }
}

/// The resources that a function of a render names.
fn named<'v>(function: &str, argument: &'v Value) -> Vec<&'v str> {
    match (function, argument) {
        ("Ref", Value::String(name)) => vec![name],
        ("Fn::GetAtt", Value::Array(parts)) => {
            parts.iter().take(1).filter_map(Value::as_str).collect()
        }
        ("Fn::Sub", Value::String(text)) => in_text(text, None),
        ("Fn::Sub", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(text), own] => in_text(text, own.as_object()),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn in_text<'v>(text: &'v str, own: Option<&Map<String, Value>>) -> Vec<&'v str> {
    let names = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Name(name) if !own.is_some_and(|own| own.contains_key(name)) => Some(name),
        _ => None,
    });
    names
        .map(|name| name.split_once('.').map_or(name, |(resource, _)| resource))
        .collect()
}
