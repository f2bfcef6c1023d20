//! Where an accepted submission goes, and what happens when the other side fails.

use serde_json::{Value, json};

use super::owner::Owner;
use super::visitor::{Visitor, delivery, mails, wait_for_delivery, webhooks};
use crate::harness::{close_breaker, fragile_stack, stack, wait_for};
use local::Stack;

#[test]
fn a_message_reaches_the_team_the_crm_the_bus_and_postgresql() {
    let id = Visitor::new().send_message("everywhere");
    for name in ["email#team", "webhook#crm", "event#bus", "database#sql"] {
        wait_for_delivery(stack(), &id, name, "done");
    }
    let received = webhooks(stack(), &id);
    assert_eq!(received.len(), 1, "{received:?}");
    // The receiver keeps only what has a valid signature.
    assert_eq!(received[0]["id"], format!("{id}.crm"));
    assert_eq!(received[0]["type"], "form.submitted");
    assert_eq!(received[0]["data"]["fields"]["order_number"], "everywhere");

    let to_team = mails(stack(), "everywhere@example.com");
    assert_eq!(to_team.len(), 1, "{to_team:?}");
    let mail = to_team[0].to_string();
    assert!(mail.contains("team@sidetier.example"), "{mail}");
    assert!(
        mail.contains("Contact us: message from Ada Lovelace"),
        "{mail}"
    );

    let query = format!(
        "SELECT fields->>'order_number' FROM form_submissions WHERE id = '{id}' AND state = 'accepted'"
    );
    assert_eq!(stack().sql(&query).unwrap(), ["everywhere"]);
}

#[test]
fn a_visitor_who_filled_in_the_form_gets_an_acknowledgement() {
    let visitor = Visitor::new();
    let fields = [
        ("name", "Ada\u{2028}Lovelace"),
        ("email", "acknowledged@example.com"),
        ("message", "Is the wall shelf back in stock?"),
        ("privacy", "on"),
    ];
    let answer = visitor.fill_in("/forms/contact", &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let mail = wait_for("the acknowledgement", || {
        let mut found = mails(stack(), "We have your message");
        found.retain(|mail| mail.to_string().contains("acknowledged@example.com"));
        found.pop()
    });
    // What the visitor wrote is not sent to an address that nobody has confirmed.
    assert!(!mail.to_string().contains("wall shelf"), "{mail}");
}

/// Runs the sweep that the schedule runs every minute.
fn sweep(stack: &Stack) {
    let answer = stack
        .invoke("forms-dispatch", &json!({"sweep": true}).to_string())
        .unwrap();
    assert!(answer.get("errorType").is_none(), "{answer}");
}

/// The delivery's row once its note holds a text.
fn noted(stack: &Stack, id: &str, name: &str, text: &str) -> Value {
    wait_for(&format!("delivery {name} of {id} to say {text}"), || {
        let row = delivery(stack, id, name)?;
        row["note"]["S"].as_str()?.contains(text).then_some(row)
    })
}

#[test]
fn a_webhook_that_failed_is_tried_again_and_comes_once() {
    let stack = fragile_stack();
    stack.fail_webhooks(Some(503));
    let id = Visitor::of(&stack).send_message("try-again");
    let row = noted(&stack, &id, "webhook#crm", "answered 503");
    assert_eq!(row["state"]["S"], "pending");
    assert!(webhooks(&stack, &id).is_empty());
    stack.fail_webhooks(None);
    wait_for("the second attempt", || {
        sweep(&stack);
        delivery(&stack, &id, "webhook#crm").filter(|row| row["state"]["S"] == "done")
    });
    assert_eq!(webhooks(&stack, &id).len(), 1);
}

#[test]
fn an_endpoint_that_fails_often_is_left_in_peace() {
    let stack = fragile_stack();
    stack.fail_webhooks(Some(500));
    let visitor = Visitor::of(&stack);
    // Five failures open the breaker. Messages that differ in digits only are spam.
    let spared = ["one", "two", "three", "four", "five", "six"]
        .iter()
        .find_map(|number| {
            let id = visitor.send_message(&format!("breaker-{number}"));
            let row = wait_for("the first attempt", || {
                delivery(&stack, &id, "webhook#crm").filter(|row| row["note"]["S"].is_string())
            });
            let is_spared = row["note"]["S"].as_str()?.contains("left in peace");
            assert!(
                !is_spared || row["attempts"]["N"] == "0",
                "waiting is no attempt: {row}"
            );
            is_spared.then_some(id)
        });
    let spared = spared.expect("the breaker opens after five failures");
    // The mails go out all the same.
    wait_for_delivery(&stack, &spared, "email#team", "done");
    stack.fail_webhooks(None);
    close_breaker(&stack);
    wait_for("the webhook after all", || {
        sweep(&stack);
        delivery(&stack, &spared, "webhook#crm").filter(|row| row["state"]["S"] == "done")
    });
}

#[test]
fn a_receiver_that_is_gone_ends_in_the_dead_letters_and_can_be_replayed() {
    let stack = fragile_stack();
    stack.fail_webhooks(Some(410));
    let visitor = Visitor::of(&stack);
    let id = visitor.send_message("gone");
    let row = wait_for_delivery(&stack, &id, "webhook#crm", "dead");
    assert!(row["note"]["S"].as_str().unwrap().contains("410"), "{row}");
    stack.fail_webhooks(None);
    let owner = Owner::sign_in(&stack);
    let page = owner.get("/forms/admin/dead").text();
    assert!(page.contains(&id) && page.contains("410"), "{page}");
    owner.post("/forms/admin/dead", &[]);
    wait_for("the delivery that was revived", || {
        sweep(&stack);
        delivery(&stack, &id, "webhook#crm").filter(|row| row["state"]["S"] == "done")
    });
    assert_eq!(webhooks(&stack, &id).len(), 1);
}
