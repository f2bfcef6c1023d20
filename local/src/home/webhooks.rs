//! A webhook receiver, as a customer system would be one: it checks the signature,
//! keeps what came, and can be told to fail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::page::layout;
use crate::forms::webhook_signature;

/// Webhooks that are kept, the newest.
const KEPT: usize = 20_000;
/// Webhooks that the page shows.
const SHOWN: usize = 100;

/// What came, and how the receiver answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Webhooks(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    received: VecDeque<Received>,
    /// The status of every answer while it is told to fail.
    failing: Option<u16>,
}

/// A webhook whose signature was right.
#[derive(Debug)]
struct Received {
    id: String,
    body: Value,
}

impl Webhooks {
    /// Takes a webhook.
    pub(crate) fn receive(&self, headers: &HeaderMap, body: &str) -> StatusCode {
        let header = |name: &str| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
        let Ok(expected) = webhook_signature(id, timestamp, body) else {
            return StatusCode::INTERNAL_SERVER_ERROR;
        };
        if !header("webhook-signature")
            .split(' ')
            .any(|one| one == expected)
        {
            return StatusCode::UNAUTHORIZED;
        }
        let Ok(body) = serde_json::from_str(body) else {
            return StatusCode::BAD_REQUEST;
        };
        let Ok(mut state) = self.0.lock() else {
            return StatusCode::INTERNAL_SERVER_ERROR;
        };
        if let Some(status) = state.failing {
            return StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let id = id.to_owned();
        state.received.push_back(Received { id, body });
        if state.received.len() > KEPT {
            state.received.pop_front();
        }
        StatusCode::NO_CONTENT
    }

    /// Fails from now on with `status`, or works again.
    pub(crate) fn fail_with(&self, status: Option<u16>) {
        if let Ok(mut state) = self.0.lock() {
            state.failing = status;
        }
    }

    /// Everything that came, oldest first.
    pub(crate) fn documents(&self) -> Vec<Value> {
        let Ok(state) = self.0.lock() else {
            return Vec::new();
        };
        state
            .received
            .iter()
            .map(|webhook| json!({"id": webhook.id, "type": webhook.body["type"], "data": webhook.body["data"]}))
            .collect()
    }

    /// The newest as a page.
    pub(crate) fn page(&self) -> Markup {
        let documents = self.documents();
        layout(
            "Webhooks",
            None,
            &html! {
                h1 { "Webhooks" }
                p { "What the receiver on this machine got, the newest first. Signatures are checked: "
                    "a webhook with a wrong one is answered 401 and not shown." }
                @if documents.is_empty() { p { "Nothing came yet." } }
                @for document in documents.iter().rev().take(SHOWN) {
                    details {
                        summary { code { (document["id"].as_str().unwrap_or_default()) } " "
                            (document["data"]["form"].as_str().unwrap_or_default()) }
                        pre { (format!("{document:#}")) }
                    }
                }
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(id: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", id),
            ("webhook-timestamp", "5"),
            ("webhook-signature", signature),
        ] {
            headers.insert(
                axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        headers
    }

    #[test]
    fn only_signed_webhooks_are_kept() {
        let webhooks = Webhooks::default();
        let body = r#"{"type":"form.submitted","data":{"form":"contact"}}"#;
        let signature = webhook_signature("a", "5", body).unwrap();
        assert_eq!(
            webhooks.receive(&headers("a", &signature), body),
            StatusCode::NO_CONTENT
        );
        assert_eq!(
            webhooks.receive(&headers("b", &signature), body),
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(webhooks.documents().len(), 1);
        webhooks.fail_with(Some(503));
        assert_eq!(
            webhooks.receive(&headers("a", &signature), body).as_u16(),
            503
        );
        assert_eq!(webhooks.documents().len(), 1);
    }
}
