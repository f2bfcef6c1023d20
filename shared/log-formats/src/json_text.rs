//! Flat JSON objects, as logs have one a line.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::BadLine;

/// More members than any log line of ours has; what follows is passed over.
const MAX_MEMBERS: usize = 256;

/// A JSON object whose values are looked at when they are asked for.
pub(crate) struct FlatObject<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> FlatObject<'a> {
    pub(crate) fn parse(line: &'a str) -> Result<Self, BadLine> {
        serde_json::from_str(line).map_err(|_| BadLine::Json)
    }

    /// The value's JSON.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a str> {
        let member = self.0.iter().find(|(member, _)| member == name)?;
        Some(member.1.get())
    }

    /// A string without its quotes and escapes, or a number's digits; empty for `null`, for
    /// an object, and for what is absent.
    pub(crate) fn text(&self, name: &str) -> Cow<'a, str> {
        self.raw(name).map_or(Cow::Borrowed(""), text_of)
    }

    /// The first of some names that has a value.
    pub(crate) fn first_text(&self, names: &[&str]) -> Cow<'a, str> {
        let mut texts = names.iter().map(|name| self.text(name));
        texts.find(|text| !text.is_empty()).unwrap_or_default()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, Cow<'a, str>)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_ref(), text_of(value.get())))
    }
}

fn text_of(json: &str) -> Cow<'_, str> {
    match json.as_bytes().first() {
        Some(b'"') if json.contains('\\') => {
            serde_json::from_str::<String>(json).map_or(Cow::Borrowed(""), Cow::Owned)
        }
        Some(b'"') => Cow::Borrowed(json.trim_matches('"')),
        None | Some(b'n' | b'{' | b'[') => Cow::Borrowed(""),
        Some(_) => Cow::Borrowed(json),
    }
}

impl<'de> Deserialize<'de> for FlatObject<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = FlatObject<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(32);
                while let Some((Name(name), value)) = map.next_entry()? {
                    if members.len() < MAX_MEMBERS {
                        members.push((name, value));
                    }
                }
                Ok(FlatObject(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A member's name, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_texts_whatever_their_type() {
        let object = r#"{"a":"x\n\"y\"","b":1.50,"c":null,"d":{"e":[1]},"é":"","f":true}"#;
        let object = FlatObject::parse(object).unwrap();
        assert_eq!(object.text("a"), "x\n\"y\"");
        assert_eq!(object.text("b"), "1.50");
        assert_eq!((object.text("c"), object.text("d")), ("".into(), "".into()));
        assert_eq!(object.raw("d"), Some(r#"{"e":[1]}"#));
        assert_eq!(object.first_text(&["é", "x", "f"]), "true");
    }

    #[test]
    fn nesting_ten_thousand_deep_does_not_overflow_the_stack() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(FlatObject::parse(&deep).unwrap().text("a"), "");
        assert!(FlatObject::parse(&"[".repeat(10_000)).is_err());
    }
}
