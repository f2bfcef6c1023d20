//! Where the forms' mails and rows can be looked at.

use anyhow::{Context, Result};
use maud::{Markup, html};
use serde_json::Value;

use super::Site;
use super::page::layout;
use crate::postgres;

/// Mails and rows that a page shows, the newest.
const SHOWN: usize = 100;
/// Longest answer of the emulator's mailbox, in bytes.
const MAX_MAILBOX: u64 = 32 * 1024 * 1024;

/// Every mail that was sent, oldest first.
pub(crate) fn mails(endpoint: &str) -> Result<Vec<Value>> {
    let text = ureq::get(format!("{endpoint}/_ministack/ses/messages"))
        .call()
        .context("ask the emulator for sent mails")?
        .body_mut()
        .with_config()
        .limit(MAX_MAILBOX)
        .read_to_string()
        .context("read sent mails")?;
    let answer: Value = serde_json::from_str(&text).context("read sent mails")?;
    let mut mails = Vec::new();
    collect(&answer, &mut mails);
    Ok(mails)
}

/// Mails are grouped by account; each has a `MessageId`.
fn collect(value: &Value, mails: &mut Vec<Value>) {
    match value {
        Value::Object(object) if object.contains_key("MessageId") => mails.push(value.clone()),
        Value::Object(object) => object.values().for_each(|value| collect(value, mails)),
        Value::Array(items) => items.iter().for_each(|value| collect(value, mails)),
        _ => {}
    }
}

/// The mailbox.
pub(crate) fn mailbox(site: &Site) -> Result<Markup> {
    let mails = mails(site.aws.endpoint())?;
    Ok(layout(
        "Mails",
        None,
        &html! {
            h1 { "Mails" }
            p { "What the site has sent, the newest first. Nothing leaves this machine." }
            @if mails.is_empty() { p { "Nothing was sent yet." } }
            @for mail in mails.iter().rev().take(SHOWN) {
                article.mail {
                    h2 { (text(mail, "Subject")) }
                    p { "To " @for address in mail["To"].as_array().into_iter().flatten() { code { (address.as_str().unwrap_or_default()) } " " } }
                    pre { (with_links(text(mail, "BodyText"))) }
                }
            }
        },
    ))
}

fn text<'a>(mail: &'a Value, name: &str) -> &'a str {
    mail[name].as_str().unwrap_or_default()
}

/// The text with its web addresses as links.
fn with_links(text: &str) -> Markup {
    let words = text.split_inclusive(char::is_whitespace);
    html! {
        @for word in words {
            @if word.starts_with("http://") || word.starts_with("https://") {
                @let address = word.trim_end();
                a href=(address) { (address) } (word.get(address.len()..).unwrap_or_default())
            } @else { (word) }
        }
    }
}

/// The submissions that PostgreSQL has.
pub(crate) fn database(site: &Site) -> Result<Markup> {
    let query = format!(
        "SELECT to_char(received_at, 'YYYY-MM-DD HH24:MI:SS') || ' · ' || form || ' · ' || state \
         || ' · ' || fields::text FROM form_submissions ORDER BY received_at DESC LIMIT {SHOWN}"
    );
    let rows = postgres::query(site.ports.postgres, &query).unwrap_or_default();
    Ok(layout(
        "PostgreSQL",
        None,
        &html! {
            h1 { "Submissions in PostgreSQL" }
            p { "Table " code { "form_submissions" } ", the newest first; each form has a view of its own, such as "
                code { "form_contact" } "." }
            @if rows.is_empty() { p { "None yet." } }
            ul.rows { @for row in &rows { li { code { (row) } } } }
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_found_wherever_they_are() {
        let answer =
            serde_json::json!({"messages": {"000": [{"MessageId": "1"}, {"MessageId": "2"}]}});
        let mut mails = Vec::new();
        collect(&answer, &mut mails);
        assert_eq!(mails.len(), 2);
    }

    #[test]
    fn addresses_become_links_and_markup_stays_text() {
        let html = with_links("see http://a.example/x\n<b>").into_string();
        assert_eq!(
            html,
            "see <a href=\"http://a.example/x\">http://a.example/x</a>\n&lt;b&gt;"
        );
    }
}
