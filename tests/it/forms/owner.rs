//! The owner's side: list, search, read, judge, replay, export, erase.

use local::Stack;
use serde_json::json;

use super::visitor::{
    Visitor, attribute, delivery, encode, message, stored, wait_for_delivery, webhooks,
};
use crate::harness::{Answer, stack, wait_for};

/// Password of the owner's pages on a developer's machine.
const PASSWORD: &str = "sidetier";

/// Somebody who has signed in.
pub(super) struct Owner<'a> {
    visitor: Visitor<'a>,
    cookie: String,
    token: String,
}

impl<'a> Owner<'a> {
    pub(super) fn sign_in(stack: &'a Stack) -> Self {
        let visitor = Visitor::of(stack);
        let answer = visitor.post("/forms/admin/login", &[("password", PASSWORD)]);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.header("set-cookie");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let mut owner = Self {
            visitor,
            cookie,
            token: String::new(),
        };
        let page = owner.get("/forms/admin/person").text();
        owner.token = attribute(&page, "name=\"token\"", "value");
        owner
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        let headers = [("accept", "text/html"), ("cookie", self.cookie.as_str())];
        self.visitor.request("GET", path, &headers, b"")
    }

    pub(super) fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let mut pairs = pairs.to_vec();
        pairs.push(("token", &self.token));
        self.post_without_token(path, &pairs)
    }

    fn post_without_token(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("cookie", &self.cookie),
        ];
        let body = encode(pairs);
        self.visitor
            .request("POST", path, &headers, body.as_bytes())
    }
}

#[test]
fn nobody_gets_in_without_the_password() {
    let visitor = Visitor::new();
    for path in [
        "/forms/admin",
        "/forms/admin/contact",
        "/forms/admin/contact/export.csv",
        "/forms/admin/person",
        "/forms/admin/reports",
        "/forms/admin/reports/halden/2026-11-27.html",
    ] {
        let answer = visitor.get(path);
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, "/forms/admin/login"),
            "{path}"
        );
    }
    let wrong = visitor.post("/forms/admin/login", &[("password", "guess")]);
    assert_eq!(wrong.status, 401);
    let headers = [
        ("accept", "text/html"),
        ("cookie", "sidetier_admin=AAAA.BBBB"),
    ];
    assert_eq!(
        visitor.request("GET", "/forms/admin", &headers, b"").status,
        303
    );
}

#[test]
fn guessing_the_password_is_stopped() {
    let visitor = Visitor::new();
    let refused = wait_for("the limit", || {
        let answer = visitor.post("/forms/admin/login", &[("password", "guess")]);
        (answer.status == 429).then_some(answer)
    });
    assert_eq!(refused.header("set-cookie"), "");
    // Not even with the right one, from there.
    let right = visitor.post("/forms/admin/login", &[("password", PASSWORD)]);
    assert_eq!(right.status, 429);
}

