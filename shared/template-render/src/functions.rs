//! The functions of CloudFormation.

use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::error::{Problem, RenderError};
use crate::place::Place;
use crate::scope::Scope;
use crate::values::{is_pending, resolve, scalar};
use crate::{network, substitution};

type Resolved = Result<Option<Value>, RenderError>;

/// What a function gives; itself around what is known, where it depends on a resource.
pub(crate) fn apply(
    scope: &Scope<'_>,
    name: &str,
    argument: &Value,
    place: &Place<'_>,
) -> Resolved {
    match name {
        "Ref" => reference(scope, argument, place),
        "Fn::GetAtt" => attribute(scope, argument, place).map(Some),
        "Fn::If" => choice(scope, argument, place),
        "Fn::Sub" => substitution::substitute(scope, argument, place).map(Some),
        "Fn::FindInMap" => find_in_map(scope, argument, place),
        "Fn::Join" => join(&known(scope, argument, place)?, place).map(Some),
        "Fn::Split" => split(known(scope, argument, place)?, place).map(Some),
        "Fn::Select" => select(known(scope, argument, place)?, place).map(Some),
        "Fn::Cidr" => cidr(known(scope, argument, place)?, place).map(Some),
        "Fn::GetAZs" => zones(scope, known(scope, argument, place)?, place).map(Some),
        "Fn::Base64" | "Fn::ImportValue" => {
            let argument = known(scope, argument, place)?;
            Ok(Some(json!({ name: argument })))
        }
        other => Err(Problem::UnsupportedFunction(other.to_owned()).at(place)),
    }
}

const fn arguments(function: &'static str, expected: &'static str) -> Problem {
    Problem::Arguments { function, expected }
}

/// An argument, which has to be something.
fn known(scope: &Scope<'_>, argument: &Value, place: &Place<'_>) -> Result<Value, RenderError> {
    let problem = || arguments("a function", "something other than AWS::NoValue").at(place);
    resolve(scope, argument, place)?.ok_or_else(problem)
}

fn reference(scope: &Scope<'_>, argument: &Value, place: &Place<'_>) -> Resolved {
    match argument {
        Value::String(name) if name == "AWS::NoValue" => Ok(None),
        Value::String(name) => match scope.parameter(name) {
            Some(value) => Ok(Some(value.clone())),
            None if scope.names_resource(name) => Ok(Some(json!({ "Ref": name }))),
            None => Err(Problem::UnknownName(name.clone()).at(place)),
        },
        _ => Err(arguments("Ref", "a name").at(place)),
    }
}

/// Always the form `[resource, attribute]`.
fn attribute(scope: &Scope<'_>, argument: &Value, place: &Place<'_>) -> Result<Value, RenderError> {
    let argument = known(scope, argument, place)?;
    let parts = match &argument {
        Value::String(dotted) => dotted.split_once('.'),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(resource), Value::String(attribute)] => {
                Some((resource.as_str(), attribute.as_str()))
            }
            _ => None,
        },
        _ => None,
    };
    let (resource, attribute) =
        parts.ok_or_else(|| arguments("Fn::GetAtt", "a resource and an attribute").at(place))?;
    if !scope.names_resource(resource) {
        return Err(Problem::UnknownName(resource.to_owned()).at(place));
    }
    Ok(json!({ "Fn::GetAtt": [resource, attribute] }))
}

fn choice(scope: &Scope<'_>, argument: &Value, place: &Place<'_>) -> Resolved {
    match argument.as_array().map(Vec::as_slice) {
        Some([Value::String(condition), yes, no]) => {
            if scope.condition(condition, place)? {
                resolve(scope, yes, &place.index(1))
            } else {
                resolve(scope, no, &place.index(2))
            }
        }
        _ => Err(arguments("Fn::If", "a condition and two values").at(place)),
    }
}

