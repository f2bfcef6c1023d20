//! What is wrong gets a named error; nothing is lost, nothing leaks.

use serde_json::{Value, json};

use super::visitor::{Visitor, message, stored};
use crate::harness::stack;

/// Posts bytes and returns status and error code.
fn post(visitor: &Visitor<'_>, content_type: &str, body: &[u8]) -> (u16, String) {
    let headers = [
        ("accept", "application/json"),
        ("content-type", content_type),
    ];
    let answer = visitor.request("POST", "/forms/contact", &headers, body);
    let code = answer.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, code)
}

#[test]
fn bodies_that_cannot_be_read_are_named() {
    const PAIRS: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";
    let visitor = Visitor::new();
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let wide = (0..400)
        .map(|i| format!("f{i}=1"))
        .collect::<Vec<_>>()
        .join("&");
    let part = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAda";
    let file = "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.exe\"\r\n\r\nMZ\r\n--x--\r\n";
    let cases: [(&str, &[u8], u16, &str); 12] = [
        (PAIRS, &vec![b'a'; 300_000], 413, "form.too_large"),
        (PAIRS, b"name=%ff%fe", 400, "form.encoding"),
        (PAIRS, b"name=\xff", 400, "form.encoding"),
        (PAIRS, wide.as_bytes(), 400, "form.too_many_fields"),
        (JSON, deep.as_bytes(), 400, "form.depth"),
        (JSON, b"{\"name\":", 400, "form.json"),
        (JSON, b"[]", 400, "form.not_an_object"),
        (JSON, b"\xff\xfe{\0}\0", 400, "form.encoding"),
        (
            "multipart/form-data; boundary=x",
            part.as_bytes(),
            400,
            "form.multipart",
        ),
        ("multipart/form-data", b"x", 400, "form.multipart"),
        (
            "multipart/form-data; boundary=x",
            file.as_bytes(),
            400,
            "form.file_part",
        ),
        ("text/xml", b"<a/>", 415, "form.content_type"),
    ];
    for (content_type, body, status, code) in cases {
        assert_eq!(
            post(&visitor, content_type, body),
            (status, code.to_owned()),
            "{content_type} {code}"
        );
    }
}

