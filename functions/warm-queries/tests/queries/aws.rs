//! The results bucket and the health table as the function meets them.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What is stored.
#[derive(Default)]
pub(crate) struct Stored {
    /// The hot list; none before anybody came.
    pub(crate) hot_list: Option<String>,
    /// What the prober says; none before it looked.
    pub(crate) health: Option<String>,
}

/// The services, on a port of their own.
#[derive(Clone)]
pub(crate) struct Aws {
    stored: Arc<Mutex<Stored>>,
    pub(crate) endpoint: String,
}

impl Aws {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let aws = Self {
            stored: Arc::default(),
            endpoint: format!("http://{}", listener.local_addr().unwrap()),
        };
        let router = Router::new().fallback(answer).with_state(aws.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        aws
    }

    pub(crate) fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap()
    }
}

async fn answer(State(aws): State<Aws>, uri: Uri, headers: HeaderMap) -> Response {
    let stored = aws.stored();
    if headers.contains_key("x-amz-target") {
        let item = stored.health.as_ref().map(|now| {
            json!({"pk": {"S": "now"}, "sk": {"S": "-"}, "made_ms": {"N": "1"}, "now": {"S": now}})
        });
        let body = item.map_or_else(|| json!({}), |item| json!({ "Item": item }));
        return (
            [("content-type", "application/x-amz-json-1.0")],
            body.to_string(),
        )
            .into_response();
    }
    let is_list = uri.path().ends_with("/hot-lists/halden.json");
    match stored.hot_list.clone().filter(|_| is_list) {
        Some(list) => list.into_response(),
        None => {
            let text = "<Error><Code>NoSuchKey</Code><Message>No.</Message></Error>";
            (
                StatusCode::NOT_FOUND,
                [("content-type", "application/xml")],
                text,
            )
                .into_response()
        }
    }
}
