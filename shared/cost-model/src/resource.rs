//! Looking things up in a render.

use serde_json::{Map, Value};

use crate::CostError;

/// A resource of a render.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) id: &'a str,
    pub(crate) kind: &'a str,
    properties: Option<&'a Value>,
}

/// The resources of a render.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources<'a>(&'a Map<String, Value>);

impl<'a> Resources<'a> {
    pub(crate) fn of(render: &'a Value) -> Result<Self, CostError> {
        let found = render.get("Resources").and_then(Value::as_object);
        found.map(Self).ok_or_else(|| CostError::Resource {
            resource: "the render".to_owned(),
            what: "Resources",
        })
    }

    pub(crate) fn all(self) -> impl Iterator<Item = Resource<'a>> {
        self.0.iter().map(|(id, value)| Resource::new(id, value))
    }

    /// Those of a type, such as `AWS::EC2::NatGateway`.
    pub(crate) fn of_type(self, kind: &'static str) -> impl Iterator<Item = Resource<'a>> {
        self.all().filter(move |resource| resource.kind == kind)
    }

    /// How many there are of a type.
    pub(crate) fn count(self, kind: &'static str) -> f64 {
        self.of_type(kind).map(|_| 1.0).sum()
    }

    /// The resource that a value refers to by `Ref` or `Fn::GetAtt`.
    pub(crate) fn referred(self, value: &Value) -> Option<Resource<'a>> {
        let id = match value.get("Fn::GetAtt") {
            Some(Value::Array(parts)) => parts.first()?.as_str()?,
            Some(Value::String(text)) => text.split('.').next()?,
            _ => value.get("Ref")?.as_str()?,
        };
        let (id, resource) = self.0.get_key_value(id)?;
        Some(Resource::new(id, resource))
    }

    /// The function that a value refers to, itself or by an alias or a version.
    pub(crate) fn function(self, value: &Value) -> Option<Resource<'a>> {
        let resource = self.referred(value)?;
        match resource.kind {
            "AWS::Lambda::Function" => Some(resource),
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => {
                self.function(resource.property(&["FunctionName"])?)
            }
            _ => None,
        }
    }
}

impl<'a> Resource<'a> {
    fn new(id: &'a str, value: &'a Value) -> Self {
        Self {
            id,
            kind: value
                .get("Type")
                .and_then(Value::as_str)
                .unwrap_or_default(),
            properties: value.get("Properties"),
        }
    }

    /// The property at a path.
    pub(crate) fn property(self, path: &[&str]) -> Option<&'a Value> {
        let start = self.properties?;
        path.iter().try_fold(start, |value, name| value.get(name))
    }

    /// The elements of a list; none where there is no such list.
    pub(crate) fn list(self, path: &[&str]) -> &'a [Value] {
        let found = self.property(path).and_then(Value::as_array);
        found.map_or(&[], Vec::as_slice)
    }

    /// A text that has to be there.
    pub(crate) fn text(self, name: &'static str) -> Result<&'a str, CostError> {
        let found = self.property(&[name]).and_then(Value::as_str);
        found.ok_or_else(|| self.lacks(name))
    }

    /// A number that has to be there, which CloudFormation takes as a text as well.
    pub(crate) fn number(self, name: &'static str) -> Result<f64, CostError> {
        let found = self.property(&[name]).and_then(number);
        found.ok_or_else(|| self.lacks(name))
    }

    /// Whether a property is true, which CloudFormation takes as a text as well.
    pub(crate) fn is_true(self, path: &[&str]) -> bool {
        match self.property(path) {
            Some(Value::Bool(value)) => *value,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    pub(crate) fn lacks(self, what: &'static str) -> CostError {
        CostError::Resource {
            resource: self.id.to_owned(),
            what,
        }
    }
}

/// A number that may be written as a text.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
