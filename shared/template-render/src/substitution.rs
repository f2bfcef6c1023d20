//! `Fn::Sub`: text with names in it.

use serde_json::{Map, Value, json};

use crate::error::{Problem, RenderError};
use crate::place::Place;
use crate::scope::Scope;
use crate::values::{is_pending, resolve, scalar};

/// A piece of the text of `Fn::Sub`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// As it is.
    Text(&'a str),
    /// `${Name}` or `${Name.Attribute}`.
    Name(&'a str),
    /// `${!Name}`, which is to become `${Name}`.
    Literal(&'a str),
}

/// The pieces of a text.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        let name = &rest[start + 2..start + length];
        pieces.push(match name.strip_prefix('!') {
            Some(literal) => Piece::Literal(literal),
            None => Piece::Name(name),
        });
        rest = &rest[start + length + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The text with everything in it that is known: a string when that is all, and else another
/// `Fn::Sub`.
pub(crate) fn substitute(
    scope: &Scope<'_>,
    argument: &Value,
    place: &Place<'_>,
) -> Result<Value, RenderError> {
    let (text, own) = match argument {
        Value::String(text) => (text, None),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(text), Value::Object(own)] => (text, Some(own)),
            _ => return Err(arguments().at(place)),
        },
        _ => return Err(arguments().at(place)),
    };
    let mut made = Substituted::default();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => made.text(text),
            Piece::Literal(name) => made.literal(name),
            Piece::Name(name) => {
                let value = match own.and_then(|own| own.get(name)) {
                    Some(value) => resolve(scope, value, &place.key(name))?,
                    None => scope.parameter(name).cloned(),
                };
                match value {
                    Some(value) => made.value(name, value, place)?,
                    None => made.resource(scope, name, place)?,
                }
            }
        }
    }
    Ok(made.into_value())
}

const fn arguments() -> Problem {
    Problem::Arguments {
        function: "Fn::Sub",
        expected: "a text, and perhaps a map of strings",
    }
}

#[derive(Default)]
struct Substituted {
    /// With names, for another `Fn::Sub`.
    pending: String,
    /// Without; right as long as no resource is named.
    plain: String,
    names_resources: bool,
    /// Variables of its own.
    own: Map<String, Value>,
}

impl Substituted {
    fn text(&mut self, text: &str) {
        self.plain.push_str(text);
        self.pending.push_str(text);
    }

    fn literal(&mut self, name: &str) {
        self.plain.push_str(&format!("${{{name}}}"));
        self.pending.push_str(&format!("${{!{name}}}"));
    }

    fn name(&mut self, name: &str) {
        self.pending.push_str(&format!("${{{name}}}"));
    }

    fn value(&mut self, name: &str, value: Value, place: &Place<'_>) -> Result<(), RenderError> {
        match scalar(&value) {
            // It would be taken for a name.
            Some(text) if text.contains("${") => {
                self.plain.push_str(&text);
                self.name(name);
                self.own.insert(name.to_owned(), value);
            }
            Some(text) => self.text(&text),
            None if is_pending(&value) => {
                self.names_resources = true;
                self.name(name);
                self.own.insert(name.to_owned(), value);
            }
            None => return Err(arguments().at(place)),
        }
        Ok(())
    }

    fn resource(
        &mut self,
        scope: &Scope<'_>,
        name: &str,
        place: &Place<'_>,
    ) -> Result<(), RenderError> {
        let resource = name.split_once('.').map_or(name, |(resource, _)| resource);
        if !scope.names_resource(resource) {
            return Err(Problem::UnknownName(name.to_owned()).at(place));
        }
        self.names_resources = true;
        self.name(name);
        Ok(())
    }

    fn into_value(self) -> Value {
        if !self.names_resources {
            Value::String(self.plain)
        } else if self.own.is_empty() {
            json!({ "Fn::Sub": self.pending })
        } else {
            json!({ "Fn::Sub": [self.pending, self.own] })
        }
    }
}
