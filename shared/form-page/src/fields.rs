use form_definition::{
    Choice, Field, FieldFault, FieldKind, Fields, Form, HONEYPOT, PROOF, TOKEN, TextFormat,
    Verifier,
};
use maud::{Markup, html};
use serde_json::Value;

use crate::shell::document;

/// What a form shows besides itself.
#[derive(Debug, Clone, Copy)]
pub struct FormState<'a> {
    /// The visitor's values.
    pub values: &'a Fields,
    /// What is wrong with them.
    pub faults: &'a [FieldFault],
    /// The form's token.
    pub token: Option<&'a str>,
    /// Something to be said that is no fault of a field.
    pub notice: Option<&'a str>,
    /// The public key of the form's third-party verifier.
    pub captcha_site_key: Option<&'a str>,
}

/// The form as a whole page.
#[must_use]
pub fn form(form: &Form, state: &FormState<'_>) -> String {
    let words = &form.presentation;
    let content = html! {
        h1 { (words.title) }
        @if let Some(intro) = &words.intro { p.intro { (intro) } }
        (markup(form, state))
    };
    let title = if state.faults.is_empty() {
        words.title.clone()
    } else {
        // Screen readers say the title first.
        format!("Please check your entries: {}", words.title)
    };
    document(&words.language, &title, true, &content)
}

/// The form alone, to be put into a page of the site's own. The page has to bring style
/// and script itself.
#[must_use]
pub fn fragment(form: &Form, state: &FormState<'_>) -> String {
    markup(form, state).into_string()
}

fn markup(form: &Form, state: &FormState<'_>) -> Markup {
    html! {
        form method="post" action={"/forms/" (form.id)} data-form=(form.id) {
            div data-messages {
                @if let Some(notice) = state.notice { div.notice role="alert" { h2 { (notice) } } }
                @if !state.faults.is_empty() { (summary(form, state.faults)) }
            }
            @for field in &form.fields { (control(field, state)) }
            // Robots fill in everything. Out of sight and out of reach for people, in
            // every way that hides it from some of them.
            div.extra aria-hidden="true" {
                label for=(HONEYPOT) { "Leave this empty" }
                input id=(HONEYPOT) name=(HONEYPOT) type="text" tabindex="-1" autocomplete="off";
            }
            input type="hidden" name=(TOKEN) value=(state.token.unwrap_or_default());
            input type="hidden" name=(PROOF);
            @if let (Some(verifier), Some(key)) = (form.spam.verifier, state.captcha_site_key) {
                div class=(widget(verifier)) data-sitekey=(key) {}
            }
            p.actions { button type="submit" { (form.presentation.submit) } }
        }
    }
}

/// The class by which a verifier's own script finds its place.
const fn widget(verifier: Verifier) -> &'static str {
    match verifier {
        Verifier::Turnstile => "cf-turnstile",
        Verifier::HCaptcha => "h-captcha",
        Verifier::ReCaptcha => "g-recaptcha",
    }
}

fn summary(form: &Form, faults: &[FieldFault]) -> Markup {
    html! {
        div.summary role="alert" tabindex="-1" autofocus {
            h2 { "Please check your entries" }
            ul {
                @for fault in faults {
                    @if form.field(&fault.field).is_some() {
                        li { a href={"#" (anchor(form, &fault.field))} { (fault.detail) } }
                    } @else {
                        li { (fault.detail) }
                    }
                }
            }
        }
    }
}

/// The control that a link in the summary leads to: for choices the first one.
fn anchor(form: &Form, name: &str) -> String {
    match form.field(name).map(|field| &field.kind) {
        Some(FieldKind::Choices { .. }) => format!("f-{name}-0"),
        _ => format!("f-{name}"),
    }
}

fn control(field: &Field, state: &FormState<'_>) -> Markup {
    let fault = state.faults.iter().find(|fault| fault.field == field.name);
    let value = state.values.get(&field.name);
    html! {
        @match &field.kind {
            FieldKind::Files { max_items, .. } => {
                p.field.later { strong { (field.label) } ": up to " (max_items) " files, in the next step." }
            }
            FieldKind::Checkbox { .. } => {
                div.field.box {
                    (error(field, fault))
                    input type="checkbox" id={"f-" (field.name)} name=(field.name) value="on"
                        checked[value == Some(&Value::Bool(true))] required[field.required]
                        aria-invalid=[fault.map(|_| "true")] aria-describedby=[described(field, fault)];
                    label for={"f-" (field.name)} { (field.label) (optional(field)) }
                    (help(field))
                }
            }
            FieldKind::Choices { choices } => {
                fieldset.field aria-describedby=[described(field, fault)] {
                    legend { (field.label) (optional(field)) }
                    (help(field)) (error(field, fault))
                    @for (index, choice) in choices.iter().enumerate() {
                        div.choice {
                            input type="checkbox" id={"f-" (field.name) "-" (index)} name=(field.name)
                                value=(choice.value) checked[is_chosen(value, choice)];
                            label for={"f-" (field.name) "-" (index)} { (choice.label) }
                        }
                    }
                }
            }
            _ => {
                div.field {
                    label for={"f-" (field.name)} { (field.label) (optional(field)) }
                    (help(field)) (error(field, fault))
                    (input(field, value, fault))
                }
            }
        }
    }
}

