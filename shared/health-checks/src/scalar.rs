use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value of JSON that is no list or object.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// A text.
    Text(String),
}

impl Scalar {
    /// Whether a value is the same. Numbers are compared as such: 1 and 1.0 are the same, 1 and
    /// `"1"` are not.
    #[must_use]
    pub fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Bool(expected), Value::Bool(found)) => expected == found,
            (Self::Integer(expected), Value::Number(found)) => match found.as_i64() {
                Some(found) => *expected == found,
                None => found.as_f64() == Some(*expected as f64),
            },
            (Self::Number(expected), Value::Number(found)) => found.as_f64() == Some(*expected),
            (Self::Text(expected), Value::String(found)) => expected == found,
            _ => false,
        }
    }

    pub(crate) const fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(formatter, "{value}"),
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Text(text) => write!(formatter, "\"{text}\""),
        }
    }
}
