//! Asks a target for the documents that say which pages it has.

use std::time::Duration;

use http::header::{ACCEPT_ENCODING, PRAGMA};
use lambda_kit::now_ms;
use reqwest::{Client, Response, StatusCode};
use tokio::sync::Mutex;
use tracing::warn;
use url::{Position, Url};
use warming::{Robots, SIGNATURE_HEADER, product, signature_header};

use crate::PlanError;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest wait for the next bytes.
const READ: Duration = Duration::from_secs(20);
/// How much of `robots.txt` counts.
/// <https://www.rfc-editor.org/rfc/rfc9309#section-2.5>
const MAX_ROBOTS: usize = 500 << 10;
/// How long `robots.txt` is taken for what it was.
const ROBOTS_KEPT_MS: i64 = 600_000;

/// Asks one target.
#[derive(Debug)]
pub(crate) struct SiteClient {
    http: Client,
    base: Url,
    key: Vec<u8>,
    robots: Mutex<Option<(i64, Robots)>>,
}

/// A client that follows no redirect, asks no proxy, and hands bodies over as they come.
pub(crate) fn client(site_url: &str) -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(product(site_url))
        .connect_timeout(CONNECT)
        .read_timeout(READ)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .referer(false)
        .build()
}

impl SiteClient {
    pub(crate) fn new(http: Client, base: Url, key: &str) -> Self {
        Self {
            http,
            base,
            key: key.as_bytes().to_vec(),
            robots: Mutex::new(None),
        }
    }

    /// The host as sitemaps name it.
    pub(crate) fn host(&self) -> String {
        self.base[Position::BeforeHost..Position::AfterPort].to_owned()
    }

    /// Asks for a document of the target, whatever host its path may name.
    pub(crate) async fn open(&self, path: &str) -> Result<Response, PlanError> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| PlanError::Site {
            path: path.to_owned(),
            source,
        };
        let origin = &self.base[..Position::BeforePath];
        let url = Url::parse(&format!("{origin}/{}", path.trim_start_matches('/')));
        let url = url.map_err(|error| failed(error.into()))?;
        let target = &url[Position::BeforePath..Position::AfterQuery];
        let signature = signature_header(&self.key, target, now_ms());
        let request = self
            .http
            .get(url.clone())
            .header(ACCEPT_ENCODING, "gzip")
            .header(PRAGMA, "server-timing")
            .header(SIGNATURE_HEADER, signature);
        let response = request.send().await;
        let response = response.map_err(|error| failed(error.without_url().into()))?;
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(failed(format!("the site answered {status}").into()));
        }
        Ok(response)
    }

    /// What `robots.txt` allows. One that is not there allows everything; while the site cannot
    /// say, nothing may be asked for, and what it said before counts.
    /// <https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1>
    pub(crate) async fn robots(&self) -> Result<Robots, PlanError> {
        let mut kept = self.robots.lock().await;
        let now_ms = now_ms();
        if let Some((at_ms, robots)) = &*kept
            && now_ms - at_ms < ROBOTS_KEPT_MS
        {
            return Ok(robots.clone());
        }
        match (self.read_robots().await, &*kept) {
            (Ok(robots), _) => {
                *kept = Some((now_ms, robots.clone()));
                Ok(robots)
            }
            (Err(error), Some((_, robots))) => {
                warn!(error = %telemetry::Chain(&error), "Kept an older robots.txt");
                Ok(robots.clone())
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn read_robots(&self) -> Result<Robots, PlanError> {
        let path = "/robots.txt";
        let mut response = self.open(path).await?;
        if !response.status().is_success() {
            return Ok(Robots::allow_all());
        }
        let mut text = Vec::new();
        loop {
            let piece = response.chunk().await.map_err(|error| PlanError::Site {
                path: path.to_owned(),
                source: error.without_url().into(),
            })?;
            let Some(piece) = piece else { break };
            let room = MAX_ROBOTS - text.len();
            text.extend_from_slice(&piece[..piece.len().min(room)]);
            if text.len() == MAX_ROBOTS {
                break;
            }
        }
        Ok(Robots::parse(&String::from_utf8_lossy(&text)))
    }
}
