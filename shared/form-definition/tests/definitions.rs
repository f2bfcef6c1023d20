//! Definition files: what is read, and what is said about those that cannot be.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

use form_definition::{Audience, Delivery, FieldKind, Form, ProofMode, TextFormat};
use serde_json::json;

const GOOD: &str = r#"
id = "quote"
version = 2
title = "Ask for a quote"
visitor_email = "email"

[schema]
required = ["name", "email", "privacy"]

[schema.properties.name]
type = "string"
title = "Name"
maxLength = 120

[schema.properties.email]
type = "string"
format = "email"
title = "E-mail"
x-personal = true

[schema.properties.topic]
type = "string"
title = "Topic"
oneOf = [{ const = "order", title = "An order" }, { const = "other", title = "Else" }]

[schema.properties.days]
type = "array"
title = "Days"
items = { oneOf = [{ const = "mo", title = "Monday" }, { const = "tu", title = "Tuesday" }] }

[schema.properties.pieces]
type = "integer"
title = "Pieces"
minimum = 1
maximum = 500

[schema.properties.message]
type = "string"
title = "Message"
maxLength = 20
x-multiline = true

[schema.properties.news]
type = "boolean"
title = "News"

[schema.properties.privacy]
const = true
title = "I agree"

[schema.properties.files]
type = "array"
maxItems = 2
title = "Files"
x-upload = { accept = ["image/png"], max_bytes = 1000 }

[spam]
proof_of_work = "adaptive"

[[deliver]]
id = "team"
email = { to = "team", template = "contact-team" }

[[deliver]]
id = "sql"
database = true
"#;

fn form() -> Form {
    Form::parse("quote.toml", GOOD).unwrap()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn faults(form: &Form, list: &[(&str, &str)]) -> Vec<(String, &'static str)> {
    let decoded = form.decode_pairs(&pairs(list));
    form.validate(&decoded)
        .into_iter()
        .map(|fault| (fault.field, fault.code))
        .collect()
}

#[test]
fn reads_a_definition() {
    let form = form();
    let names: Vec<&str> = form
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "name", "email", "topic", "days", "pieces", "message", "news", "privacy", "files"
        ]
    );
    assert!(form.field("email").unwrap().is_email());
    assert!(matches!(
        form.field("message").unwrap().kind,
        FieldKind::Text {
            format: TextFormat::Plain,
            multiline: true,
            max: 20,
            ..
        }
    ));
    assert_eq!(form.upload_field().unwrap().name, "files");
    assert_eq!(form.spam.proof_of_work, ProofMode::Adaptive);
    assert!(matches!(
        &form.sink("team").unwrap().delivery,
        Delivery::Email(email) if email.to == Audience::Team
    ));
    assert_eq!(form.schema["properties"]["email"]["maxLength"], 254);
    assert!(form.schema["properties"].get("files").is_none());
}

#[test]
fn every_fault_has_its_line_and_what_is_allowed() {
    let bad = GOOD
        .replace("maxLength = 120", "maxlength = 120")
        .replace("\"adaptive\"", "\"sometimes\"")
        .replace("format = \"email\"", "format = \"mail\"")
        .replace("database = true", "databse = true")
        .replace("required = [\"name\",", "required = [\"nme\",");
    let error = Form::parse("quote.toml", &bad).unwrap_err();
    let text = error.to_string();
    for expected in [
        "quote.toml:8: schema.required: `nme` is not a field: name, email, topic",
        "quote.toml:13: schema.properties.name.maxlength: `maxlength` is not known here",
        "quote.toml:17: schema.properties.email.format: `mail` is not known: email, uri, date, tel are allowed",
        "quote.toml:58: spam.proof_of_work: `sometimes` is not known: off, monitor, adaptive, required are allowed",
        "deliver[1]: one of `email`, `webhook`, `event` and `database = true` is needed",
        "deliver[1].databse: `databse` is not known here: id, when, email, webhook, event, database are allowed",
    ] {
        assert!(text.contains(expected), "{expected}\n in \n{text}");
    }
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let error = Form::parse("quote.toml", "id = \"a\"\nversion = \n").unwrap_err();
    assert_eq!(error.faults[0].line, 2);
}

