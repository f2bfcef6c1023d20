//! Double opt-in: nothing is sent to an address that has not confirmed.

use serde_json::{Value, json};

use super::visitor::{Visitor, delivery, mails, row, stored, wait_for_delivery, webhooks};
use crate::harness::{stack, wait_for};

/// The path of a link in a mail.
pub(super) fn link(mail: &Value, start: &str) -> String {
    let text = mail.to_string();
    let at = text
        .find(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"));
    let rest = &text[at..];
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || "/-_.~".contains(c)))
        .unwrap_or(rest.len());
    rest[..end].to_owned()
}

fn mail(address: &str, text: &str) -> Value {
    wait_for(&format!("the mail “{text}” to {address}"), || {
        let mut found = mails(stack(), address);
        found.retain(|mail| mail.to_string().contains(text));
        found.pop()
    })
}

#[test]
fn only_the_button_confirms_and_one_click_unsubscribes() {
    let visitor = Visitor::new();
    let address = "reader@example.com";
    let body = json!({"email": address, "name": "Ada", "topics": ["offers"], "consent": true});
    let answer = visitor.post_json("/forms/newsletter", None, &body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["status"], "pending_confirmation");
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let confirm = link(&mail(address, "confirm your address"), "/forms/confirm/");

    // A mail scanner opens every link.
    for _ in 0..2 {
        let page = visitor.get(&confirm);
        assert_eq!(page.status, 200);
        assert!(page.text().contains("method=\"post\""), "{}", page.text());
    }
    assert!(stored(stack(), &id).is_some());
    assert!(delivery(stack(), &id, "email#welcome").is_none_or(|row| row["state"]["S"] != "done"));
    assert!(webhooks(stack(), &id).is_empty());

    // Twice: people click twice.
    for _ in 0..2 {
        assert_eq!(visitor.post(&confirm, &[]).status, 200);
    }
    let welcome = mail(address, "Welcome to the newsletter");
    wait_for_delivery(stack(), &id, "webhook#crm", "done");
    assert_eq!(webhooks(stack(), &id).len(), 1);
    let welcomes = mails(stack(), address);
    let count = welcomes
        .iter()
        .filter(|mail| mail.to_string().contains("Welcome to the newsletter"))
        .count();
    assert_eq!(count, 1);

    let unsubscribe = link(&welcome, "/forms/unsubscribe/");
    assert_eq!(visitor.get(&unsubscribe).status, 200);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = visitor.request(
        "POST",
        &unsubscribe,
        &headers,
        b"List-Unsubscribe=One-Click",
    );
    assert_eq!(answer.status, 200);
    assert!(row(stack(), &id, "UNSUBSCRIBED").is_some());
}

#[test]
fn a_link_of_one_purpose_does_not_serve_another() {
    let visitor = Visitor::new();
    let address = "other-purpose@example.com";
    let body = json!({"email": address, "consent": true});
    visitor.post_json("/forms/newsletter", None, &body);
    let confirm = link(&mail(address, "confirm your address"), "/forms/confirm/");
    let token = confirm.rsplit('/').next().unwrap();
    for path in ["unsubscribe", "receipt"] {
        let answer = visitor.get(&format!("/forms/{path}/{token}"));
        assert_eq!(answer.status, 400, "{path}");
    }
}