#[test]
fn a_submission_is_listed_found_and_read() {
    let id = Visitor::new().send_message("findable-parcel");
    let owner = Owner::sign_in(stack());
    let overview = owner.get("/forms/admin").text();
    assert!(overview.contains("Contact us") && overview.contains("Newsletter"));
    let path = format!("/forms/admin/submissions/{id}");
    let list = wait_for("the submission in the list", || {
        let list = owner.get("/forms/admin/contact").text();
        list.contains(&path).then_some(list)
    });
    assert!(list.contains("new"), "{list}");
    let found = owner
        .get("/forms/admin/contact?words=FINDABLE-parcel")
        .text();
    assert!(found.contains(&path), "{found}");
    let nothing = owner.get("/forms/admin/contact?words=unfindable").text();
    assert!(nothing.contains("0 shown"), "{nothing}");
    let page = owner.get(&path).text();
    for text in [
        "Where is the parcel of order findable-parcel?",
        "Order number",
        "score 25",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    // Reading it marks it as read.
    let row = super::visitor::row(stack(), &id, "META").unwrap();
    assert!(row.get("read_at").is_some(), "{row}");
    let answer = owner.get("/forms/admin/contact?state=bogus");
    assert_eq!(answer.status, 400);
    assert!(
        answer.text().contains("accepted, quarantined or spam"),
        "{}",
        answer.text()
    );
}

#[test]
fn what_was_quarantined_by_mistake_is_delivered() {
    let mut body = message("mistaken");
    body["message"] =
        "See http://a.example http://b.example http://c.example http://d.example".into();
    let answer = Visitor::new().post_json("/forms/contact", None, &body);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(stored(stack(), &id).unwrap()["state_now"], "quarantined");
    assert!(delivery(stack(), &id, "webhook#crm").is_none());
    let owner = Owner::sign_in(stack());
    let path = format!("/forms/admin/submissions/{id}");
    let page = owner.get(&path).text();
    assert!(page.contains("extra links: 50"), "{page}");
    assert_eq!(owner.post(&format!("{path}/accept"), &[]).status, 303);
    wait_for_delivery(stack(), &id, "webhook#crm", "done");
    wait_for("PostgreSQL to follow", || {
        let query = format!("SELECT state FROM form_submissions WHERE id = '{id}'");
        (stack().sql(&query).unwrap() == ["accepted"]).then_some(())
    });
    // One delivery once more, on demand.
    let replay = [("kind", "webhook"), ("sink", "crm")];
    assert_eq!(owner.post(&format!("{path}/replay"), &replay).status, 303);
    wait_for("the second webhook", || {
        (webhooks(stack(), &id).len() == 2).then_some(())
    });
}

#[test]
fn posts_of_another_page_change_nothing() {
    let id = Visitor::new().send_message("untouched");
    let owner = Owner::sign_in(stack());
    let path = format!("/forms/admin/submissions/{id}/spam");
    assert_eq!(owner.post_without_token(&path, &[]).status, 403);
    let other = owner.post_without_token(&path, &[("token", "AAAA.BBBB")]);
    assert_eq!(other.status, 403);
    assert_eq!(stored(stack(), &id).unwrap()["state_now"], "accepted");
}

#[test]
fn exports_hold_no_formulas() {
    let mut body = message("formula");
    body["name"] = "=HYPERLINK(\"http://evil.example\",\"click\")".into();
    let id = Visitor::new()
        .post_json("/forms/contact", None, &body)
        .json()["id"]
        .clone();
    let id = id.as_str().unwrap();
    let owner = Owner::sign_in(stack());
    let csv = wait_for("the submission in the export", || {
        let csv = owner.get("/forms/admin/contact/export.csv");
        csv.text().contains(id).then_some(csv)
    });
    assert!(
        csv.header("content-disposition")
            .contains("contact-export.csv")
    );
    let text = csv.text();
    assert!(
        text.starts_with("id,received_at,state,score,name,email,"),
        "{text}"
    );
    let line = text.lines().find(|line| line.starts_with(id)).unwrap();
    assert!(line.contains("\"'=HYPERLINK("), "{line}");
    let lines = owner.get("/forms/admin/contact/export.jsonl").text();
    let line = lines.lines().find(|line| line.contains(id)).unwrap();
    let document: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(document["fields"]["name"], body["name"]);
}

#[test]
fn a_long_export_comes_in_parts_that_hold_everything_once() {
    let visitor = Visitor::new();
    let post = |number: usize| {
        let body = json!({
            "name": format!("Part {number}"), "email": "parts@example.com", "product": "lamp",
            "quantity": 1, "details": "🙂".repeat(5_000), "privacy": true,
        });
        let answer = visitor.post_json("/forms/quote", None, &body);
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let sent: Vec<String> = (0..60).map(post).collect();
    let owner = Owner::sign_in(stack());
    let mut path = "/forms/admin/quote/export.jsonl".to_owned();
    let (mut parts, mut text) = (0, String::new());
    loop {
        let answer = owner.get(&path);
        let html = answer.text();
        let is_page = html.contains("More than one file");
        let part = if is_page {
            owner.get(&attribute(&html, "<ol>", "href"))
        } else {
            answer
        };
        assert!(part.text().len() < 1_000_000, "an ALB passes on 1 MB");
        text.push_str(&part.text());
        parts += 1;
        if !is_page {
            break;
        }
        path = attribute(&html, "Download this part", "href");
    }
    assert!(parts > 1, "{parts}");
    for id in &sent {
        let lines = text.lines().filter(|line| line.contains(id.as_str()));
        assert_eq!(lines.count(), 1, "{id}");
    }
}

#[test]
fn a_person_is_found_exported_and_erased_everywhere() {
    let visitor = Visitor::new();
    let mut first = message("person-1");
    first["email"] = "Forget.Me@Example.com".into();
    let mut second = message("person-2");
    second["email"] = "forget.me@example.com".into();
    let ids: Vec<String> = [first, second]
        .iter()
        .map(|body| {
            let answer = visitor.post_json("/forms/contact", None, body);
            answer.json()["id"].as_str().unwrap().to_owned()
        })
        .collect();
    for id in &ids {
        wait_for_delivery(stack(), id, "database#sql", "done");
        wait_for_delivery(stack(), id, "webhook#crm", "done");
    }
    let owner = Owner::sign_in(stack());
    let person = [("email", "forget.me@example.com")];
    let found = owner.post("/forms/admin/person", &person).text();
    assert!(found.contains("2 submissions"), "{found}");
    let export = owner.post("/forms/admin/person/export", &person);
    let documents: serde_json::Value = serde_json::from_str(&export.text()).unwrap();
    assert_eq!(documents.as_array().unwrap().len(), 2);
    // Not without the tick.
    let unsure = owner.post("/forms/admin/person/erase", &person);
    assert_eq!(unsure.status, 400);
    assert!(stored(stack(), &ids[0]).is_some());

    let sure = [("email", "forget.me@example.com"), ("sure", "yes")];
    let erased = owner.post("/forms/admin/person/erase", &sure);
    assert!(
        erased.text().contains("2 submissions were erased"),
        "{}",
        erased.text()
    );
    for id in &ids {
        let table = stack().output("SubmissionsTableName").unwrap();
        let request = json!({"TableName": table, "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": format!("SUB#{id}")}}});
        let left = stack().dynamodb("Query", &request).unwrap();
        let personal: Vec<_> = left["Items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row.to_string().to_lowercase().contains("forget.me"))
            .collect();
        assert!(personal.is_empty(), "{left}");
        wait_for("PostgreSQL to follow", || {
            let query = format!("SELECT id FROM form_submissions WHERE id = '{id}'");
            stack().sql(&query).unwrap().is_empty().then_some(())
        });
    }
}
