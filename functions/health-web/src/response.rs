//! Answers as HTTP.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    REFRESH, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use lambda_http::Body;
use lambda_kit::Problem;
use status_page::{CONTENT_POLICY, PAGE_TYPE, REFRESH_S};

use crate::WebError;

/// For answers that say nothing a moment later.
pub(crate) const NOT_KEPT: &str = "no-store";
/// Nothing runs in what is no page.
const NOTHING_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// Seconds after which there may be something to show.
const RETRY_S: &str = "30";

/// What is shown while nothing is known.
const NOTHING_KNOWN: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <title>Status: not known</title><main><h1>Status: not known</h1>\
    <p>How the site is cannot be told just now. That says nothing about the site itself. \
    This page tries again in a minute.</p></main></html>";

/// An answer of a media type, to be kept for as long as `cache_control` says.
pub(crate) fn answer(
    status: u16,
    media_type: &str,
    cache_control: &str,
    body: String,
) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    set(headers, CONTENT_TYPE, media_type);
    set(headers, CACHE_CONTROL, cache_control);
    response
}

/// The status page, which asks for itself again.
pub(crate) fn page(status: u16, cache_control: &str, html: String) -> Response<Body> {
    let mut response = answer(status, PAGE_TYPE, cache_control, html);
    let headers = response.headers_mut();
    set(headers, CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    set(headers, REFRESH, &REFRESH_S.to_string());
    response
}

/// The page while nothing is known.
pub(crate) fn nothing_known() -> Response<Body> {
    let status = StatusCode::SERVICE_UNAVAILABLE.as_u16();
    let mut response = page(status, NOT_KEPT, NOTHING_KNOWN.to_owned());
    set(response.headers_mut(), RETRY_AFTER, RETRY_S);
    response
}

/// An error for a program.
pub(crate) fn problem(error: &WebError, request_id: &str) -> Response<Body> {
    let problem = Problem::from_error(error, request_id).with_status(error.status());
    let mut response = problem.into_response().map(Body::from);
    let headers = response.headers_mut();
    match error {
        WebError::NotFound | WebError::UnknownBadge { .. } => {}
        WebError::Method { allowed } => {
            set(headers, ALLOW, allowed);
            set(headers, CACHE_CONTROL, NOT_KEPT);
        }
        WebError::NothingKnown => set(headers, RETRY_AFTER, RETRY_S),
        WebError::Unauthorized => {
            set(headers, WWW_AUTHENTICATE, "Bearer realm=\"heartbeats\"");
            set(headers, CACHE_CONTROL, NOT_KEPT);
        }
        _ => set(headers, CACHE_CONTROL, NOT_KEPT),
    }
    response
}

/// What every answer says.
pub(crate) fn finish(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, REFERRER_POLICY, "no-referrer");
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        set(headers, CONTENT_SECURITY_POLICY, NOTHING_POLICY);
    }
    response
}

/// Sets a header; a value that HTTP does not allow is left out.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
