//! What is known before a resource exists.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Problem, RenderError};
use crate::place::Place;
use crate::{Deployment, conditions, parameters, section};

/// Parameters, mappings and conditions of a deployment, and the names of the template.
#[derive(Debug)]
pub(crate) struct Scope<'t> {
    /// Parameters and pseudo parameters, by the name that `Ref` uses.
    parameters: BTreeMap<String, Value>,
    mappings: Option<&'t Map<String, Value>>,
    conditions: BTreeMap<String, bool>,
    resources: Option<&'t Map<String, Value>>,
    region: String,
}

impl<'t> Scope<'t> {
    /// Decides the parameters, the rules and the conditions.
    pub(crate) fn new(template: &'t Value, deployment: &Deployment) -> Result<Self, RenderError> {
        let mut scope = Self {
            parameters: parameters::bind(template, deployment)?,
            mappings: section(template, "Mappings").0,
            conditions: BTreeMap::new(),
            resources: section(template, "Resources").0,
            region: deployment.region.clone(),
        };
        conditions::check_rules(template, &scope)?;
        scope.conditions = conditions::evaluate(template, &scope)?;
        Ok(scope)
    }

    pub(crate) fn into_conditions(self) -> BTreeMap<String, bool> {
        self.conditions
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.get(name)
    }

    /// All resources of the template, whether this deployment has them or not.
    pub(crate) const fn resources(&self) -> Option<&'t Map<String, Value>> {
        self.resources
    }

    pub(crate) fn names_resource(&self, name: &str) -> bool {
        self.resources.is_some_and(|all| all.contains_key(name))
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Whether a condition holds.
    pub(crate) fn condition(&self, name: &str, place: &Place<'_>) -> Result<bool, RenderError> {
        self.conditions
            .get(name)
            .copied()
            .ok_or_else(|| Problem::UnknownCondition(name.to_owned()).at(place))
    }

    /// Whether the `Condition` of a resource or an output holds; it holds where there is none.
    pub(crate) fn exists(&self, item: &Value, place: &Place<'_>) -> Result<bool, RenderError> {
        match item.get("Condition") {
            None => Ok(true),
            Some(Value::String(name)) => self.condition(name, place),
            Some(_) => Err(Problem::Arguments {
                function: "Condition",
                expected: "the name of a condition",
            }
            .at(place)),
        }
    }

    /// An entry of the mappings.
    pub(crate) fn mapped(&self, map: &str, first: &str, second: &str) -> Option<&'t Value> {
        self.mappings?.get(map)?.get(first)?.get(second)
    }
}
