//! The resources and outputs that a deployment has.

use serde_json::{Map, Value, json};

use crate::error::{Problem, RenderError};
use crate::place::Place;
use crate::scope::Scope;
use crate::section;
use crate::values::resolve;

/// The resources whose conditions hold.
pub(crate) fn resources(scope: &Scope<'_>) -> Result<Map<String, Value>, RenderError> {
    let root = Place::root("Resources");
    let mut made = Map::new();
    for (name, resource) in scope.resources().into_iter().flatten() {
        let place = root.key(name);
        if scope.exists(resource, &place)? {
            made.insert(name.clone(), item(scope, resource, &place)?);
        }
    }
    Ok(made)
}

/// The outputs whose conditions hold.
pub(crate) fn outputs(
    scope: &Scope<'_>,
    template: &Value,
) -> Result<Map<String, Value>, RenderError> {
    let (outputs, root) = section(template, "Outputs");
    let mut made = Map::new();
    for (name, output) in outputs.into_iter().flatten() {
        let place = root.key(name);
        if scope.exists(output, &place)? {
            made.insert(name.clone(), item(scope, output, &place)?);
        }
    }
    Ok(made)
}

/// A resource or an output, without its condition.
fn item(scope: &Scope<'_>, item: &Value, place: &Place<'_>) -> Result<Value, RenderError> {
    let mut made = Map::new();
    for (key, value) in item.as_object().into_iter().flatten() {
        let place = place.key(key);
        let value = match key.as_str() {
            "Condition" => None,
            "DependsOn" => dependencies(scope, value, &place)?,
            _ => resolve(scope, value, &place)?,
        };
        if let Some(value) = value {
            made.insert(key.clone(), value);
        }
    }
    Ok(Value::Object(made))
}

/// The resources to wait for, of those that the deployment has: CloudFormation takes the others
/// for done.
fn dependencies(
    scope: &Scope<'_>,
    value: &Value,
    place: &Place<'_>,
) -> Result<Option<Value>, RenderError> {
    let names = match value {
        Value::Array(names) => names.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut kept = Vec::new();
    for name in names {
        let name = name.as_str().unwrap_or_default();
        let resource = scope.resources().and_then(|all| all.get(name));
        let resource = resource.ok_or_else(|| Problem::UnknownName(name.to_owned()).at(place))?;
        if scope.exists(resource, place)? {
            kept.push(name);
        }
    }
    Ok((!kept.is_empty()).then(|| json!(kept)))
}
