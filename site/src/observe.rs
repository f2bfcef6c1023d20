//! Around every request: its id, an entity tag, where the time went, one line in the log.

use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use sha2::{Digest, Sha256};
use tracing::info;

use crate::answer::{Reads, SERVER_TIMING, set};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is believed.
const MAX_ID_BYTES: usize = 128;
/// Longest answer that gets an entity tag; all of ours are shorter.
const MAX_TAGGED_BYTES: usize = 4 * 1024 * 1024;

pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let expected = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = tag(next.run(request).await, &method, expected.as_ref()).await;
    let reads = response
        .extensions_mut()
        .remove::<Reads>()
        .unwrap_or_default();
    let duration_ms = began.elapsed().as_secs_f64() * 1_000.0;
    let timing = format!("app;dur={duration_ms:.1}{}", reads.server_timing());
    set(&mut response, SERVER_TIMING, &timing);
    if let Some(id) = &id {
        response.headers_mut().insert(REQUEST_ID, id.clone());
    }
    // The load balancer asks every few seconds; that says nothing.
    if path != "/healthz" {
        info!(
            request_id = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default(),
            method = %method,
            path,
            status = response.status().as_u16(),
            duration_ms,
            cache = reads.outcome().unwrap_or_default(),
            "Answered"
        );
    }
    response
}

/// The id that the tiers before gave this request.
fn request_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(REQUEST_ID)?;
    let is_sane = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_=".contains(byte);
    let bytes = id.as_bytes();
    (bytes.len() <= MAX_ID_BYTES && bytes.iter().all(is_sane)).then(|| id.clone())
}

/// Gives a page that may be kept an entity tag, and answers 304 to who has it already.
async fn tag(response: Response, method: &Method, expected: Option<&HeaderValue>) -> Response {
    let is_kept = !response
        .headers()
        .get(header::CACHE_CONTROL)
        .is_none_or(|value| value.as_bytes().starts_with(b"private"));
    let is_read = *method == Method::GET || *method == Method::HEAD;
    if response.status() != StatusCode::OK || !is_kept || !is_read {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_TAGGED_BYTES).await else {
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let etag = entity_tag(&bytes);
    let is_known = expected.is_some_and(|expected| names(expected, &etag));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        parts.headers.insert(header::ETAG, value);
    }
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn entity_tag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // Weak: nginx compresses on the way.
    format!("W/\"{hex}\"")
}

/// Whether a list of entity tags has this one; compression makes strong ones weak.
fn names(expected: &HeaderValue, etag: &str) -> bool {
    let opaque = etag.trim_start_matches("W/");
    expected.to_str().is_ok_and(|list| {
        list.split(',')
            .map(str::trim)
            .any(|one| one == "*" || one.trim_start_matches("W/") == opaque)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_break_a_log_are_not_believed() {
        let with = |id: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(id));
            request_id(&headers).is_some()
        };
        assert!(with("kZ_9-a=="));
        assert!(!with("a b") && !with("\"},{\""));
    }

    #[test]
    fn entity_tags_are_compared_weakly() {
        let tag = entity_tag(b"page");
        let strong = tag.trim_start_matches("W/").to_owned();
        let list = HeaderValue::from_str(&format!("\"other\", {strong}")).unwrap();
        assert!(names(&list, &tag));
        assert!(!names(&HeaderValue::from_static("\"other\""), &tag));
    }
}
