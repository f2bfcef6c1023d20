//! From what was posted to values by name and type.

use serde_json::{Map, Number, Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::{Field, FieldFault, FieldKind, Fields, Form};

/// Control that people never see: what is in it was filled in by a robot (or by a
/// browser that fills in everything).
pub const HONEYPOT: &str = "confirm_website";
/// Control with the form's signed token.
pub const TOKEN: &str = "form_token";
/// Control with the proof of work.
pub const PROOF: &str = "form_proof";
/// Control with a third-party verifier's answer. Turnstile, hCaptcha and reCAPTCHA each
/// bring their own name; these are read too.
pub const VERIFIER_RESPONSE: &[&str] = &[
    "cf-turnstile-response",
    "h-captcha-response",
    "g-recaptcha-response",
];

/// Most characters of a control: a verifier's answer has up to 2,048.
const MAX_CONTROL: usize = 8_192;
/// Deepest nesting of a JSON post: the object, a list, its items.
const MAX_DEPTH: usize = 3;

/// A post as it was understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decoded {
    /// Values by field name.
    pub fields: Fields,
    /// What was posted besides the fields.
    pub control: Control,
    /// What could not be understood.
    pub faults: Vec<FieldFault>,
}

/// What a post carries besides its fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Control {
    /// What was in the honeypot; empty for people.
    pub honeypot: String,
    /// The form's token.
    pub token: Option<String>,
    /// The proof of work.
    pub proof: Option<String>,
    /// A verifier's answer.
    pub verifier_response: Option<String>,
}

impl Form {
    /// Reads pairs of an `application/x-www-form-urlencoded` or `multipart/form-data`
    /// post. Values are trimmed and normalised (NFC, line feeds); an empty value counts
    /// as absent; an unticked box as `false`.
    #[must_use]
    pub fn decode_pairs(&self, pairs: &[(String, String)]) -> Decoded {
        let mut decoded = Decoded::default();
        for (name, value) in pairs {
            // `topics[]` is how some clients spell lists.
            let name = name.strip_suffix("[]").unwrap_or(name);
            if decoded.control.take(name, value) {
                continue;
            }
            match self.field(name) {
                Some(field) => self.add_pair(&mut decoded, field, value),
                None => decoded.faults.push(self.unknown(name)),
            }
        }
        self.add_unticked(&mut decoded);
        decoded
    }

    /// Reads an `application/json` post: an object of fields. Types are taken as they are.
    #[must_use]
    pub fn decode_json(&self, object: Map<String, Value>) -> Decoded {
        let mut decoded = Decoded::default();
        for (name, value) in object {
            if let Value::String(text) = &value
                && decoded.control.take(&name, text)
            {
                continue;
            }
            let Some(field) = self.field(&name) else {
                decoded.faults.push(self.unknown(&name));
                continue;
            };
            if depth(&value) >= MAX_DEPTH {
                decoded.faults.push(self.mistyped(&name));
                continue;
            }
            match self.normalised(field, value) {
                Ok(Some(value)) => {
                    decoded.fields.insert(name, value);
                }
                Ok(None) => {}
                Err(fault) => decoded.faults.push(fault),
            }
        }
        self.add_unticked(&mut decoded);
        decoded
    }

    fn add_pair(&self, decoded: &mut Decoded, field: &Field, value: &str) {
        let text = match self.clean(field, value) {
            Ok(text) if text.is_empty() => return,
            Ok(text) => text,
            Err(fault) => return decoded.faults.push(fault),
        };
        if let FieldKind::Choices { .. } = field.kind {
            let list = decoded
                .fields
                .entry(field.name.clone())
                .or_insert_with(|| json!([]));
            if let Value::Array(items) = list {
                items.push(text.into());
            }
            return;
        }
        if decoded.fields.contains_key(&field.name) {
            let detail = format!("“{}” was sent more than once", field.label);
            let fault = FieldFault::new(&field.name, "repeated", detail, Value::Null);
            return decoded.faults.push(fault);
        }
        let value = match field.kind {
            FieldKind::Number { integer, .. } => number(&text, integer),
            FieldKind::Checkbox { .. } => tick(&text),
            FieldKind::Files { .. } => None,
            _ => Some(text.into()),
        };
        match value {
            Some(value) => {
                decoded.fields.insert(field.name.clone(), value);
            }
            None => decoded.faults.push(self.mistyped(&field.name)),
        }
    }

