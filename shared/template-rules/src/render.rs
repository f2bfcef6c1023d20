//! Reading a rendered template.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use template_render::read::{at, list, number, texts};

static NOTHING: Value = Value::Null;

/// A template in which conditions and parameters are resolved.
pub(crate) struct Render<'a> {
    /// All of it.
    pub(crate) template: &'a Value,
    resources: Option<&'a Map<String, Value>>,
    by_type: BTreeMap<&'a str, Vec<Resource<'a>>>,
}

/// A resource of a template.
#[derive(Clone, Copy)]
pub(crate) struct Resource<'a> {
    /// Its logical id.
    pub(crate) id: &'a str,
    /// Its type, such as `AWS::SQS::Queue`.
    pub(crate) kind: &'a str,
    /// All of it.
    pub(crate) body: &'a Value,
}

impl<'a> Render<'a> {
    pub(crate) fn new(template: &'a Value) -> Self {
        let resources = template.get("Resources").and_then(Value::as_object);
        let mut by_type: BTreeMap<&str, Vec<Resource<'_>>> = BTreeMap::new();
        for (id, body) in resources.into_iter().flatten() {
            let resource = Resource::new(id, body);
            by_type.entry(resource.kind).or_default().push(resource);
        }
        Self {
            template,
            resources,
            by_type,
        }
    }

    /// Every resource.
    pub(crate) fn all(&self) -> impl Iterator<Item = Resource<'a>> {
        self.by_type.values().flatten().copied()
    }

    /// The resources of a type.
    pub(crate) fn of(&self, kind: &str) -> impl Iterator<Item = Resource<'a>> + use<'a, '_> {
        self.by_type.get(kind).into_iter().flatten().copied()
    }

    /// The resource of a logical id.
    pub(crate) fn named(&self, id: &str) -> Option<Resource<'a>> {
        let (id, body) = self.resources?.get_key_value(id)?;
        Some(Resource::new(id, body))
    }

    /// The resource that a value refers to.
    pub(crate) fn target(&self, value: &Value) -> Option<Resource<'a>> {
        self.named(refers_to(value)?)
    }

    /// The function behind a value that refers to it or to its alias.
    pub(crate) fn function(&self, value: &Value) -> Option<Resource<'a>> {
        let target = self.target(value)?;
        match target.kind {
            "AWS::Lambda::Function" => Some(target),
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => {
                self.function(target.get("FunctionName"))
            }
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

    /// The value of an attribute in a list of `{Key, Value}`.
    pub(crate) fn attribute(self, list: &str, key: &str) -> &'a Value {
        self.list(list)
            .iter()
            .find(|entry| at(entry, "Key") == key)
            .map_or(&NOTHING, |entry| at(entry, "Value"))
    }

    /// What is at a path of its properties, as a list.
    pub(crate) fn list(self, path: &str) -> &'a [Value] {
        list(self.get(path))
    }

    /// A text of its properties; empty where there is none.
    pub(crate) fn text(self, path: &str) -> &'a str {
        self.get(path).as_str().unwrap_or_default()
    }

    /// A number of its properties.
    pub(crate) fn number(self, path: &str) -> Option<u64> {
        number(self.get(path))
    }

    /// Whether a property is true.
    pub(crate) fn is(self, path: &str) -> bool {
        is_true(self.get(path))
    }

    /// Whether a property is there.
    pub(crate) fn has(self, path: &str) -> bool {
        !self.get(path).is_null()
    }
}

/// True, also one that is written as text.
pub(crate) fn is_true(value: &Value) -> bool {
    value == &Value::Bool(true) || value == "true"
}

/// The logical id that a `Ref`, a `Fn::GetAtt` or a `Fn::Sub` of one name refers to.
pub(crate) fn refers_to(value: &Value) -> Option<&str> {
    if let Some(name) = value.get("Ref") {
        return name.as_str();
    }
    if let Some(path) = value.get("Fn::GetAtt") {
        return match path {
            Value::String(path) => path.split('.').next(),
            path => at(path, "0").as_str(),
        };
    }
    let text = value.get("Fn::Sub")?.as_str()?;
    let (name, _) = text.strip_prefix("${")?.split_once('}')?;
    name.split('.').next()
}

/// A value as text: what refers to a resource is `${Name}` or `${Name.Attribute}` in it.
pub(crate) fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.iter().next() {
            Some((key, inner)) if map.len() == 1 => flat_intrinsic(key, inner),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

fn flat_intrinsic(key: &str, inner: &Value) -> String {
    match key {
        "Ref" => format!("${{{}}}", flat(inner)),
        "Fn::GetAtt" => {
            let path: Vec<&str> = texts(inner).collect();
            format!("${{{}}}", path.join("."))
        }
        "Fn::Sub" => {
            let mut text = flat(list(inner).first().unwrap_or(&NOTHING));
            for (name, value) in at(inner, "1").as_object().into_iter().flatten() {
                text = text.replace(&format!("${{{name}}}"), &flat(value));
            }
            text
        }
        "Fn::Join" => {
            let parts: Vec<String> = list(at(inner, "1")).iter().map(flat).collect();
            parts.join(&flat(at(inner, "0")))
        }
        _ => inner.to_string(),
    }
}

/// Every logical id that a value refers to, anywhere in it; pseudo parameters left out.
pub(crate) fn references(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found.retain(|name| !name.starts_with("AWS::"));
    found
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(map) => {
            for (key, inner) in map {
                match (key.as_str(), inner) {
                    ("Ref", Value::String(name)) => found.push(name),
                    ("Fn::GetAtt", _) => found.extend(refers_to(value)),
                    ("Fn::Sub", _) => collect_names(inner, found),
                    _ => collect(inner, found),
                }
            }
        }
        _ => {}
    }
}

/// The names in a `Fn::Sub`, without those that its map gives.
fn collect_names<'a>(inner: &'a Value, found: &mut Vec<&'a str>) {
    let given = at(inner, "1");
    collect(given, found);
    let text = list(inner)
        .first()
        .and_then(Value::as_str)
        .unwrap_or_default();
    for part in text.split("${").skip(1) {
        let name = part.split(['}', '.']).next().unwrap_or_default();
        // `${!Name}` stands for the text `${Name}`.
        if !name.starts_with('!') && given.get(name).is_none() {
            found.push(name);
        }
    }
}
