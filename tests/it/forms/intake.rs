//! What visitors and programs are answered.

use serde_json::json;

use super::visitor::{Visitor, attribute, delivery, message, stored, wait_for_delivery};
use crate::harness::{stack, wait_for};

const PAIRS: [(&str, &str); 5] = [
    ("name", "Grace Hopper"),
    ("email", "grace@example.com"),
    ("topic", "product"),
    ("message", "Do you ship the desk lamp to Norway?"),
    ("privacy", "on"),
];

fn pairs<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = PAIRS
        .iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.copied().chain(changes.iter().copied()).collect()
}

#[test]
fn a_browser_is_sent_on_and_can_read_its_receipt() {
    let visitor = Visitor::new();
    let form = visitor.get("/forms/contact");
    assert_eq!(form.status, 200);
    assert_eq!(form.header("cache-control"), "no-store");
    assert!(
        form.header("content-security-policy")
            .contains("default-src 'none'")
    );
    let answer = visitor.post("/forms/contact", &pairs(&[]));
    assert_eq!(answer.status, 303, "{}", answer.text());
    let thanks = visitor.get(answer.header("location"));
    assert!(thanks.text().contains("Your message is on its way"));
    let receipt = attribute(&thanks.text(), "<main", "href");
    assert!(receipt.starts_with("/forms/receipt/"), "{receipt}");
    assert_eq!(visitor.get(&receipt).status, 200);
    let forged = format!("{}x", receipt);
    assert_eq!(visitor.get(&forged).status, 400);
}

#[test]
fn a_browser_gets_its_values_back_with_what_is_wrong() {
    let visitor = Visitor::new();
    let changes = [
        ("email", "grace at example"),
        ("message", "<b>Hi</b>"),
        ("name", ""),
    ];
    let answer = visitor.post("/forms/contact", &pairs(&changes));
    assert_eq!(answer.status, 422);
    let html = answer.text();
    assert!(html.contains("grace at example"), "{html}");
    assert!(
        html.contains("&lt;b&gt;Hi&lt;/b&gt;") && !html.contains("<b>Hi</b>"),
        "{html}"
    );
    assert!(html.contains("Fill in “Your name”"), "{html}");
    assert!(html.contains(r#"aria-invalid="true""#), "{html}");
}

#[test]
fn a_program_gets_a_name_or_pointers_to_what_is_wrong() {
    let visitor = Visitor::new();
    let answer = visitor.post_json("/forms/contact", None, &message("intake-json"));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let document = answer.json();
    assert_eq!(document["status"], "accepted");
    let id = document["id"].as_str().unwrap();
    let stored = stored(stack(), id).unwrap();
    assert_eq!(stored["fields"]["order_number"], "intake-json");
    // The address is kept as a network only.
    assert!(
        stored["network"].as_str().unwrap().ends_with(".0/24"),
        "{stored}"
    );

    let wrong = json!({"email": "nobody", "message": "hello there", "age": 7});
    let answer = visitor.post_json("/forms/contact", None, &wrong);
    assert_eq!(answer.status, 422);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["code"], "form.fields");
    let mut found: Vec<(&str, &str)> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            (
                fault["pointer"].as_str().unwrap(),
                fault["code"].as_str().unwrap(),
            )
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("#/age", "unknown"),
            ("#/email", "format"),
            ("#/name", "required"),
            ("#/privacy", "required")
        ]
    );
}

#[test]
fn the_same_key_and_body_get_the_same_answer_and_another_body_is_refused() {
    let visitor = Visitor::new();
    let first = visitor.post_json("/forms/contact", Some("key-1"), &message("same-key"));
    let second = visitor.post_json("/forms/contact", Some("key-1"), &message("same-key"));
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.body, second.body);
    assert_eq!(second.header("idempotent-replay"), "true");
    let other = visitor.post_json("/forms/contact", Some("key-1"), &message("other-body"));
    assert_eq!(other.status, 422);
    assert_eq!(other.json()["code"], "form.idempotency_key_reused");
    let wrong = visitor.post_json("/forms/contact", Some("a key"), &message("same-key"));
    assert_eq!(wrong.json()["code"], "form.idempotency_key");
}

#[test]
fn a_second_click_changes_nothing_and_a_corrected_form_is_a_revision() {
    let visitor = Visitor::new();
    let page = visitor.get("/forms/contact").text();
    let token = attribute(&page, "name=\"form_token\"", "value");
    let post = |email: &str| {
        let json = [
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let body = super::visitor::encode(&pairs(&[("email", email), ("form_token", &token)]));
        visitor
            .request("POST", "/forms/contact", &json, body.as_bytes())
            .json()
    };
    let first = post("grcae@example.com");
    let again = post("grcae@example.com");
    assert_eq!(first["id"], again["id"]);
    let corrected = post("grace@example.com");
    assert_ne!(first["id"], corrected["id"]);
    let stored = stored(stack(), corrected["id"].as_str().unwrap()).unwrap();
    assert_eq!(stored["revises"], first["id"]);
    // And the correction again is the same correction.
    assert_eq!(post("grace@example.com")["id"], corrected["id"]);
}

#[test]
fn a_robot_is_answered_like_everybody_and_quarantined() {
    let visitor = Visitor::new();
    let without_names = |answer: &crate::harness::Answer| {
        let mut document = answer.json();
        for name in ["id", "received_at", "receipt", "next"] {
            document[name] = "…".into();
        }
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        (answer.status, names, document)
    };
    let mut body = message("robot");
    let normal = visitor.post_json("/forms/contact", None, &message("no-robot"));
    body["confirm_website"] = "http://spam.example".into();
    let robot = visitor.post_json("/forms/contact", None, &body);
    assert_eq!(without_names(&normal), without_names(&robot));

    let id = robot.json()["id"].as_str().unwrap().to_owned();
    let stored = stored(stack(), &id).unwrap();
    assert_eq!(stored["state"], "quarantined");
    assert_eq!(stored["signals"][0]["code"], "honeypot");
    // It is kept and shown, and told to nobody.
    wait_for_delivery(stack(), &id, "database#sql", "done");
    assert!(delivery(stack(), &id, "email#team").is_none());
    assert!(delivery(stack(), &id, "webhook#crm").is_none());
}

#[test]
fn too_many_from_one_network_are_slowed_down_and_others_are_not() {
    let visitor = Visitor::new();
    let refused = wait_for("the rate limit", || {
        let answer = visitor.post_json("/forms/contact", Some("one-network"), &message("rate"));
        (answer.status != 201).then_some(answer)
    });
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(refused.json()["code"], "form.too_many");
    let elsewhere = Visitor::new().post_json("/forms/contact", None, &message("elsewhere"));
    assert_eq!(elsewhere.status, 201);
}

#[test]
fn a_form_describes_itself() {
    let visitor = Visitor::new();
    let schema = visitor.get("/forms/quote/schema.json");
    assert_eq!(schema.header("content-type"), "application/schema+json");
    assert_eq!(schema.json()["additionalProperties"], false);
    let token = visitor.get("/forms/contact/token").json();
    assert!(token["token"].as_str().unwrap().len() > 40, "{token}");
    assert_eq!(
        token["challenge"]["parameters"]["algorithm"], "PBKDF2/SHA-256",
        "{token}"
    );
    let script = attribute(&visitor.get("/forms/contact").text(), "<script", "src");
    let script = visitor.get(&script);
    assert!(script.body.len() <= 3_072, "{} bytes", script.body.len());
    assert!(script.header("cache-control").contains("immutable"));
}
