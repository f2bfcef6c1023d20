//! Requests: which page, which method.

use std::sync::Arc;
use std::time::Instant;

use http::{Method, Response};
use lambda_http::{Body, Request, RequestExt as _};
use lambda_kit::{Classified as _, now_ms};
use status_page::Snapshot;
use telemetry::{Chain, Metrics};
use tracing::{debug, error, info};

use crate::response::{finish, nothing_known, problem};
use crate::snapshots::Known;
use crate::{Deps, WebError, health, push, status};

/// What there is to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page<'a> {
    Live,
    Ready,
    Health,
    Status,
    Json,
    Atom,
    Badge { component: &'a str, file: &'a str },
    Push { check: &'a str },
}

impl<'a> Page<'a> {
    fn of(path: &'a str) -> Result<Self, WebError> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        Ok(match parts.as_slice() {
            ["health", "live"] => Self::Live,
            ["health", "ready"] => Self::Ready,
            ["health"] => Self::Health,
            ["health", "push", check] => Self::Push { check },
            ["status"] => Self::Status,
            ["status.json"] => Self::Json,
            ["status", "incidents.atom"] => Self::Atom,
            ["badge", component, file] => Self::Badge { component, file },
            _ => return Err(WebError::NotFound),
        })
    }

    /// Its name, without what others put into it.
    const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Ready => "ready",
            Self::Health => "health",
            Self::Status => "status",
            Self::Json => "json",
            Self::Atom => "atom",
            Self::Badge { .. } => "badge",
            Self::Push { .. } => "push",
        }
    }

    /// A heartbeat changes something: to ask only for its head must not.
    fn allow(self, method: &Method) -> Result<(), WebError> {
        let (methods, allowed) = match self {
            Self::Push { .. } => ([Method::GET, Method::POST], "GET, POST"),
            _ => ([Method::GET, Method::HEAD], "GET, HEAD"),
        };
        if methods.contains(method) {
            Ok(())
        } else {
            Err(WebError::Method { allowed })
        }
    }
}

/// Answers a request under `/health`, `/status` or `/badge/`.
pub async fn handle(request: Request, deps: Arc<Deps>) -> Response<Body> {
    let started = Instant::now();
    let request_id = request.lambda_context().request_id;
    let mut metrics = deps.config.telemetry.metrics();
    let page = Page::of(request.raw_http_path());
    let name = page.as_ref().map_or("unknown", |page| page.name());
    let outcome = match page {
        Ok(page) => Box::pin(show(&request, page, &deps, &mut metrics)).await,
        Err(failure) => Err(failure),
    };
    let response = finish(outcome.unwrap_or_else(|failure| {
        log(&failure);
        problem(&failure, &request_id)
    }));
    metrics.flush();
    let (status, duration_ms) = (
        response.status().as_u16(),
        started.elapsed().as_secs_f64() * 1000.0,
    );
    // The load balancer asks every few seconds.
    if name == Page::Live.name() {
        debug!(status, page = name, duration_ms, "Answered");
    } else {
        info!(status, method = %request.method(), page = name, duration_ms, "Answered");
    }
    if request.method() == Method::HEAD {
        response.map(|_| Body::Empty)
    } else {
        response
    }
}

async fn show(
    request: &Request,
    page: Page<'_>,
    deps: &Deps,
    metrics: &mut Metrics,
) -> Result<Response<Body>, WebError> {
    page.allow(request.method())?;
    let now_ms = now_ms();
    match page {
        Page::Live => return Ok(health::live()),
        Page::Push { check } => {
            let response = push::push(request, check, deps, now_ms).await?;
            metrics.count("Heartbeats");
            return Ok(response);
        }
        _ => {}
    }
    let known = deps.snapshots.get().await;
    if known.has_failed {
        metrics.count("SnapshotUnread");
    }
    match page {
        Page::Ready => Ok(health::ready(&known, now_ms)),
        Page::Health => Ok(health::health(&known, now_ms)),
        Page::Status if known.snapshot.is_none() => Ok(nothing_known()),
        _ => show_snapshot(page, snapshot(&known)?, now_ms),
    }
}

fn show_snapshot(
    page: Page<'_>,
    snapshot: &Snapshot,
    now_ms: i64,
) -> Result<Response<Body>, WebError> {
    match page {
        Page::Json => Ok(status::json(snapshot)),
        Page::Atom => Ok(status::atom(snapshot)),
        Page::Badge { component, file } => status::svg(snapshot, component, file, now_ms),
        _ => Ok(status::html(snapshot, now_ms)),
    }
}

fn snapshot(known: &Known) -> Result<&Snapshot, WebError> {
    known.snapshot.as_deref().ok_or(WebError::NothingKnown)
}

fn log(failure: &WebError) {
    if failure.status().is_server_error() {
        error!(error.code = failure.code(), error = %Chain(failure), "Could not answer");
    } else {
        // What others do wrong may hold what they typed.
        info!(error.code = failure.code(), "Refused a request");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_pages() {
        for (path, name) in [
            ("/health/live", "live"),
            ("/health/ready", "ready"),
            ("/health", "health"),
            ("/health/", "health"),
            ("/health/push/backup", "push"),
            ("/status", "status"),
            ("/status.json", "json"),
            ("/status/incidents.atom", "atom"),
            ("/badge/home/health.svg", "badge"),
        ] {
            assert_eq!(Page::of(path).unwrap().name(), name, "{path}");
        }
        for path in [
            "/",
            "",
            "/healthy",
            "/health/push",
            "/status/x",
            "/badge/home",
            "/badge/a/b/c",
        ] {
            assert!(matches!(Page::of(path), Err(WebError::NotFound)), "{path}");
        }
    }

    #[test]
    fn only_heartbeats_are_posted_and_none_by_asking_for_the_head() {
        let allows = |page: Page<'_>, method: Method| page.allow(&method).is_ok();
        for page in [
            Page::Live,
            Page::Ready,
            Page::Health,
            Page::Status,
            Page::Json,
            Page::Atom,
        ] {
            assert!(allows(page, Method::GET) && allows(page, Method::HEAD));
            assert!(!allows(page, Method::POST) && !allows(page, Method::OPTIONS));
        }
        let push = Page::Push { check: "backup" };
        assert!(allows(push, Method::GET) && allows(push, Method::POST));
        assert!(!allows(push, Method::HEAD) && !allows(push, Method::DELETE));
    }
}
