//! The forms in a real browser, with and without JavaScript, and whether everybody can
//! use them.

use std::time::Duration;

use super::newsletter::link;
use super::visitor::{Visitor, mails, message, wait_for_delivery};
use crate::browser::{Browser, check_accessibility};
use crate::harness::{stack, wait_for};

/// Fills in a request for a quote with a telephone number that the browser lets pass and
/// the server does not, corrects it, adds a photo and finishes.
fn request_a_quote(javascript: bool, marker: &str) {
    let browser = Browser::start(javascript);
    browser.open(&format!("{}/forms/quote", stack().site_url()));
    let email = format!("{marker}@example.com");
    for (field, text) in [
        ("#f-name", "Ada Lovelace"),
        ("#f-email", &email),
        ("#f-telephone", "call me"),
        ("#f-product", "Desk lamp"),
        ("#f-quantity", "3"),
        ("#f-details", "Three lamps for a reading room."),
    ] {
        browser.type_into(&browser.wait_for(field), text);
    }
    browser.click(&browser.wait_for("#f-privacy"));
    browser.click(&browser.wait_for("button[type=submit]"));

    let summary = browser.wait_for(".summary[role=alert]");
    assert!(
        browser.text(&summary).contains("Telephone"),
        "{}",
        browser.text(&summary)
    );
    let telephone = browser.wait_for("#f-telephone[aria-invalid=true]");
    // What was typed is still there.
    assert_eq!(browser.property(&telephone, "value"), "call me");
    let details = browser.wait_for("#f-details");
    assert_eq!(
        browser.property(&details, "value"),
        "Three lamps for a reading room."
    );
    assert_eq!(
        browser.property(&browser.wait_for("#f-privacy"), "checked"),
        true
    );
    browser.clear(&telephone);
    browser.type_into(&telephone, "+49 30 1234567");
    browser.click(&browser.wait_for("button[type=submit]"));

    let dir = tempfile::tempdir().unwrap();
    let photo = dir.path().join("room.jpg");
    let scene = sample_photos::render(sample_photos::Scene::Meadow, 320, 240, 5);
    std::fs::write(&photo, sample_photos::encode_jpeg(&scene, 85, 1)).unwrap();
    browser.type_into(&browser.wait_for("#file-jpeg"), photo.to_str().unwrap());
    browser.click(&browser.wait_for("form.upload:has(#file-jpeg) button"));
    browser.wait_for_text("[role=status]", "1 of at most 3 files sent");
    browser.click(&browser.wait_for("form:not(.upload) button"));
    browser.wait_for_text("h1", "We have your request");

    let mail = wait_for("the mail to the team", || {
        mails(stack(), &email)
            .into_iter()
            .find(|mail| mail.to_string().contains("team@"))
    });
    assert!(mail.to_string().contains("+49 30 1234567"), "{mail}");
    assert!(mail.to_string().contains("image/jpeg"), "{mail}");
}

#[test]
fn a_quote_is_requested_without_javascript() {
    request_a_quote(false, "browser-plain");
}

#[test]
fn a_quote_is_requested_with_javascript() {
    request_a_quote(true, "browser-script");
}

#[test]
fn a_subscription_is_confirmed_without_javascript() {
    let browser = Browser::start(false);
    let address = "browser-subscriber@example.com";
    browser.open(&format!("{}/forms/newsletter", stack().site_url()));
    browser.type_into(&browser.wait_for("#f-email"), address);
    browser.click(&browser.wait_for("#f-consent"));
    // Faster than a person and without a proof of work, it would be taken for a robot.
    std::thread::sleep(Duration::from_secs(3));
    browser.click(&browser.wait_for("button[type=submit]"));
    browser.wait_for_text("h1", "One more step");
    // The link opens as from a mail program.
    let mail = wait_for("the confirmation", || mails(stack(), address).pop());
    let confirm = link(&mail, "/forms/confirm/");
    browser.open(&format!("{}{confirm}", stack().site_url()));
    browser.click(&browser.wait_for("form[method=post] button"));
    wait_for("the welcome", || {
        mails(stack(), address)
            .into_iter()
            .find(|mail| mail.to_string().contains("Welcome to the newsletter"))
    });
}

#[test]
fn the_work_that_keeps_robots_away_is_done_by_the_page() {
    let browser = Browser::start(true);
    browser.open(&format!("{}/forms/newsletter", stack().site_url()));
    browser.type_into(&browser.wait_for("#f-email"), "worker@example.com");
    let proof = browser.wait_for("input[name=form_proof]");
    wait_for("the proof of work", || {
        (browser.property(&proof, "value") != "").then_some(())
    });
}

#[test]
fn axe_finds_nothing_on_the_visitors_pages() {
    let browser = Browser::start(true);
    let visitor = Visitor::new();
    let mut body = message("axe");
    body["product"] = "lamp".into();
    let receipt = visitor
        .post_json("/forms/contact", None, &message("axe"))
        .json()["receipt"]
        .clone();
    let quote = serde_json::json!({"name": "Axe", "email": "axe@example.com", "product": "lamp",
        "quantity": 1, "details": "One lamp, please.", "privacy": true});
    let files = visitor.post_json("/forms/quote", None, &quote).json()["next"].clone();
    for path in [
        "/forms/contact",
        "/forms/newsletter",
        "/forms/quote",
        "/forms/contact/thanks",
        "/forms/nothing",
        receipt.as_str().unwrap(),
        files.as_str().unwrap(),
    ] {
        browser.open(&format!("{}{path}", stack().site_url()));
        browser.wait_for("main h1");
        check_accessibility(&browser, path);
    }
    // With what was wrong, as the page's script says it and as the server does.
    for (page, submit) in [
        (
            "errors by the script",
            "document.querySelector('button[type=submit]').click()",
        ),
        // Past the script, as a browser without one sends it. In such a browser axe-core
        // could not run.
        (
            "errors by the server",
            "HTMLFormElement.prototype.submit.call(document.querySelector('main form'))",
        ),
    ] {
        browser.open(&format!("{}/forms/contact", stack().site_url()));
        for (field, text) in [
            ("#f-name", "Ada"),
            ("#f-email", "axe@example.com"),
            ("#f-message", "      x"),
        ] {
            browser.type_into(&browser.wait_for(field), text);
        }
        browser.click(&browser.wait_for("#f-privacy"));
        browser.run(submit);
        browser.wait_for(".summary[role=alert]");
        check_accessibility(&browser, page);
    }
}

#[test]
fn axe_finds_nothing_on_the_owners_pages() {
    let id = Visitor::new().send_message("axe-owner");
    wait_for_delivery(stack(), &id, "webhook#crm", "done");
    let browser = Browser::start(true);
    let site = stack().site_url();
    browser.open(&format!("{site}/forms/admin/login"));
    check_accessibility(&browser, "the login");
    browser.type_into(&browser.wait_for("input[type=password]"), "sidetier");
    browser.click(&browser.wait_for("button[type=submit]"));
    browser.wait_for("nav");
    for path in [
        "/forms/admin",
        "/forms/admin/contact",
        &format!("/forms/admin/submissions/{id}"),
        "/forms/admin/dead",
        "/forms/admin/person",
        "/forms/admin/reports",
    ] {
        browser.open(&format!("{site}{path}"));
        browser.wait_for("main h1");
        check_accessibility(&browser, path);
    }
}
