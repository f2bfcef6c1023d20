//! A web server that does what the query says, and tells what it was asked.
//!
//! `wish-status`, `-cache-control`, `-set-cookie`, `-vary`, `-header` (`name:value`),
//! `-sleep-ms`, `-body-bytes`. It answers the request as JSON: `server`, `number` (of requests for this
//! target), `method`, `target`, `headers`, `body_bytes`.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

type Counts = Arc<Mutex<HashMap<String, usize>>>;

/// A running web server. Dropping it closes its connections at once.
pub(crate) struct WebServer {
    runtime: Option<Runtime>,
    address: SocketAddr,
    counts: Counts,
}

impl WebServer {
    pub(crate) fn start(name: &'static str) -> Self {
        Self::start_at(name, 0)
    }

    pub(crate) fn start_at(name: &'static str, port: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let counts = Counts::default();
        let counted = Arc::clone(&counts);
        let router = Router::new().fallback(move |request: Request| {
            let counts = Arc::clone(&counted);
            async move { answer(name, &counts, request).await }
        });
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            runtime: Some(runtime),
            address,
            counts,
        }
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How often a target was asked for.
    pub(crate) fn count(&self, target: &str) -> usize {
        let counts = self.counts.lock().unwrap();
        counts.get(target).copied().unwrap_or_default()
    }

    /// How many requests it got.
    pub(crate) fn total(&self) -> usize {
        self.counts.lock().unwrap().values().sum()
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn answer(name: &'static str, counts: &Counts, request: Request) -> Response {
    let target = request.uri().to_string();
    let number = {
        let mut counts = counts.lock().unwrap();
        let count = counts.entry(target.clone()).or_default();
        *count += 1;
        *count
    };
    let query = request.uri().query().unwrap_or_default().to_owned();
    let wishes: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let wish = |name: &str| wishes.get(&format!("wish-{name}")).map(String::as_str);
    let method = request.method().to_string();
    let headers: BTreeMap<String, String> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into(),
            )
        })
        .collect();
    let body = to_bytes(request.into_body(), 64 << 20).await.unwrap();
    if let Some(milliseconds) = wish("sleep-ms") {
        tokio::time::sleep(Duration::from_millis(milliseconds.parse().unwrap())).await;
    }
    let padding = wish("body-bytes").map_or(0, |bytes| bytes.parse().unwrap());
    let document = json!({
        "server": name,
        "number": number,
        "method": method,
        "target": target,
        "headers": headers,
        "body_bytes": body.len(),
        "padding": "x".repeat(padding),
    });
    let mut response = Response::new(Body::from(document.to_string()));
    if let Some(status) = wish("status") {
        *response.status_mut() = StatusCode::from_bytes(status.as_bytes()).unwrap();
    }
    let answered = response.headers_mut();
    answered.insert("content-type", HeaderValue::from_static("application/json"));
    answered.insert("server-timing", HeaderValue::from_static("app;dur=3.1"));
    answered.insert("x-powered-by", HeaderValue::from_static("guesses"));
    if let Some(id) = headers.get("x-request-id") {
        answered.insert("x-request-id", HeaderValue::from_str(id).unwrap());
    }
    for name in ["cache-control", "set-cookie", "vary"] {
        if let Some(value) = wish(name) {
            answered.insert(name, HeaderValue::from_str(value).unwrap());
        }
    }
    if let Some((name, value)) = wish("header").and_then(|header| header.split_once(':')) {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        answered.insert(name, HeaderValue::from_str(value).unwrap());
    }
    response
}
