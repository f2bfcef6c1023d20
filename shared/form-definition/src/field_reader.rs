//! From a property of the file's schema to a [`Field`], and back to JSON Schema.

use serde_json::{Map, Value, json};

use crate::section::Section;
use crate::wording::{NAME_RULE, is_field_name};
use crate::{Choice, Field, FieldKind, TextFormat};

/// Longest text of one field, in characters.
const MAX_TEXT: u32 = 20_000;
/// Most choices of one field.
const MAX_CHOICES: usize = 200;
/// Largest file, in bytes.
const MAX_FILE: u64 = 100 * 1024 * 1024;
/// Media types of files that the checks know.
const MEDIA_TYPES: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "application/pdf",
    "application/zip",
    "text/plain",
    "text/csv",
];

/// Reads one property. `None` where its type is unknown; the faults say so.
pub(crate) fn read(name: String, section: Section<'_>, required: bool) -> Option<Field> {
    if !is_field_name(&name) {
        let rule = NAME_RULE.replace("hyphens", "underscores");
        section.fault(format!("`{name}` cannot name a field: {rule}"));
    }
    let kind = read_kind(&section)?;
    let field = Field {
        label: section.required_string("title"),
        help: section.string("description"),
        autocomplete: section.string("x-autocomplete"),
        personal: section.boolean("x-personal", false),
        name,
        kind,
        required,
    };
    section.finish();
    Some(field)
}

fn read_kind(section: &Section<'_>) -> Option<FieldKind> {
    if section.has("const") {
        if !section.boolean("const", true) {
            section.fault_at("const", "only `true` is allowed: a box that must be ticked");
        }
        return Some(FieldKind::Checkbox {
            must_be_ticked: true,
        });
    }
    match section.string("type").as_deref() {
        Some("string") if section.has("oneOf") => Some(FieldKind::Choice {
            choices: read_choices(section),
        }),
        Some("string") => Some(read_text(section)),
        Some(kind @ ("integer" | "number")) => Some(FieldKind::Number {
            integer: kind == "integer",
            min: section.float("minimum"),
            max: section.float("maximum"),
        }),
        Some("boolean") => Some(FieldKind::Checkbox {
            must_be_ticked: false,
        }),
        Some("array") if section.has("x-upload") => read_files(section),
        Some("array") => section.section("items").map(|items| {
            let choices = read_choices(&items);
            items.finish();
            FieldKind::Choices { choices }
        }),
        Some(other) => {
            section.fault_at(
                "type",
                format!(
                    "`{other}` is not known: string, integer, number, boolean, array are allowed"
                ),
            );
            None
        }
        None => {
            if !section.has("type") {
                section.fault(
                    "`type` is missing: string, integer, number, boolean or array is needed",
                );
            }
            None
        }
    }
}

fn read_text(section: &Section<'_>) -> FieldKind {
    let formats = [
        ("email", TextFormat::Email),
        ("uri", TextFormat::Url),
        ("date", TextFormat::Date),
        ("tel", TextFormat::Telephone),
    ];
    let format = section.choice("format", &formats, TextFormat::Plain);
    // The longest address that SMTP takes is 254: https://www.rfc-editor.org/errata/eid1690
    let usual = match format {
        TextFormat::Email => 254,
        TextFormat::Url => 2_000,
        TextFormat::Telephone => 40,
        TextFormat::Date => 10,
        TextFormat::Plain => 200,
    };
    let min = section.small("minLength", 0..=MAX_TEXT).unwrap_or(0);
    let max = section.small("maxLength", 1..=MAX_TEXT).unwrap_or(usual);
    if min > max {
        section.fault_at(
            "minLength",
            format!("at most `maxLength`, {max}, is allowed"),
        );
    }
    FieldKind::Text {
        format,
        multiline: section.boolean("x-multiline", false),
        min,
        max,
    }
}

fn read_choices(section: &Section<'_>) -> Vec<Choice> {
    let choices: Vec<Choice> = section
        .list("oneOf")
        .into_iter()
        .map(|entry| {
            let choice = Choice {
                value: entry.required_string("const"),
                label: entry.required_string("title"),
            };
            entry.finish();
            choice
        })
        .collect();
    if choices.is_empty() || choices.len() > MAX_CHOICES {
        section.fault_at(
            "oneOf",
            format!("1 to {MAX_CHOICES} choices of the form {{ const, title }} are needed"),
        );
    }
    // Schemas of choices may name their type.
    section.string("type");
    choices
}

fn read_files(section: &Section<'_>) -> Option<FieldKind> {
    let upload = section.section("x-upload")?;
    let accept = upload.strings("accept").unwrap_or_default();
    let unknown = accept
        .iter()
        .find(|media_type| !MEDIA_TYPES.contains(&media_type.as_str()));
    if accept.is_empty() || unknown.is_some() {
        upload.fault_at(
            "accept",
            format!(
                "media types are needed: {} are allowed",
                MEDIA_TYPES.join(", ")
            ),
        );
    }
    let kind = FieldKind::Files {
        max_items: section.small("maxItems", 1..=10).unwrap_or(3),
        max_bytes: upload
            .integer("max_bytes", 1..=MAX_FILE)
            .unwrap_or(10 * 1024 * 1024),
        max_pixels: upload
            .integer("max_pixels", 1..=100_000_000)
            .unwrap_or(40_000_000),
        accept,
    };
    upload.finish();
    Some(kind)
}

impl Field {
    /// Whether the field is an e-mail address.
    #[must_use]
    pub const fn is_email(&self) -> bool {
        matches!(
            self.kind,
            FieldKind::Text {
                format: TextFormat::Email,
                ..
            }
        )
    }

    /// The field as JSON Schema.
    pub(crate) fn schema(&self) -> Value {
        let mut schema = match &self.kind {
            FieldKind::Text {
                format, min, max, ..
            } => {
                let mut text = json!({"type": "string", "minLength": min, "maxLength": max});
                if let Some(format) = format.name() {
                    text["format"] = format.into();
                }
                text
            }
            FieldKind::Number { integer, min, max } => {
                let mut number = Map::from_iter([(
                    "type".to_owned(),
                    if *integer { "integer" } else { "number" }.into(),
                )]);
                number.extend(min.map(|min| ("minimum".to_owned(), min.into())));
                number.extend(max.map(|max| ("maximum".to_owned(), max.into())));
                Value::Object(number)
            }
            FieldKind::Choice { choices } => json!({"type": "string", "enum": values(choices)}),
            FieldKind::Choices { choices } => json!({
                "type": "array",
                "items": {"enum": values(choices)},
                "uniqueItems": true,
                "maxItems": choices.len(),
                "minItems": u32::from(self.required),
            }),
            FieldKind::Checkbox { must_be_ticked } if *must_be_ticked => json!({"const": true}),
            FieldKind::Checkbox { .. } => json!({"type": "boolean"}),
            FieldKind::Files { .. } => json!({"type": "array"}),
        };
        schema["title"] = self.label.clone().into();
        if let Some(help) = &self.help {
            schema["description"] = help.clone().into();
        }
        schema
    }
}

impl TextFormat {
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Email => Some("email"),
            Self::Url => Some("uri"),
            Self::Telephone => Some("tel"),
            Self::Date => Some("date"),
        }
    }
}

fn values(choices: &[Choice]) -> Vec<&str> {
    choices.iter().map(|choice| choice.value.as_str()).collect()
}
