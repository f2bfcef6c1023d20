//! Serves the home page on loopback.

use std::net::{Ipv4Addr, TcpListener};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::Markup;
use serde::Deserialize;
use tokio::sync::oneshot;

use super::invalidation::{INVALIDATIONS, carry_out};
use super::upload::{self, MAX_FORM_BYTES, Refusal};
use super::{Site, forms, listing, page};
use crate::forms::WEBHOOKS;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("drop.js");

/// Nothing from elsewhere; styles in attributes are the pictures' placeholders.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data:; \
    style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The home page's server; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Home {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Home {
    pub(crate) fn start(site: Site) -> Result<Self> {
        let port = site.ports.home;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("serve the home page on port {port}"))?;
        listener
            .set_nonblocking(true)
            .context("serve the home page")?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_io()
            .build()
            .context("serve the home page")?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                    return;
                };
                let serve = axum::serve(listener, router(site));
                tokio::select! {
                    _ = serve => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn router(site: Site) -> Router {
    let form_limit = usize::try_from(MAX_FORM_BYTES).unwrap_or(usize::MAX);
    Router::new()
        .route("/_local/", get(home))
        .route(
            "/_local/upload",
            post(receive).layer(DefaultBodyLimit::max(form_limit)),
        )
        .route("/_local/objects", get(objects))
        .route("/_local/logs/{source}", get(logs))
        .route("/_local/mail", get(mailbox))
        .route("/_local/database", get(database))
        .route(INVALIDATIONS, post(carry_out))
        .route(WEBHOOKS, get(webhooks).post(receive_webhook))
        .route(
            "/_local/style.css",
            get(|| asset("text/css; charset=utf-8", STYLE)),
        )
        .route(
            "/_local/drop.js",
            get(|| asset("text/javascript; charset=utf-8", SCRIPT)),
        )
        .route("/_local/health", get(|| async { "ok" }))
        .with_state(site)
}

#[derive(Deserialize)]
struct HomeQuery {
    /// How many photos the form before this page sent.
    received: Option<usize>,
}

async fn home(State(site): State<Site>, Query(query): Query<HomeQuery>) -> Response {
    let notice = query.received.map(page::Notice::Received);
    render(StatusCode::OK, move || page::home(&site, notice.as_ref())).await
}

async fn receive(State(site): State<Site>, headers: HeaderMap, form: Multipart) -> Response {
    let result = if is_from_here(&headers) {
        upload::store(&site, form).await
    } else {
        Err(Refusal("The form came from another site.".to_owned()))
    };
    match result {
        Ok(keys) => {
            Redirect::to(&format!("/_local/?received={}#photos", keys.len())).into_response()
        }
        Err(Refusal(reason)) => {
            let notice = page::Notice::Refused(reason);
            render(StatusCode::UNPROCESSABLE_ENTITY, move || {
                page::home(&site, Some(&notice))
            })
            .await
        }
    }
}

/// Whether a form was sent by this site's own page: no other page that the
/// browser shows may upload here.
pub(super) fn is_from_here(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    origin
        .to_str()
        .is_ok_and(|origin| origin.strip_prefix("http://") == Some(host))
}

#[derive(Deserialize)]
struct ObjectsQuery {
    #[serde(default)]
    prefix: String,
}

async fn objects(State(site): State<Site>, Query(query): Query<ObjectsQuery>) -> Response {
    render(StatusCode::OK, move || {
        listing::objects(&site, &query.prefix)
    })
    .await
}

async fn logs(State(site): State<Site>, Path(source): Path<String>) -> Response {
    render(StatusCode::OK, move || listing::logs(&site, &source)).await
}

async fn mailbox(State(site): State<Site>) -> Response {
    render(StatusCode::OK, move || forms::mailbox(&site)).await
}

async fn database(State(site): State<Site>) -> Response {
    render(StatusCode::OK, move || forms::database(&site)).await
}

async fn webhooks(State(site): State<Site>) -> Response {
    render(StatusCode::OK, move || Ok(site.webhooks.page())).await
}

async fn receive_webhook(State(site): State<Site>, headers: HeaderMap, body: String) -> StatusCode {
    site.webhooks.receive(&headers, &body)
}

async fn asset(content_type: &'static str, text: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, content_type),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        text,
    )
        .into_response()
}

/// Renders a page on a thread that may wait for the bucket.
async fn render<F>(status: StatusCode, make: F) -> Response
where
    F: FnOnce() -> Result<Markup> + Send + 'static,
{
    let headers: [(HeaderName, HeaderValue); 2] = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_POLICY),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let made = tokio::task::spawn_blocking(make).await;
    let (status, markup) = match made {
        Ok(Ok(markup)) => (status, markup),
        Ok(Err(error)) => (
            StatusCode::BAD_GATEWAY,
            page::failure(&format!("{error:#}")),
        ),
        Err(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            page::failure("make the page"),
        ),
    };
    (status, headers, Html(markup.into_string())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8080"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        headers
    }

    #[test]
    fn only_forms_of_this_page_are_taken() {
        assert!(is_from_here(&headers(None)));
        assert!(is_from_here(&headers(Some("http://127.0.0.1:8080"))));
        assert!(!is_from_here(&headers(Some("http://example.com"))));
        assert!(!is_from_here(&headers(Some("null"))));
    }
}
