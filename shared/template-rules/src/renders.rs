use std::fmt;

use serde_json::Value;

/// The value of the parameter `EnvironmentClass`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The emulator on one machine.
    Local,
    /// A first look: little capacity, no web servers.
    Dev,
    /// One site, of which a zone may fail.
    Small,
    /// High availability.
    Production,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The template as SAM transforms it, with its parameters and conditions.
    Transformed,
    /// What a class deploys.
    Render(Class),
}

impl Subject {
    /// All that is checked.
    pub const ALL: [Self; 5] = [
        Self::Transformed,
        Self::Render(Class::Local),
        Self::Render(Class::Dev),
        Self::Render(Class::Small),
        Self::Render(Class::Production),
    ];
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Transformed => "transformed",
            Self::Render(Class::Local) => "local",
            Self::Render(Class::Dev) => "dev",
            Self::Render(Class::Small) => "small",
            Self::Render(Class::Production) => "production",
        })
    }
}

/// The template as it was transformed, and rendered for a deployment of each class.
///
/// A render has no conditions, mappings or values of parameters any more; what refers to
/// resources is left in it, in the long form (`Ref`, `Fn::GetAtt`, `Fn::Sub`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Renders {
    /// What SAM makes of the template.
    pub transformed: Value,
    /// Class local, as `cargo run` deploys it.
    pub local: Value,
    /// Class dev.
    pub dev: Value,
    /// Class small.
    pub small: Value,
    /// Class production, with certificates, a web ACL and all tiers.
    pub production: Value,
}

impl Renders {
    /// The template that a subject means.
    #[must_use]
    pub fn of(&self, subject: Subject) -> &Value {
        match subject {
            Subject::Transformed => &self.transformed,
            Subject::Render(Class::Local) => &self.local,
            Subject::Render(Class::Dev) => &self.dev,
            Subject::Render(Class::Small) => &self.small,
            Subject::Render(Class::Production) => &self.production,
        }
    }
}
