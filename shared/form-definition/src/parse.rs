//! From a definition file to a [`Form`].

use std::sync::Arc;

use serde_json::{Value, json};
use toml::de::DeTable;

use crate::form::{
    AddressPolicy, Form, Limits, Presentation, ProofMode, Retention, SpamRules, Verifier,
};
use crate::section::{Faults, Section};
use crate::sink::{Audience, Delivery, EmailSink, Sink, Trigger};
use crate::validate::Validator;
use crate::{DefinitionError, Fault, Field, FieldKind, field_reader, wording};

/// Longest body of one post, in bytes: an ALB's 1 MB, base64 and headers included.
const MAX_BODY: u32 = 768 * 1024;
/// Most fields of a form.
const MAX_FIELDS: usize = 64;
/// Most sinks of a form.
const MAX_SINKS: usize = 10;

impl Form {
    /// Reads a definition file.
    ///
    /// # Errors
    /// Everything that is wrong in it, each with its line and what is allowed.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let failed = |faults| DefinitionError {
            file: file.to_owned(),
            faults,
        };
        let faults = Faults::new(text);
        let root = match DeTable::parse(text) {
            Ok(root) => root,
            Err(error) => {
                let at = error.span().unwrap_or_default();
                faults.add(&at, "TOML", error.message());
                return Err(failed(faults.into_list()));
            }
        };
        let section = Section::new(&faults, "", root.get_ref(), 0..0);
        let form = read(&section);
        section.finish();
        let list = faults.into_list();
        match form {
            Ok(form) if list.is_empty() => Ok(form),
            Ok(_) => Err(failed(list)),
            Err(fault) => Err(failed(if list.is_empty() { vec![fault] } else { list })),
        }
    }
}

/// The form, with stand-ins for what was wrong: the caller looks at the faults. `Err`
/// where the schema made of the fields is itself refused.
fn read(root: &Section<'_>) -> Result<Form, Fault> {
    let id = root.required_string("id");
    if !wording::is_name(&id) {
        root.fault_at("id", wording::NAME_RULE);
    }
    let version = root.small("version", 1..=u32::MAX).unwrap_or_else(|| {
        if !root.has("version") {
            root.fault("`version` is missing: a whole number from 1 is needed");
        }
        1
    });
    let fields = read_fields(root);
    let visitor_email = root.string("visitor_email");
    if let Some(name) = &visitor_email {
        check_visitor_email(root, name, &fields);
    }
    let double_opt_in = root.boolean("double_opt_in", false);
    let schema = schema(&fields, root.string("$id"));
    let validator = Validator::new(&schema).map_err(|problem| Fault {
        line: 1,
        path: "schema".to_owned(),
        problem,
    })?;
    let sinks = read_sinks(root, double_opt_in, visitor_email.is_some());
    Ok(Form {
        presentation: read_presentation(root),
        spam: read_spam(root),
        limits: read_limits(root),
        retention: read_retention(root),
        origins: read_origins(root),
        validator: Arc::new(validator),
        id,
        version,
        fields,
        schema,
        double_opt_in,
        visitor_email,
        sinks,
    })
}