/// The codes by pointer that a contact message is refused with after a change.
fn faults(visitor: &Visitor<'_>, change: &Value) -> Vec<(String, String)> {
    let mut body = message("bad-values");
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    let answer = visitor.post_json("/forms/contact", None, &body);
    assert_eq!(answer.status, 422, "{change}: {}", answer.text());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let problem = answer.json();
    let errors = problem["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|fault| (text(&fault["pointer"]), text(&fault["code"])))
        .collect()
}

#[test]
fn values_that_are_not_allowed_are_pointed_at() {
    let visitor = Visitor::new();
    let cases = [
        (json!({"name": 7}), "#/name", "type"),
        (
            json!({"name": "Ada\r\nBcc: all@example.com"}),
            "#/name",
            "text",
        ),
        (json!({"name": "Ada\u{0}"}), "#/name", "text"),
        (json!({"name": "x".repeat(121)}), "#/name", "too_long"),
        (
            json!({"email": "ada@example.com\r\nBcc: all@example.com"}),
            "#/email",
            "text",
        ),
        (
            json!({"email": "ada@example.com, eve@example.com"}),
            "#/email",
            "format",
        ),
        (
            json!({"email": ["a@example.com", "b@example.com"]}),
            "#/email",
            "type",
        ),
        (json!({"topic": "bribes"}), "#/topic", "choice"),
        (json!({"message": ""}), "#/message", "required"),
        (json!({"privacy": "yes please"}), "#/privacy", "required"),
        (json!({"privacy": false}), "#/privacy", "required"),
        (
            json!({"__proto__": {"admin": true}}),
            "#/__proto__",
            "unknown",
        ),
        (json!({"a/b~c": 1}), "#/a~1b~0c", "unknown"),
    ];
    for (change, pointer, code) in cases {
        let found = faults(&visitor, &change);
        assert_eq!(found, [(pointer.to_owned(), code.to_owned())], "{change}");
    }
}

#[test]
fn a_field_sent_twice_is_refused_by_name() {
    let visitor = Visitor::new();
    let body = b"name=Ada&name=Eve&email=a%40example.com&message=Hello+there&privacy=on";
    let headers = [
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let answer = visitor.request("POST", "/forms/contact", &headers, body);
    let problem = answer.json();
    assert_eq!(problem["errors"][0]["code"], "repeated", "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], "#/name");
}

#[test]
fn what_looks_like_code_is_stored_as_it_is() {
    let visitor = Visitor::new();
    let text = "'; DROP TABLE form_submissions; -- {{7*7}} ${jndi:ldap://x} <script>alert(1)</script> \u{202e}gnp.exe";
    let mut body = message("code");
    body["message"] = text.into();
    let answer = visitor.post_json("/forms/contact", None, &body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(stored(stack(), &id).unwrap()["fields"]["message"], text);
    super::visitor::wait_for_delivery(stack(), &id, "database#sql", "done");
    let rows = stack()
        .sql(&format!(
            "SELECT fields->>'message' FROM form_submissions WHERE id = '{id}'"
        ))
        .unwrap();
    assert_eq!(rows, [text]);
}

#[test]
fn letters_are_normalised_and_line_ends_unified() {
    let visitor = Visitor::new();
    let mut body = message("unicode");
    body["name"] = "  Zoe\u{308} \u{1f469}\u{200d}\u{1f52c}  ".into();
    body["message"] = "one\r\ntwo\rthree".into();
    let answer = visitor.post_json("/forms/contact", None, &body);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let fields = stored(stack(), &id).unwrap()["fields"].clone();
    assert_eq!(fields["name"], "Zo\u{eb} \u{1f469}\u{200d}\u{1f52c}");
    assert_eq!(fields["message"], "one\ntwo\nthree");
}

#[test]
fn posts_from_other_sites_and_forged_tokens_are_told_apart() {
    let visitor = Visitor::new();
    let mut headers = vec![
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ];
    let body = message("other-site").to_string();
    let answer = visitor.request("POST", "/forms/contact", &headers, body.as_bytes());
    assert_eq!(
        (answer.status, answer.json()["code"].clone()),
        (403, "form.origin".into())
    );
    assert_eq!(answer.header("access-control-allow-origin"), "");

    headers.truncate(2);
    let mut forged = message("forged-token");
    forged["form_token"] = "AAAA.BBBB".into();
    let answer = visitor.request(
        "POST",
        "/forms/contact",
        &headers,
        forged.to_string().as_bytes(),
    );
    // Never refused for its token alone: it is weighed.
    assert_eq!(answer.status, 201, "{}", answer.text());
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let stored = stored(stack(), &id).unwrap();
    assert_eq!(stored["state"], "quarantined");
    assert_eq!(stored["signals"][0]["code"], "token_forged", "{stored}");
}

#[test]
fn links_that_were_changed_open_nothing() {
    let visitor = Visitor::new();
    for path in [
        "/forms/confirm/abc",
        "/forms/unsubscribe/abc",
        "/forms/receipt/abc",
        "/forms/quote/files/abc",
    ] {
        assert_eq!(visitor.get(path).status, 400, "{path}");
    }
    for (path, status) in [
        ("/forms/nothing", 404),
        ("/forms/contact/nothing", 404),
        ("/forms/assets/nothing.js", 404),
        ("/forms/..%2fadmin", 404),
    ] {
        assert_eq!(visitor.get(path).status, status, "{path}");
    }
    let deleted = visitor.request(
        "DELETE",
        "/forms/contact",
        &[("accept", "application/json")],
        b"",
    );
    assert_eq!(
        (deleted.status, deleted.json()["code"].clone()),
        (405, "form.method".into())
    );
}

#[test]
fn nothing_personal_is_in_the_logs() {
    let visitor = Visitor::new();
    let id = visitor.send_message("secret-parcel");
    super::visitor::wait_for_delivery(stack(), &id, "webhook#crm", "done");
    super::visitor::wait_for_delivery(stack(), &id, "email#team", "done");
    for function in [
        "forms-intake",
        "forms-dispatch",
        "forms-deliver",
        "forms-project",
    ] {
        let lines = stack().logs(function).unwrap();
        assert!(!lines.is_empty(), "{function}");
        for line in lines {
            for word in ["secret-parcel", "Ada Lovelace", "100.64.", "100.65."] {
                assert!(!line.contains(word), "{function}: {line}");
            }
        }
    }
}