fn input(field: &Field, value: Option<&Value>, fault: Option<&FieldFault>) -> Markup {
    let id = format!("f-{}", field.name);
    let shown = text_of(value);
    let invalid = fault.map(|_| "true");
    let described = described(field, fault);
    html! {
        @match &field.kind {
            FieldKind::Choice { choices } => {
                select id=(id) name=(field.name) required[field.required] aria-invalid=[invalid] aria-describedby=[described] {
                    option value="" selected[shown.is_empty()] { "Please choose" }
                    @for choice in choices {
                        option value=(choice.value) selected[choice.value == shown] { (choice.label) }
                    }
                }
            }
            FieldKind::Number { integer, min, max } => {
                input id=(id) name=(field.name) type="number" value=(shown) min=[min] max=[max]
                    step=(if *integer { "1" } else { "any" }) required[field.required]
                    autocomplete=[field.autocomplete.as_deref()] aria-invalid=[invalid] aria-describedby=[described];
            }
            FieldKind::Text { multiline: true, min, max, .. } => {
                textarea id=(id) name=(field.name) rows="7" minlength=[(*min > 1).then_some(min)] maxlength=(max)
                    required[field.required] autocomplete=[field.autocomplete.as_deref()]
                    aria-invalid=[invalid] aria-describedby=[described] { "\n" (shown) }
            }
            FieldKind::Text { format, max, .. } => {
                input id=(id) name=(field.name) type=(input_type(*format)) value=(shown) maxlength=(max)
                    required[field.required] autocomplete=[field.autocomplete.as_deref()]
                    aria-invalid=[invalid] aria-describedby=[described];
            }
            _ => {}
        }
    }
}

const fn input_type(format: TextFormat) -> &'static str {
    match format {
        TextFormat::Plain => "text",
        TextFormat::Email => "email",
        TextFormat::Url => "url",
        TextFormat::Telephone => "tel",
        TextFormat::Date => "date",
    }
}

fn optional(field: &Field) -> Markup {
    html! { @if !field.required { span.optional { " (optional)" } } }
}

fn help(field: &Field) -> Markup {
    html! { @if let Some(help) = &field.help { p.help id={"h-" (field.name)} { (help) } } }
}

fn error(field: &Field, fault: Option<&FieldFault>) -> Markup {
    html! { @if let Some(fault) = fault { p.error id={"e-" (field.name)} { (fault.detail) } } }
}

/// The texts that describe a control, by id.
fn described(field: &Field, fault: Option<&FieldFault>) -> Option<String> {
    let help = field.help.as_ref().map(|_| format!("h-{}", field.name));
    let error = fault.map(|_| format!("e-{}", field.name));
    let ids: Vec<String> = help.into_iter().chain(error).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn is_chosen(value: Option<&Value>, choice: &Choice) -> bool {
    value
        .and_then(Value::as_array)
        .is_some_and(|list| list.iter().any(|item| item == choice.value.as_str()))
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFINITION: &str = r#"
id = "test"
version = 1
title = "Test <b>"
[schema]
required = ["name", "ok"]
[schema.properties.name]
type = "string"
title = "Name"
description = "As on the parcel"
[schema.properties.text]
type = "string"
title = "Text"
x-multiline = true
[schema.properties.days]
type = "array"
title = "Days"
items = { oneOf = [{ const = "mo", title = "Monday" }] }
[schema.properties.ok]
const = true
title = "Agreed"
"#;

    fn page(pairs: &[(&str, &str)]) -> String {
        let definition = Form::parse("test.toml", DEFINITION).unwrap();
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let decoded = definition.decode_pairs(&pairs);
        let faults = definition.validate(&decoded);
        form(
            &definition,
            &FormState {
                values: &decoded.fields,
                faults: &faults,
                token: Some("t.o-k"),
                notice: None,
                captcha_site_key: None,
            },
        )
    }

    #[test]
    fn faults_are_told_in_the_summary_and_at_the_field() {
        let html = page(&[("text", "kept"), ("days", "mo")]);
        assert!(html.contains("<title>Please check your entries: Test &lt;b&gt;</title>"));
        assert!(html.contains(r##"<a href="#f-name">Fill in “Name”</a>"##));
        assert!(html.contains(r#"aria-invalid="true" aria-describedby="h-name e-name""#));
        assert!(html.contains(">\nkept</textarea>"));
        assert!(html.contains(r#"value="mo" checked"#));
        assert!(html.contains(r#"name="form_token" value="t.o-k""#));
    }

    #[test]
    fn what_visitors_type_stays_text() {
        let html = page(&[
            ("name", "\"><script>alert(1)</script>"),
            ("text", "</textarea><img>"),
        ]);
        assert!(!html.contains("<script>alert") && !html.contains("</textarea><img>"));
    }
}
