//! Looking things up in a render.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use template_render::read::{at, texts};

use crate::PictureError;

/// A resource of a render.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) id: &'a str,
    pub(crate) kind: &'a str,
    body: &'a Value,
}

/// The resources of a render.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources<'a>(&'a Map<String, Value>);

impl<'a> Resources<'a> {
    pub(crate) fn of(render: &'a Value) -> Result<Self, PictureError> {
        let found = at(render, "Resources").as_object();
        found
            .map(Self)
            .ok_or_else(|| PictureError::missing("the render", "Resources"))
    }

    /// Those of a type, such as `AWS::SQS::Queue`.
    pub(crate) fn of_type(self, kind: &'static str) -> impl Iterator<Item = Resource<'a>> {
        let all = self.0.iter().map(|(id, body)| Resource::new(id, body));
        all.filter(move |resource| resource.kind == kind)
    }

    /// The one of a type; the first, if there are many.
    pub(crate) fn the(
        self,
        kind: &'static str,
        what: &'static str,
    ) -> Result<Resource<'a>, PictureError> {
        let found = self.of_type(kind).next();
        found.ok_or_else(|| PictureError::missing("the render", what))
    }

    pub(crate) fn named(self, id: &str) -> Option<Resource<'a>> {
        let (id, body) = self.0.get_key_value(id)?;
        Some(Resource::new(id, body))
    }

    /// The resource that a value refers to first, wherever in it.
    pub(crate) fn referred(self, value: &Value) -> Option<Resource<'a>> {
        let all = references(value);
        all.into_iter().find_map(|id| self.named(id))
    }

    /// The function that a value refers to, itself, by a version or by an alias.
    pub(crate) fn function(self, value: &Value) -> Option<Resource<'a>> {
        let resource = self.referred(value)?;
        match resource.kind {
            "AWS::Lambda::Function" => Some(resource),
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => {
                self.function(resource.get("FunctionName"))
            }
            "AWS::Lambda::Url" => self.function(resource.get("TargetFunctionArn")),
            _ => None,
        }
    }
}

impl<'a> Resource<'a> {
    fn new(id: &'a str, body: &'a Value) -> Self {
        let kind = at(body, "Type").as_str().unwrap_or_default();
        Self { id, kind, body }
    }

    /// What is at a path of its properties, such as `Environment/Variables`.
    pub(crate) fn get(self, path: &str) -> &'a Value {
        at(at(self.body, "Properties"), path)
    }

    /// A text of its properties; empty where there is none.
    pub(crate) fn text(self, path: &str) -> &'a str {
        self.get(path).as_str().unwrap_or_default()
    }

    /// Whether it was switched off, as rules, schedules and event sources can be.
    pub(crate) fn is_off(self) -> bool {
        self.text("State") == "DISABLED" || self.get("Enabled") == &Value::Bool(false)
    }
}

/// Every logical id that a value refers to, anywhere in it, and the names that a `Fn::Sub` gives
/// to something itself.
pub(crate) fn references(value: &Value) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

fn collect<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(map) => {
            for (key, inner) in map {
                match key.as_str() {
                    "Ref" => found.extend(inner.as_str()),
                    "Fn::GetAtt" => {
                        found.extend(texts(inner).next().and_then(|path| path.split('.').next()));
                    }
                    "Fn::Sub" => {
                        for text in texts(inner) {
                            let names = text.split("${").skip(1);
                            found.extend(names.filter_map(|name| name.split(['}', '.']).next()));
                        }
                        collect(inner, found);
                    }
                    _ => collect(inner, found),
                }
            }
        }
        _ => {}
    }
}