fn find_in_map(scope: &Scope<'_>, argument: &Value, place: &Place<'_>) -> Resolved {
    let problem = || arguments("Fn::FindInMap", "a map, two keys and perhaps a default").at(place);
    let Value::Array(parts) = known(scope, argument, place)? else {
        return Err(problem());
    };
    let (keys, default) = match parts.as_slice() {
        [map, first, second] => ([map, first, second], None),
        [map, first, second, default] => ([map, first, second], default.get("DefaultValue")),
        _ => return Err(problem()),
    };
    let [Some(map), Some(first), Some(second)] = keys.map(scalar) else {
        return Err(problem());
    };
    let found = scope.mapped(&map, &first, &second).or(default);
    let missing = || Problem::UnknownMapping(format!("{map}.{first}.{second}")).at(place);
    found.cloned().map(Some).ok_or_else(missing)
}

/// Neighbours that are known become one.
fn join(argument: &Value, place: &Place<'_>) -> Result<Value, RenderError> {
    let problem = || arguments("Fn::Join", "a string and a list").at(place);
    let Some([Value::String(between), list]) = argument.as_array().map(Vec::as_slice) else {
        return Err(problem());
    };
    let Value::Array(list) = list else {
        // A list that only AWS knows, such as a bucket's attribute.
        return if is_pending(list) {
            Ok(json!({ "Fn::Join": argument }))
        } else {
            Err(problem())
        };
    };
    let mut joined: Vec<Value> = Vec::new();
    for element in list {
        match (joined.last_mut(), scalar(element)) {
            (Some(Value::String(last)), Some(text)) => {
                last.push_str(between);
                last.push_str(&text);
            }
            (_, Some(text)) => joined.push(Value::String(text)),
            (_, None) if is_pending(element) => joined.push(element.clone()),
            (_, None) => return Err(problem()),
        }
    }
    match joined.as_slice() {
        [] => Ok(Value::String(String::new())),
        [Value::String(_)] => Ok(joined.swap_remove(0)),
        _ => Ok(json!({ "Fn::Join": [between, joined] })),
    }
}

fn split(argument: Value, place: &Place<'_>) -> Result<Value, RenderError> {
    match argument.as_array().map(Vec::as_slice) {
        Some([Value::String(between), Value::String(text)]) if !between.is_empty() => {
            Ok(text.split(between.as_str()).collect())
        }
        Some([Value::String(_), pending]) if is_pending(pending) => {
            Ok(json!({ "Fn::Split": argument }))
        }
        _ => Err(arguments("Fn::Split", "a delimiter and a string").at(place)),
    }
}

fn select(mut argument: Value, place: &Place<'_>) -> Result<Value, RenderError> {
    let problem = || arguments("Fn::Select", "an index and a list that is long enough").at(place);
    let Some([index, list]) = argument.as_array_mut().map(Vec::as_mut_slice) else {
        return Err(problem());
    };
    let index: usize = scalar(index)
        .and_then(|index| index.parse().ok())
        .ok_or_else(problem)?;
    match list {
        Value::Array(list) if index < list.len() => Ok(list.swap_remove(index)),
        list if !list.is_array() && is_pending(list) => Ok(json!({ "Fn::Select": argument })),
        _ => Err(problem()),
    }
}

fn cidr(argument: Value, place: &Place<'_>) -> Result<Value, RenderError> {
    let problem = || arguments("Fn::Cidr", "a block, a count and bits that fit into it").at(place);
    let parts = argument.as_array().map(Vec::as_slice);
    let Some([block, count, bits]) = parts else {
        return Err(problem());
    };
    if is_pending(block) {
        return Ok(json!({ "Fn::Cidr": argument }));
    }
    let number = |value: &Value| -> Option<u32> { scalar(value)?.parse().ok() };
    let (Value::String(block), Some(count), Some(bits)) = (block, number(count), number(bits))
    else {
        return Err(problem());
    };
    let blocks = network::subnets(block, count, bits).ok_or_else(problem)?;
    Ok(blocks.into_iter().collect())
}

fn zones(scope: &Scope<'_>, argument: Value, place: &Place<'_>) -> Result<Value, RenderError> {
    let Value::String(region) = argument else {
        return Err(arguments("Fn::GetAZs", "a region").at(place));
    };
    let region = if region.is_empty() {
        scope.region()
    } else {
        &region
    };
    Ok(Deployment::zones(region).into_iter().collect())
}
