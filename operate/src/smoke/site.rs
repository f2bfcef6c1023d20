//! Requests of the site, as a visitor makes them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use url::Url;

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Longest answer that is read.
const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_secs(2);

/// A site, and how patient the test is with it.
#[derive(Debug, Clone)]
pub(super) struct Site {
    origin: String,
    http: reqwest::Client,
    patience: Duration,
}

/// An answer of the site.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    headers: reqwest::header::HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Site {
    pub(super) fn new(address: &Url, patience: Duration) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .user_agent(concat!("sidetier-smoke/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("make an HTTP client")?;
        Ok(Self {
            origin: address.origin().ascii_serialization(),
            http,
            patience,
        })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Reply> {
        let request = self.http.get(format!("{}{path}", self.origin));
        read(
            request
                .send()
                .await
                .with_context(|| format!("get {path}"))?,
        )
        .await
    }

    /// Posts JSON as a program does that may be repeated.
    pub(super) async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Reply> {
        let request = self
            .http
            .post(format!("{}{path}", self.origin))
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(body.to_string());
        read(
            request
                .send()
                .await
                .with_context(|| format!("post {path}"))?,
        )
        .await
    }

    /// Asks again until `wanted` has no objection, or patience ends with the last one.
    pub(super) async fn eventually<T>(
        &self,
        path: &str,
        wanted: impl Fn(&Reply) -> Result<T>,
    ) -> Result<T> {
        let started = Instant::now();
        loop {
            let seen = self.get(path).await.and_then(|reply| wanted(&reply));
            match seen {
                Ok(found) => return Ok(found),
                Err(error) if started.elapsed() + PAUSE > self.patience => {
                    let waited = started.elapsed().as_secs();
                    return Err(error).with_context(|| format!("get {path} for {waited} s"));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

async fn read(mut response: reqwest::Response) -> Result<Reply> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.context("read the answer")? {
        ensure!(
            body.len() + chunk.len() <= MAX_BODY_BYTES,
            "its answer is longer than {MAX_BODY_BYTES} bytes"
        );
        body.extend_from_slice(&chunk);
    }
    Ok(Reply {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body,
    })
}

impl Reply {
    /// # Errors
    /// With the beginning of the answer, when it has another status.
    pub(super) fn expect(&self, status: u16) -> Result<()> {
        if self.status == status {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.body);
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.chars().take(160).collect();
        bail!("{} instead of {status}: {text}", self.status)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    pub(super) fn content_type(&self) -> &str {
        self.header("content-type")
    }

    pub(super) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).context("read the answer as JSON")
    }
}