fn read_presentation(root: &Section<'_>) -> Presentation {
    let or = |value: Option<String>, default: &str| value.unwrap_or_else(|| default.to_owned());
    let success_path = root.string("success_path");
    if let Some(path) = &success_path
        && !(path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']))
    {
        root.fault_at(
            "success_path",
            "a path on this site is allowed, such as `/thanks`",
        );
    }
    Presentation {
        title: root.required_string("title"),
        intro: root.string("intro"),
        submit: or(root.string("submit"), "Send"),
        language: or(root.string("language"), "en"),
        success_path,
        thanks_title: or(root.string("thanks_title"), "Thank you"),
        thanks: or(root.string("thanks"), "Your message has arrived."),
    }
}

fn read_fields(root: &Section<'_>) -> Vec<Field> {
    let Some(schema) = root.section("schema") else {
        root.fault("`schema` is missing: a table with `required` and `properties` is needed");
        return Vec::new();
    };
    let required = schema.strings("required").unwrap_or_default();
    let properties = schema
        .section("properties")
        .map(|section| section.sections())
        .unwrap_or_default();
    let names: Vec<String> = properties.iter().map(|(name, _)| name.clone()).collect();
    if names.is_empty() || names.len() > MAX_FIELDS {
        schema.fault_at(
            "properties",
            format!("1 to {MAX_FIELDS} fields are allowed"),
        );
    }
    for name in &required {
        if !names.contains(name) {
            let problem = format!("`{name}` is not a field: {} are allowed", names.join(", "));
            schema.fault_at("required", problem);
        }
    }
    let fields: Vec<Field> = properties
        .into_iter()
        .filter_map(|(name, section)| {
            let is_required = required.contains(&name);
            field_reader::read(name, section, is_required)
        })
        .collect();
    let uploads = fields
        .iter()
        .filter(|field| matches!(field.kind, FieldKind::Files { .. }));
    if uploads.count() > 1 {
        schema.fault_at("properties", "one field with `x-upload` is allowed");
    }
    schema.finish();
    fields
}

fn check_visitor_email(root: &Section<'_>, name: &str, fields: &[Field]) {
    let emails: Vec<&str> = fields
        .iter()
        .filter(|field| field.is_email())
        .map(|field| field.name.as_str())
        .collect();
    if !emails.contains(&name) {
        let problem = format!(
            "`{name}` is no field of format email: {} are allowed",
            emails.join(", ")
        );
        root.fault_at("visitor_email", problem);
    }
}

/// The JSON Schema of a post: strict, and without what is uploaded afterwards.
fn schema(fields: &[Field], id: Option<String>) -> Value {
    let posted = || {
        fields
            .iter()
            .filter(|field| !matches!(field.kind, FieldKind::Files { .. }))
    };
    let properties: serde_json::Map<String, Value> = posted()
        .map(|field| (field.name.clone(), field.schema()))
        .collect();
    let required: Vec<&str> = posted()
        .filter(|field| field.required)
        .map(|field| field.name.as_str())
        .collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if let Some(id) = id {
        schema["$id"] = id.into();
    }
    schema
}

fn read_spam(root: &Section<'_>) -> SpamRules {
    let mut rules = SpamRules {
        quarantine_at: 50,
        max_links: 2,
        minimum_seconds: 2,
        token_hours: 24,
        proof_of_work: ProofMode::Monitor,
        proof_cost: 5_000,
        verifier: None,
    };
    let Some(spam) = root.section("spam") else {
        return rules;
    };
    let or = |value: Option<u32>, default: u32| value.unwrap_or(default);
    rules.quarantine_at = or(spam.small("quarantine_at", 1..=1_000), rules.quarantine_at);
    rules.max_links = or(spam.small("max_links", 0..=100), rules.max_links);
    rules.minimum_seconds = or(spam.small("minimum_seconds", 0..=60), rules.minimum_seconds);
    rules.token_hours = or(spam.small("token_hours", 1..=168), rules.token_hours);
    rules.proof_cost = or(spam.small("proof_cost", 1_000..=100_000), rules.proof_cost);
    let modes = [
        ("off", ProofMode::Off),
        ("monitor", ProofMode::Monitor),
        ("adaptive", ProofMode::Adaptive),
        ("required", ProofMode::Required),
    ];
    rules.proof_of_work = spam.choice("proof_of_work", &modes, rules.proof_of_work);
    let verifiers = [
        ("none", None),
        ("turnstile", Some(Verifier::Turnstile)),
        ("hcaptcha", Some(Verifier::HCaptcha)),
        ("recaptcha", Some(Verifier::ReCaptcha)),
    ];
    rules.verifier = spam.choice("verifier", &verifiers, None);
    spam.finish();
    rules
}

fn read_limits(root: &Section<'_>) -> Limits {
    let section = root.section("limits");
    let number = |key, allowed, default: u32| {
        section
            .as_ref()
            .and_then(|section| section.small(key, allowed))
            .unwrap_or(default)
    };
    let limits = Limits {
        body_bytes: usize::try_from(number("body_bytes", 1_024..=MAX_BODY, 256 * 1024))
            .unwrap_or(usize::MAX),
        suspicious_per_minute: number("suspicious_per_minute", 1..=100_000, 20),
        refused_per_minute: number("refused_per_minute", 1..=100_000, 120),
    };
    if let Some(section) = section {
        section.finish();
    }
    limits
}

fn read_retention(root: &Section<'_>) -> Retention {
    let mut retention = Retention {
        accepted_days: 365,
        quarantined_days: 30,
        address: AddressPolicy::Truncated,
    };
    if let Some(section) = root.section("retention") {
        let days = 1..=3_650;
        let accepted = section.small("accepted_days", days.clone());
        let quarantined = section.small("quarantined_days", days);
        retention.accepted_days = accepted.unwrap_or(retention.accepted_days);
        retention.quarantined_days = quarantined.unwrap_or(retention.quarantined_days);
        let policies = [
            ("truncated", AddressPolicy::Truncated),
            ("none", AddressPolicy::None),
            ("full", AddressPolicy::Full),
        ];
        retention.address = section.choice("address", &policies, retention.address);
        section.finish();
    }
    retention
}

fn read_origins(root: &Section<'_>) -> Vec<String> {
    let origins = root.strings("origins").unwrap_or_default();
    for origin in &origins {
        let host = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', '*', '?', '@'])) {
            let problem =
                format!("`{origin}`: an origin such as `https://shop.example.com` is allowed");
            root.fault_at("origins", problem);
        }
    }
    origins
}

