//! The conditions of a template, and the rules on its parameters.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Problem, RenderError};
use crate::place::Place;
use crate::scope::Scope;
use crate::section;
use crate::values::{self, function};

/// Which of the template's conditions hold.
pub(crate) fn evaluate(
    template: &Value,
    scope: &Scope<'_>,
) -> Result<BTreeMap<String, bool>, RenderError> {
    let (declared, root) = section(template, "Conditions");
    let Some(declared) = declared else {
        return Ok(BTreeMap::new());
    };
    let mut evaluation = Evaluation {
        declared: Some(declared),
        scope,
        known: BTreeMap::new(),
    };
    for name in declared.keys() {
        evaluation.named(name, &root.key(name))?;
    }
    let known = evaluation.known.into_iter();
    Ok(known
        .filter_map(|(name, holds)| Some((name.to_owned(), holds?)))
        .collect())
}

/// Holds the parameters against the section `Rules`:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>.
pub(crate) fn check_rules(template: &Value, scope: &Scope<'_>) -> Result<(), RenderError> {
    let (rules, root) = section(template, "Rules");
    let mut evaluation = Evaluation {
        declared: None,
        scope,
        known: BTreeMap::new(),
    };
    for (name, rule) in rules.into_iter().flatten() {
        let place = root.key(name);
        if let Some(condition) = rule.get("RuleCondition")
            && !evaluation.holds(condition, &place.key("RuleCondition"))?
        {
            continue;
        }
        let assertions = rule.get("Assertions").and_then(Value::as_array);
        for (index, assertion) in assertions.into_iter().flatten().enumerate() {
            let list = place.key("Assertions");
            let place = list.index(index);
            let assert = assertion.get("Assert").unwrap_or(&Value::Null);
            if !evaluation.holds(assert, &place.key("Assert"))? {
                let description = assertion.get("AssertDescription").and_then(Value::as_str);
                let description = description.unwrap_or_default().to_owned();
                return Err(Problem::RuleViolated(description).at(&place));
            }
        }
    }
    Ok(())
}

struct Evaluation<'t> {
    declared: Option<&'t Map<String, Value>>,
    scope: &'t Scope<'t>,
    /// None while a condition is being looked at.
    known: BTreeMap<&'t str, Option<bool>>,
}

impl<'t> Evaluation<'t> {
    fn named(&mut self, name: &str, place: &Place<'_>) -> Result<bool, RenderError> {
        match self.known.get(name) {
            Some(Some(holds)) => return Ok(*holds),
            Some(None) => return Err(Problem::CircularCondition.at(place)),
            None => {}
        }
        let entry = self.declared.and_then(|all| all.get_key_value(name));
        let (name, condition) =
            entry.ok_or_else(|| Problem::UnknownCondition(name.to_owned()).at(place))?;
        self.known.insert(name, None);
        let holds = self.holds(condition, &Place::root("Conditions").key(name))?;
        self.known.insert(name, Some(holds));
        Ok(holds)
    }

    fn holds(&mut self, condition: &Value, place: &Place<'_>) -> Result<bool, RenderError> {
        let Some((name, argument)) = function(condition) else {
            return Err(Problem::Arguments {
                function: "a condition",
                expected: "one function",
            }
            .at(place));
        };
        let place = place.key(name);
        match name {
            "Condition" => match argument {
                Value::String(name) => self.named(name, &place),
                _ => Err(arguments("Condition", "a name").at(&place)),
            },
            "Fn::Equals" => {
                let (left, right) = self.two("Fn::Equals", argument, &place)?;
                Ok(left == right)
            }
            // Rules only.
            "Fn::Contains" => {
                let (list, value) = self.two("Fn::Contains", argument, &place)?;
                let list = list.as_array();
                Ok(list.is_some_and(|list| list.contains(&value)))
            }
            "Fn::Not" => {
                let parts = self.parts("Fn::Not", argument, 1..=1, &place)?;
                Ok(parts == [false])
            }
            "Fn::And" => {
                let parts = self.parts("Fn::And", argument, 2..=10, &place)?;
                Ok(parts.iter().all(|holds| *holds))
            }
            "Fn::Or" => {
                let parts = self.parts("Fn::Or", argument, 2..=10, &place)?;
                Ok(parts.iter().any(|holds| *holds))
            }
            other => Err(Problem::UnsupportedFunction(other.to_owned()).at(&place)),
        }
    }

    /// The conditions that a function combines.
    fn parts(
        &mut self,
        function: &'static str,
        argument: &Value,
        count: std::ops::RangeInclusive<usize>,
        place: &Place<'_>,
    ) -> Result<Vec<bool>, RenderError> {
        match argument {
            Value::Array(parts) if count.contains(&parts.len()) => {
                let parts = parts.iter().enumerate();
                parts
                    .map(|(index, part)| self.holds(part, &place.index(index)))
                    .collect()
            }
            _ => Err(arguments(
                function,
                "a list of conditions: one for Fn::Not, else two to ten",
            )
            .at(place)),
        }
    }

    /// Two values, which have to be known. Scalars compare as strings.
    fn two(
        &self,
        function: &'static str,
        argument: &Value,
        place: &Place<'_>,
    ) -> Result<(Value, Value), RenderError> {
        let known = |value: &Value| -> Result<Value, RenderError> {
            match values::resolve(self.scope, value, place)? {
                Some(value) if !values::is_pending(&value) => Ok(values::as_text(value)),
                _ => Err(Problem::Undecidable.at(place)),
            }
        };
        match argument.as_array().map(Vec::as_slice) {
            Some([left, right]) => Ok((known(left)?, known(right)?)),
            _ => Err(arguments(function, "two values").at(place)),
        }
    }
}

const fn arguments(function: &'static str, expected: &'static str) -> Problem {
    Problem::Arguments { function, expected }
}
