use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::glob::is_like;
use crate::usual::is_usual;
use crate::{JsonPath, Scalar};

/// What of a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JsonAspect {
    /// The value.
    #[default]
    Value,
    /// How many elements, members or characters it has.
    Length,
}

/// What is expected of a value in a JSON document: all that is said.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JsonExpectation {
    /// Where it is.
    pub path: JsonPath,
    /// What of it is compared.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub of: JsonAspect,
    /// Whether it is there at all; what is compared must be.
    pub exists: Option<bool>,
    /// It is this.
    pub equals: Option<Scalar>,
    /// It is not this.
    pub not: Option<Scalar>,
    /// It is one of these.
    pub any_of: Option<Vec<Scalar>>,
    /// A text like this, in which `*` stands for anything.
    pub like: Option<String>,
    /// A text that is not like this.
    pub unlike: Option<String>,
    /// A number that is at least this.
    pub at_least: Option<f64>,
    /// A number that is more than this.
    pub more_than: Option<f64>,
    /// A number that is at most this.
    pub at_most: Option<f64>,
    /// A number that is less than this.
    pub less_than: Option<f64>,
}

impl JsonExpectation {
    /// One of a path of which nothing is expected yet.
    #[must_use]
    pub const fn of_path(path: JsonPath) -> Self {
        Self {
            path,
            of: JsonAspect::Value,
            exists: None,
            equals: None,
            not: None,
            any_of: None,
            like: None,
            unlike: None,
            at_least: None,
            more_than: None,
            at_most: None,
            less_than: None,
        }
    }

    /// Whether all holds; otherwise what does not, without the value that was found.
    ///
    /// # Errors
    ///
    /// What does not hold.
    pub fn check(&self, document: &Value) -> Result<(), String> {
        let Some(value) = self.path.find(document) else {
            return if self.exists == Some(false) {
                Ok(())
            } else {
                Err("is missing".to_owned())
            };
        };
        if self.exists == Some(false) {
            return Err("is there".to_owned());
        }
        let length;
        let value = match self.of {
            JsonAspect::Value => value,
            JsonAspect::Length => {
                length = length_of(value).ok_or_else(|| "has no length".to_owned())?;
                &length
            }
        };
        self.check_sameness(value)?;
        self.check_likeness(value)?;
        self.check_number(value)
    }

    fn check_sameness(&self, value: &Value) -> Result<(), String> {
        if let Some(expected) = &self.equals
            && !expected.is(value)
        {
            return Err(format!("is not {expected}"));
        }
        if let Some(unwanted) = &self.not
            && unwanted.is(value)
        {
            return Err(format!("is {unwanted}"));
        }
        match &self.any_of {
            Some(allowed) if !allowed.iter().any(|scalar| scalar.is(value)) => {
                let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
                Err(format!("is none of {}", allowed.join(", ")))
            }
            _ => Ok(()),
        }
    }

    fn check_likeness(&self, value: &Value) -> Result<(), String> {
        let is_like = |pattern: &String| match value {
            Value::String(text) => is_like(text, pattern),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
            other => is_like(&other.to_string(), pattern),
        };
        match (&self.like, &self.unlike) {
            (Some(pattern), _) if !is_like(pattern) => Err(format!("is not like `{pattern}`")),
            (_, Some(pattern)) if is_like(pattern) => Err(format!("is like `{pattern}`")),
            _ => Ok(()),
        }
    }

    fn check_number(&self, value: &Value) -> Result<(), String> {
        let bounds = [
            (self.at_least, "at least", f64::ge as fn(&f64, &f64) -> bool),
            (self.more_than, "more than", f64::gt),
            (self.at_most, "at most", f64::le),
            (self.less_than, "less than", f64::lt),
        ];
        for (bound, words, holds) in bounds {
            let Some(bound) = bound else { continue };
            let number = value.as_f64().ok_or_else(|| "is no number".to_owned())?;
            if !holds(&number, &bound) {
                return Err(format!("is not {words} {bound}"));
            }
        }
        Ok(())
    }

    /// Whether anything but being there is expected.
    const fn compares(&self) -> bool {
        self.equals.is_some()
            || self.not.is_some()
            || self.any_of.is_some()
            || self.like.is_some()
            || self.unlike.is_some()
            || self.at_least.is_some()
            || self.more_than.is_some()
            || self.at_most.is_some()
            || self.less_than.is_some()
    }

    /// What is wrong with it, when something is.
    pub(crate) fn fault(&self) -> Option<String> {
        let path = &self.path;
        if self.exists == Some(false) && (self.compares() || self.of == JsonAspect::Length) {
            return Some(format!(
                "`{path}` can never both be missing and be compared: drop one"
            ));
        }
        if !self.compares() && self.exists.is_none() {
            return Some(format!(
                "nothing is expected of `{path}`: `exists`, `equals`, `not`, `any_of`, `like`, `unlike`, `at_least`, `more_than`, `at_most` or `less_than` is needed"
            ));
        }
        self.contradiction()
            .map(|reason| format!("what is expected of `{path}` can never hold: {reason}"))
    }

    fn contradiction(&self) -> Option<String> {
        if self.any_of.as_ref().is_some_and(Vec::is_empty) {
            return Some("`any_of` is empty".to_owned());
        }
        let lower = self
            .at_least
            .into_iter()
            .chain(self.more_than)
            .reduce(f64::max);
        let upper = self
            .at_most
            .into_iter()
            .chain(self.less_than)
            .reduce(f64::min);
        if lower.is_some_and(f64::is_nan) || upper.is_some_and(f64::is_nan) {
            return Some("no number is compared with one that is none".to_owned());
        }
        if let (Some(lower), Some(upper)) = (lower, upper) {
            let is_strict = self.more_than == Some(lower) || self.less_than == Some(upper);
            if lower > upper || (is_strict && lower >= upper) {
                return Some(format!("no number is between {lower} and {upper}"));
            }
        }
        if self.of == JsonAspect::Length && upper.is_some_and(|upper| upper < 0.0) {
            return Some("no length is negative".to_owned());
        }
        let scalar = self.equals.as_ref()?;
        self.contradicts_equality(scalar)
    }

    /// Whether what equals this is refused by the rest.
    fn contradicts_equality(&self, scalar: &Scalar) -> Option<String> {
        if self.of == JsonAspect::Length && scalar.as_number().is_none_or(|number| number < 0.0) {
            return Some(format!("no length is {scalar}"));
        }
        let value = match scalar {
            Scalar::Bool(value) => Value::from(*value),
            Scalar::Integer(number) => Value::from(*number),
            Scalar::Number(number) => Value::from(*number),
            Scalar::Text(text) => Value::from(text.as_str()),
        };
        let rest = Self {
            equals: None,
            ..self.clone()
        };
        let checked = rest
            .check_sameness(&value)
            .and_then(|()| rest.check_likeness(&value));
        let refused = checked.and_then(|()| rest.check_number(&value)).err()?;
        Some(format!("{scalar} {refused}"))
    }
}

fn length_of(value: &Value) -> Option<Value> {
    match value {
        Value::Array(elements) => Some(elements.len().into()),
        Value::Object(members) => Some(members.len().into()),
        Value::String(text) => Some(text.chars().count().into()),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