    /// A box that is not ticked is not posted at all.
    fn add_unticked(&self, decoded: &mut Decoded) {
        for field in &self.fields {
            if matches!(
                field.kind,
                FieldKind::Checkbox {
                    must_be_ticked: false
                }
            ) {
                decoded
                    .fields
                    .entry(field.name.clone())
                    .or_insert(Value::Bool(false));
            }
        }
    }

    fn normalised(&self, field: &Field, value: Value) -> Result<Option<Value>, FieldFault> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) => {
                let text = self.clean(field, &text)?;
                Ok((!text.is_empty()).then(|| text.into()))
            }
            Value::Array(items) => {
                let items: Result<Vec<Option<Value>>, FieldFault> = items
                    .into_iter()
                    .map(|item| self.normalised(field, item))
                    .collect();
                Ok(Some(items?.into_iter().flatten().collect()))
            }
            Value::Object(_) => Err(self.mistyped(&field.name)),
            other => Ok(Some(other)),
        }
    }

    /// Text as it is stored. Controls other than line feeds and tabs are refused: they
    /// have no business in a form, and headers, logs and terminals misread them.
    fn clean(&self, field: &Field, text: &str) -> Result<String, FieldFault> {
        let multiline = matches!(
            field.kind,
            FieldKind::Text {
                multiline: true,
                ..
            }
        );
        let text: String = text
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .nfc()
            .collect();
        let trimmed = text.trim();
        let broken = trimmed
            .chars()
            .find(|c| c.is_control() && !(multiline && matches!(c, '\n' | '\t')));
        match broken {
            None => Ok(trimmed.to_owned()),
            Some(_) => {
                let allowed = if multiline {
                    "only text"
                } else {
                    "one line of text"
                };
                let detail = format!("“{}” may hold {allowed}", field.label);
                Err(FieldFault::new(&field.name, "text", detail, Value::Null))
            }
        }
    }

    fn mistyped(&self, name: &str) -> FieldFault {
        let detail = match self.field(name).map(|field| &field.kind) {
            Some(FieldKind::Files { .. }) => {
                format!("“{}”: files are sent in the next step", self.label(name))
            }
            _ => format!("“{}” must be {}", self.label(name), self.expected(name)),
        };
        FieldFault::new(name, "type", detail, Value::Null)
    }
}

impl Control {
    /// Takes a pair that is not a field; `false` where it is none of ours.
    fn take(&mut self, name: &str, value: &str) -> bool {
        let value: String = value.trim().chars().take(MAX_CONTROL).collect();
        let some = Some(value.clone()).filter(|value| !value.is_empty());
        match name {
            HONEYPOT => self.honeypot = value,
            TOKEN => self.token = some,
            PROOF => self.proof = some,
            name if VERIFIER_RESPONSE.contains(&name) => self.verifier_response = some,
            _ => return false,
        }
        true
    }
}

/// A number as people type it: `1234`, `1 234`, `12.5`, `12,5`.
fn number(text: &str, integer: bool) -> Option<Value> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\''))
        .map(|c| if c == ',' { '.' } else { c })
        .collect();
    if let Ok(whole) = plain.parse::<i64>() {
        return Some(whole.into());
    }
    // Anything else that Rust reads as a number, `inf` and `1e9` among it, is no typing.
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    if integer || !digits.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    plain
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map(Value::Number)
}

/// A ticked box: `on` is what browsers send where the page names no value.
fn tick(text: &str) -> Option<Value> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Some(true.into()),
        "off" | "false" | "no" | "0" => Some(false.into()),
        _ => None,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(entries) => 1 + entries.values().map(depth).max().unwrap_or(0),
        _ => 1,
    }
}
