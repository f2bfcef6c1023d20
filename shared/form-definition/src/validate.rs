//! Values against the form's schema, with faults for people.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator as Compiled};
use serde_json::{Value, json};

use crate::{Decoded, FieldFault, FieldKind, Form, TextFormat};

/// Most faults reported for one post.
const MAX_FAULTS: usize = 100;

/// The compiled schema.
#[derive(Debug)]
pub(crate) struct Validator(Compiled);

impl Validator {
    pub(crate) fn new(schema: &Value) -> Result<Self, String> {
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .with_format("email", is_email)
            .with_format("tel", is_telephone)
            .with_format("uri", is_web_address)
            .build(schema)
            .map(Self)
            .map_err(|error| error.masked().to_string())
    }
}

impl Form {
    /// What is wrong with a post: what could not be decoded, and values that are not
    /// allowed. An empty list means that it may be stored.
    #[must_use]
    pub fn validate(&self, decoded: &Decoded) -> Vec<FieldFault> {
        let value = Value::Object(decoded.fields.clone());
        let mut faults = decoded.faults.clone();
        for error in self.validator.0.iter_errors(&value).take(MAX_FAULTS) {
            for fault in self.explain(&error) {
                // One fault a field is enough to mend it.
                if faults.iter().all(|other| other.field != fault.field) {
                    faults.push(fault);
                }
            }
        }
        let position = |name: &str| self.fields.iter().position(|field| field.name == name);
        faults.sort_by_key(|fault| position(&fault.field).unwrap_or(usize::MAX));
        faults
    }

    fn explain(&self, error: &ValidationError<'_>) -> Vec<FieldFault> {
        match error.kind() {
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                return vec![self.missing(name)];
            }
            Kind::AdditionalProperties { unexpected } => {
                return unexpected.iter().map(|name| self.unknown(name)).collect();
            }
            _ => {}
        }
        let path = error.instance_path().as_str();
        let name = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
            .replace("~1", "/")
            .replace("~0", "~");
        vec![self.wrong(&name, error.kind())]
    }

    /// A field that nobody asked for.
    pub(crate) fn unknown(&self, name: &str) -> FieldFault {
        let shown: String = name.chars().take(60).collect();
        let allowed: Vec<&str> = self
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let detail = format!("`{shown}` is not a field of this form");
        FieldFault::new(&shown, "unknown", detail, json!({"allowed": allowed}))
    }

    fn missing(&self, name: &str) -> FieldFault {
        let label = self.label(name);
        let detail = match self.field(name).map(|field| &field.kind) {
            Some(FieldKind::Checkbox { .. }) => format!("Tick “{label}” to go on"),
            Some(FieldKind::Choice { .. } | FieldKind::Choices { .. }) => {
                format!("Choose an answer for “{label}”")
            }
            _ => format!("Fill in “{label}”"),
        };
        FieldFault::new(name, "required", detail, Value::Null)
    }

    fn wrong(&self, name: &str, kind: &Kind) -> FieldFault {
        let label = self.label(name);
        let (code, detail, params) = match kind {
            Kind::MinLength { limit } => (
                "too_short",
                format!("“{label}” needs at least {limit} characters"),
                json!({"minLength": limit}),
            ),
            Kind::MaxLength { limit } => (
                "too_long",
                format!("“{label}” may have at most {limit} characters"),
                json!({"maxLength": limit}),
            ),
            Kind::Minimum { limit } => (
                "range",
                format!("“{label}” must be {limit} or more"),
                json!({"minimum": limit}),
            ),
            Kind::Maximum { limit } => (
                "range",
                format!("“{label}” must be {limit} or less"),
                json!({"maximum": limit}),
            ),
            Kind::Format { format } => (
                "format",
                self.format_detail(name, &label),
                json!({"format": format}),
            ),
            Kind::Constant { .. } => {
                return self.missing(name);
            }
            Kind::Enum { options } => (
                "choice",
                format!("Choose one of the answers for “{label}”"),
                json!({"enum": **options}),
            ),
            Kind::MinItems { .. } => return self.missing(name),
            Kind::MaxItems { limit } => (
                "too_long",
                format!("Choose at most {limit} answers for “{label}”"),
                json!({"maxItems": limit}),
            ),
            Kind::UniqueItems => (
                "repeated",
                format!("Choose each answer for “{label}” once"),
                Value::Null,
            ),
            _ => (
                "type",
                format!("“{label}” must be {}", self.expected(name)),
                Value::Null,
            ),
        };
        FieldFault::new(name, code, detail, params)
    }

    fn format_detail(&self, name: &str, label: &str) -> String {
        match self.field(name).map(|field| &field.kind) {
            Some(FieldKind::Text { format, .. }) => match format {
                TextFormat::Email => {
                    format!("“{label}” must be an e-mail address, such as name@example.com")
                }
                TextFormat::Url => {
                    format!("“{label}” must be a web address, such as https://example.com")
                }
                TextFormat::Telephone => format!(
                    "“{label}” must be a telephone number: digits, spaces and + - ( ) / are allowed"
                ),
                TextFormat::Date => format!("“{label}” must be a date, such as 2026-01-31"),
                TextFormat::Plain => format!("“{label}” is not in the right form"),
            },
            _ => format!("“{label}” is not in the right form"),
        }
    }

    /// What a field takes, in words.
    pub(crate) fn expected(&self, name: &str) -> &'static str {
        match self.field(name).map(|field| &field.kind) {
            Some(FieldKind::Number { integer: true, .. }) => "a whole number",
            Some(FieldKind::Number { .. }) => "a number",
            Some(FieldKind::Checkbox { .. }) => "true or false",
            Some(FieldKind::Choices { .. }) => "a list of answers",
            _ => "a text",
        }
    }

    pub(crate) fn label(&self, name: &str) -> String {
        self.field(name)
            .map_or_else(|| name.to_owned(), |field| field.label.clone())
    }
}

/// An address that mail can be sent to: one `@`, a dotted domain, no blanks, quotes or
/// controls. Narrower than RFC 5321 on purpose: quoted local parts and address literals
/// are typing errors in a form.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_fits = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| {
            (c.is_alphanumeric() && !c.is_control()) || "!#$%&'*+-/=?^_`{|}~.".contains(c)
        });
    let labels: Vec<&str> = domain.split('.').collect();
    let domain_fits = domain.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    local_fits && domain_fits
}

fn is_telephone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (3..=20).contains(&digits)
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || " +-()/.".contains(c))
}

fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.')
            && !host.contains('@')
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_what_people_have() {
        for good in [
            "a@b.co",
            "first.last+tag@sub.example.com",
            "jürgen@müller.de",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "a",
            "@b.co",
            "a@b",
            "a b@c.de",
            "a@b..de",
            "a@-b.de",
            ".a@b.de",
            "a@b.de\r\nBcc: c@d.de",
            "\"a b\"@c.de",
            "a@[127.0.0.1]",
            "a@b.de,c@d.de",
            "a@b@c.de",
            "<a@b.de>",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn numbers_and_links_are_what_people_have() {
        assert!(
            is_telephone("+49 (0)30 / 123-45") && !is_telephone("call me") && !is_telephone("12")
        );
        assert!(is_web_address("https://example.com/a?b=c"));
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://a b.de",
            "ftp://example.com",
            "https://u@example.com",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
