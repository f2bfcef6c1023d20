use form_definition::Form;
use maud::{Markup, html};

use crate::shell::document;

fn message(form: &Form, title: &str, content: &Markup) -> String {
    let page = html! { h1 { (title) } (content) };
    document(&form.presentation.language, title, false, &page)
}

/// Where visitors end up after the form.
#[must_use]
pub fn thanks(form: &Form, receipt_path: Option<&str>) -> String {
    let words = &form.presentation;
    message(
        form,
        &words.thanks_title,
        &html! {
            p { (words.thanks) }
            @if let Some(path) = receipt_path { p { a href=(path) { "Keep this link as your receipt" } } }
        },
    )
}

/// The button behind the link in a mail: opening the link alone confirms nothing.
#[must_use]
pub fn confirm(form: &Form, action: &str) -> String {
    message(
        form,
        "Please confirm your address",
        &html! {
            p { "One click, and “" (form.presentation.title) "” is yours." }
            form method="post" action=(action) { p.actions { button type="submit" { "Confirm my address" } } }
        },
    )
}

/// After the button.
#[must_use]
pub fn confirmed(form: &Form) -> String {
    message(
        form,
        "Your address is confirmed",
        &html! { p { "Thank you. You can close this page." } },
    )
}

/// The button that unsubscribes.
#[must_use]
pub fn unsubscribe(form: &Form, action: &str) -> String {
    message(
        form,
        "Unsubscribe",
        &html! {
            p { "You will get no more mails of “" (form.presentation.title) "”." }
            form method="post" action=(action) { p.actions { button type="submit" { "Unsubscribe" } } }
        },
    )
}

/// After it.
#[must_use]
pub fn unsubscribed(form: &Form) -> String {
    message(
        form,
        "You are unsubscribed",
        &html! { p { "You get no more mails. You can close this page." } },
    )
}

/// That and when something arrived; nothing of what it says.
#[must_use]
pub fn receipt(form: &Form, id: &str, received: &str) -> String {
    message(
        form,
        "Receipt",
        &html! {
            dl {
                dt { "Form" } dd { (form.presentation.title) }
                dt { "Received" } dd { (received) }
                dt { "Number" } dd { code { (id) } }
            }
            p { "If you write to us about it, quote the number." }
        },
    )
}

/// Something that went wrong, outside of any field.
#[must_use]
pub fn problem(title: &str, detail: &str) -> String {
    let content = html! { h1 { (title) } p role="alert" { (detail) } };
    document("en", title, false, &content)
}