#[test]
fn values_become_what_the_fields_take() {
    let decoded = form().decode_pairs(&pairs(&[
        ("name", "  Ada\u{301} "),
        ("email", "ada@example.com"),
        ("topic", ""),
        ("days[]", "mo"),
        ("days[]", "tu"),
        ("pieces", "1 200"),
        ("message", "one\r\ntwo"),
        ("privacy", "on"),
        ("form_token", "t"),
        ("confirm_website", ""),
    ]));
    assert_eq!(decoded.faults, []);
    assert_eq!(decoded.control.token.as_deref(), Some("t"));
    assert_eq!(
        serde_json::Value::Object(decoded.fields),
        json!({"name": "Adá", "email": "ada@example.com", "days": ["mo", "tu"], "pieces": 1200,
               "message": "one\ntwo", "news": false, "privacy": true})
    );
}

#[test]
fn each_wrong_value_is_named() {
    let found = faults(
        &form(),
        &[
            ("name", "a\r\nBcc: x@y.z"),
            ("email", "nobody"),
            ("topic", "weather"),
            ("pieces", "many"),
            ("message", "much longer than twenty characters"),
            ("colour", "red"),
            ("news", "on"),
            ("news", "on"),
            ("files", "x"),
        ],
    );
    // One a field, in the form's order; what the form does not have comes last.
    let expected = [
        ("name", "text"),
        ("email", "format"),
        ("topic", "choice"),
        ("pieces", "type"),
        ("message", "too_long"),
        ("news", "repeated"),
        ("privacy", "required"),
        ("files", "type"),
        ("colour", "unknown"),
    ];
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), *b)).collect();
    assert_eq!(found, expected);
}

#[test]
fn an_unticked_consent_is_asked_for() {
    let found = faults(
        &form(),
        &[("name", "A"), ("email", "a@b.co"), ("privacy", "off")],
    );
    assert_eq!(found, [("privacy".to_owned(), "required")]);
}

#[test]
fn json_keeps_its_types() {
    let form = form();
    let object = json!({"name": "A", "email": "a@b.co", "privacy": true, "pieces": "3",
                        "days": ["mo", "mo"], "message": null});
    let decoded = form.decode_json(object.as_object().unwrap().clone());
    assert_eq!(decoded.faults, []);
    let faults = form.validate(&decoded);
    let found: Vec<(&str, &str)> = faults
        .iter()
        .map(|f| (f.pointer.as_str(), f.code))
        .collect();
    assert_eq!(found, [("#/days", "repeated"), ("#/pieces", "type")]);
    let deep = json!({"name": [[["x"]]], "email": {"a": 1}});
    let decoded = form.decode_json(deep.as_object().unwrap().clone());
    assert_eq!(decoded.faults.len(), 2);
}

#[test]
fn the_view_has_a_typed_column_a_field() {
    let view = form().sql_view();
    assert!(view.starts_with("DROP VIEW IF EXISTS form_quote;"));
    assert!(view.contains("(fields->>'pieces')::numeric::bigint AS \"pieces\""));
    assert!(!view.contains("files"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _outcome = Form::parse("any.toml", &text);
    }

    #[test]
    fn any_post_is_decoded(list in proptest::collection::vec(("[a-z_\\[\\]]{0,12}", "\\PC{0,40}"), 0..20)) {
        let form = form();
        let decoded = form.decode_pairs(&list);
        let _faults = form.validate(&decoded);
        for value in decoded.fields.values().filter_map(|value| value.as_str()) {
            proptest::prop_assert!(!value.contains('\r') && !value.contains('\0'));
        }
    }
}
