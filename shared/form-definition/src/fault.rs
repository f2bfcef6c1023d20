use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// Something wrong in a definition file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// Where in the definition, such as `schema.properties.name.type`.
    pub path: String,
    /// What is wrong and what is allowed.
    pub problem: String,
}

/// A definition file that cannot be used, with everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DefinitionError {
    /// Name of the file.
    pub file: String,
    /// Every fault, by line.
    pub faults: Vec<Fault>,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read the form definition {}", self.file)?;
        for fault in &self.faults {
            write!(
                f,
                "\n  {}:{}: {}: {}",
                self.file, fault.line, fault.path, fault.problem
            )?;
        }
        Ok(())
    }
}

/// Something wrong in what a visitor posted, as an entry of an RFC 9457 answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldFault {
    /// JSON pointer to the value (<https://www.rfc-editor.org/rfc/rfc6901>), as a URI fragment: `#/email`.
    pub pointer: String,
    /// The field's name.
    #[serde(skip)]
    pub field: String,
    /// A stable code: `required`, `too_short`, `too_long`, `format`, `type`, `range`,
    /// `choice`, `unknown`, `repeated`, `text`.
    pub code: &'static str,
    /// What is wrong and what is allowed, for a person.
    pub detail: String,
    /// The limit that was passed, for a program.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub params: Value,
}

impl FieldFault {
    pub(crate) fn new(field: &str, code: &'static str, detail: String, params: Value) -> Self {
        // RFC 6901: `~` and `/` are escaped in a pointer.
        let escaped = field.replace('~', "~0").replace('/', "~1");
        Self {
            pointer: format!("#/{escaped}"),
            field: field.to_owned(),
            code,
            detail,
            params,
        }
    }
}