fn read_sinks(root: &Section<'_>, double_opt_in: bool, has_visitor: bool) -> Vec<Sink> {
    let sections = root.list("deliver");
    if sections.len() > MAX_SINKS {
        root.fault_at(
            "deliver",
            format!("at most {MAX_SINKS} deliveries are allowed"),
        );
    }
    let mut sinks: Vec<Sink> = Vec::new();
    for section in sections {
        let id = section.required_string("id");
        if !wording::is_name(&id) {
            section.fault_at("id", wording::NAME_RULE);
        }
        if sinks.iter().any(|sink| sink.id == id) {
            section.fault_at(
                "id",
                format!("`{id}` is there already: each delivery needs its own"),
            );
        }
        let triggers = [
            ("accepted", Trigger::Accepted),
            ("confirmed", Trigger::Confirmed),
        ];
        let trigger = section.choice("when", &triggers, Trigger::Accepted);
        if trigger == Trigger::Confirmed && !double_opt_in {
            section.fault_at("when", "`confirmed` needs `double_opt_in = true`");
        }
        if let Some(delivery) = read_delivery(&section, has_visitor) {
            sinks.push(Sink {
                id,
                trigger,
                delivery,
            });
        }
        section.finish();
    }
    sinks
}

fn read_delivery(section: &Section<'_>, has_visitor: bool) -> Option<Delivery> {
    let email = section.section("email");
    let webhook = section.section("webhook");
    let event = section.section("event");
    let database = section.boolean("database", false);
    let given = [
        email.is_some(),
        webhook.is_some(),
        event.is_some(),
        database,
    ];
    if given.iter().filter(|given| **given).count() != 1 {
        section.fault("one of `email`, `webhook`, `event` and `database = true` is needed");
        return None;
    }
    if let Some(email) = email {
        return Some(Delivery::Email(read_email(email, has_visitor)));
    }
    if let Some(webhook) = webhook {
        let endpoint = webhook.required_string("endpoint");
        webhook.finish();
        return Some(Delivery::Webhook { endpoint });
    }
    if let Some(event) = event {
        let detail_type = event
            .string("detail_type")
            .unwrap_or_else(|| "form.submitted".to_owned());
        event.finish();
        return Some(Delivery::Event { detail_type });
    }
    Some(Delivery::Database)
}

fn read_email(email: Section<'_>, has_visitor: bool) -> EmailSink {
    let to = match email.strings_or_word("to") {
        Some((Some(word), _)) if word == "team" => Audience::Team,
        Some((Some(word), _)) if word == "visitor" => {
            if !has_visitor {
                email.fault_at("to", "`visitor` needs `visitor_email` to name a field");
            }
            Audience::Visitor
        }
        Some((None, addresses)) if addresses.iter().all(|address| address.contains('@')) => {
            Audience::Addresses(addresses)
        }
        _ => {
            email.fault_at("to", "`team`, `visitor` or a list of addresses is needed");
            Audience::Team
        }
    };
    // A reply to an address that a robot typed in is spam by our hand.
    let default = if to == Audience::Visitor {
        20
    } else {
        u32::MAX
    };
    let max_score = email.small("max_score", 0..=1_000).unwrap_or(default);
    let sink = EmailSink {
        to,
        template: email.required_string("template"),
        max_score,
    };
    email.finish();
    sink
}
