//! Values for a form, whatever its fields are.

use serde_json::{Map, Value, json};

/// A mailbox of Amazon's that takes every mail and answers none, also where SES lets nothing
/// else out:
/// <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator>.
const MAILBOX: &str = "success@simulator.amazonses.com";

/// A document with the fields that a JSON Schema requires; texts are `text`, as far as it fits.
pub(super) fn answer(schema: &Value, text: &str) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let fields = required.into_iter().flatten().filter_map(|name| {
        let name = name.as_str()?;
        let field = schema.get("properties")?.get(name)?;
        Some((name.to_owned(), value(field, text)))
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

fn value(field: &Value, text: &str) -> Value {
    if let Some(constant) = field.get("const") {
        return constant.clone();
    }
    let choices = ["oneOf", "anyOf", "enum"];
    let choice = choices
        .iter()
        .find_map(|name| field.get(name)?.as_array()?.first());
    if let Some(choice) = choice {
        return choice.get("const").unwrap_or(choice).clone();
    }
    match field.get("type").and_then(Value::as_str) {
        Some("boolean") => json!(true),
        Some("integer" | "number") => field.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("array") => match field.get("items") {
            Some(item) => json!([value(item, text)]),
            None => json!([]),
        },
        Some("object") => answer(field, text),
        _ => json!(string(field, text)),
    }
}

fn string(field: &Value, text: &str) -> String {
    match field.get("format").and_then(Value::as_str) {
        Some("email") => return MAILBOX.to_owned(),
        Some("uri") => return "https://example.com/".to_owned(),
        Some("date") => return "2030-01-31".to_owned(),
        Some("tel") => return "+1 202 555 0100".to_owned(),
        _ => {}
    }
    let length = |name: &str| {
        let found = field.get(name).and_then(Value::as_u64);
        found.and_then(|length| usize::try_from(length).ok())
    };
    let most = length("maxLength").unwrap_or(usize::MAX);
    let least = length("minLength").unwrap_or_default().min(10_000);
    let mut value: String = text.chars().take(most).collect();
    let missing = least.saturating_sub(value.chars().count());
    value.extend(std::iter::repeat_n('.', missing));
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_required_gets_a_value_that_fits() {
        let schema = json!({
            "required": ["name", "email", "topic", "message", "privacy", "seats"],
            "properties": {
                "name": {"type": "string", "maxLength": 5},
                "email": {"type": "string", "format": "email"},
                "topic": {"oneOf": [{"const": "order", "title": "An order"}]},
                "message": {"type": "string", "minLength": 12},
                "privacy": {"const": true},
                "seats": {"type": "integer", "minimum": 2},
                "order_number": {"type": "string"},
            },
        });
        let expected = json!({
            "name": "Smoke", "email": MAILBOX, "topic": "order", "message": "Smoke test..",
            "privacy": true, "seats": 2,
        });
        assert_eq!(answer(&schema, "Smoke test"), expected);
    }
}
