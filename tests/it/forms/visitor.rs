//! Somebody who uses the site's forms, and what became of it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use local::Stack;
use serde_json::{Value, json};

use crate::harness::{Answer, stack, wait_for};

/// Longest wait for something that takes a second or two: the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// A visitor with a network of its own, so that no test counts against another's rates.
pub(crate) struct Visitor<'a> {
    stack: &'a Stack,
    address: String,
}

impl Visitor<'static> {
    pub(crate) fn new() -> Self {
        Visitor::of(stack())
    }
}

impl<'a> Visitor<'a> {
    pub(crate) fn of(stack: &'a Stack) -> Self {
        static NETWORKS: AtomicU32 = AtomicU32::new(0);
        let network = NETWORKS.fetch_add(1, Ordering::SeqCst);
        let address = format!("100.{}.{}.7:4711", 64 + network / 256 % 64, network % 256);
        Self { stack, address }
    }

    /// A request through the distribution, as a browser sends it.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let host = self.stack.output("DistributionDomainName").unwrap();
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.stack.emulator_endpoint()))
            .header("host", host)
            .header("user-agent", "Mozilla/5.0 (test)")
            .header("accept-language", "en")
            .header("cloudfront-viewer-address", &self.address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(body).unwrap()).unwrap();
        let body = response.body_mut().read_to_vec().unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body,
        }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[("accept", "text/html")], b"")
    }

    /// Posts as a browser without JavaScript does.
    pub(crate) fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let headers = [
            ("accept", "text/html"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.request("POST", path, &headers, encode(pairs).as_bytes())
    }

    /// Opens a form, takes as long as people take at least, and sends it.
    pub(crate) fn fill_in(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let page = self.get(path).text();
        let token = attribute(&page, "name=\"form_token\"", "value");
        std::thread::sleep(Duration::from_millis(3_100));
        let mut pairs = pairs.to_vec();
        pairs.push(("form_token", &token));
        self.post(path, &pairs)
    }

    /// Posts as a program does, with an `Idempotency-Key` where one is given.
    pub(crate) fn post_json(&self, path: &str, key: Option<&str>, body: &Value) -> Answer {
        let mut headers = vec![
            ("accept", "application/json"),
            ("content-type", "application/json"),
        ];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        self.request("POST", path, &headers, body.to_string().as_bytes())
    }

    /// Posts a message to the contact form as a program and returns its name.
    pub(crate) fn send_message(&self, marker: &str) -> String {
        let answer = self.post_json("/forms/contact", None, &message(marker));
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }
}

/// A contact message that can be told from every other by its `marker`.
pub(crate) fn message(marker: &str) -> Value {
    json!({
        "name": "Ada Lovelace",
        "email": format!("{marker}@example.com"),
        "topic": "order",
        "order_number": marker,
        "message": format!("Where is the parcel of order {marker}? It was due last week."),
        "privacy": true,
    })
}

pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The value of an attribute in HTML, where it follows `before`.
pub(crate) fn attribute(html: &str, before: &str, name: &str) -> String {
    let start = html
        .find(before)
        .unwrap_or_else(|| panic!("no {before} in {html}"));
    let rest = &html[start + before.len()..];
    let value = rest.split(&format!("{name}=\"")).nth(1).unwrap();
    value.split('"').next().unwrap().replace("&amp;", "&")
}

/// A row of the submissions table, as DynamoDB writes it.
pub(crate) fn row(stack: &Stack, id: &str, sort: &str) -> Option<Value> {
    let table = stack.output("SubmissionsTableName").unwrap();
    let key = json!({"pk": {"S": format!("SUB#{id}")}, "sk": {"S": sort}});
    let answer = stack
        .dynamodb(
            "GetItem",
            &json!({"TableName": table, "Key": key, "ConsistentRead": true}),
        )
        .unwrap();
    answer.get("Item").cloned()
}

/// A stored submission.
pub(crate) fn stored(stack: &Stack, id: &str) -> Option<Value> {
    let row = row(stack, id, "META")?;
    let mut document: Value = serde_json::from_str(row["document"]["S"].as_str()?).ok()?;
    document["state_now"] = row["state"]["S"].clone();
    Some(document)
}

/// The state of a delivery, such as `email#team`.
pub(crate) fn delivery(stack: &Stack, id: &str, name: &str) -> Option<Value> {
    row(stack, id, &format!("DLV#{name}"))
}

/// Waits until a delivery is in a state and returns its row.
pub(crate) fn wait_for_delivery(stack: &Stack, id: &str, name: &str, state: &str) -> Value {
    wait_for(&format!("delivery {name} of {id} to be {state}"), || {
        delivery(stack, id, name).filter(|row| row["state"]["S"] == state)
    })
}

/// The webhooks that a submission came with.
pub(crate) fn webhooks(stack: &Stack, id: &str) -> Vec<Value> {
    let mut received = stack.received_webhooks();
    received.retain(|webhook| webhook["data"]["submission"] == id);
    received
}

/// The mails that hold a text, in subject, body or addresses.
pub(crate) fn mails(stack: &Stack, text: &str) -> Vec<Value> {
    let mut mails = stack.sent_mails().unwrap();
    mails.retain(|mail| mail.to_string().contains(text));
    mails
}
