//! Answers as HTTP: pages for people, JSON for programs.

use form_definition::FieldFault;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, VARY};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use lambda_http::Body;
use lambda_kit::{Classified, Problem};
use serde::Serialize;
use serde_json::Value;

use crate::IntakeError;

/// Seconds after which a refused client may try again.
const RETRY_AFTER: &str = "60";

/// An RFC 9457 problem with the fields that are wrong.
#[derive(Serialize)]
struct FieldProblem {
    #[serde(flatten)]
    problem: Problem,
    errors: Vec<FieldFault>,
}

/// A page. Everything here is about one visitor and one moment: nothing is cached.
pub(crate) fn page(
    status: StatusCode,
    html: String,
    upload_origin: Option<&str>,
) -> Response<Body> {
    let policy = form_page::content_security_policy(upload_origin);
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    set(
        response.headers_mut(),
        CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    set(response.headers_mut(), CACHE_CONTROL, "no-store");
    set(response.headers_mut(), CONTENT_SECURITY_POLICY, &policy);
    response
}

/// JSON.
pub(crate) fn json(status: StatusCode, value: &Value, cache_control: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    set(response.headers_mut(), CONTENT_TYPE, "application/json");
    set(response.headers_mut(), CACHE_CONTROL, cache_control);
    response
}

/// `303 See Other`: the browser gets the next page, and a reload does not post again.
pub(crate) fn see_other(location: &str) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::SEE_OTHER;
    set(response.headers_mut(), LOCATION, location);
    set(response.headers_mut(), CACHE_CONTROL, "no-store");
    response
}

/// A problem for a program.
pub(crate) fn problem(error: &IntakeError, request_id: &str) -> Response<Body> {
    let problem = Problem::from_error(error, request_id).with_status(error.status());
    let mut problem = if error.status() == StatusCode::TOO_MANY_REQUESTS {
        Problem::new(
            error.status(),
            error.code(),
            format!("failed to {error}"),
            request_id,
        )
    } else {
        problem
    };
    if let IntakeError::Fields { faults } = error {
        problem.detail = "Some fields need another look".to_owned();
        let body = FieldProblem {
            problem,
            errors: faults.clone(),
        };
        let mut response =
            Response::new(Body::from(serde_json::to_string(&body).unwrap_or_default()));
        *response.status_mut() = error.status();
        set(
            response.headers_mut(),
            CONTENT_TYPE,
            "application/problem+json",
        );
        set(response.headers_mut(), CACHE_CONTROL, "no-store");
        return response;
    }
    let mut response = problem.into_response().map(Body::from);
    set(response.headers_mut(), CACHE_CONTROL, "no-store");
    response
}

/// What every answer says: which variants there are, when to come again.
pub(crate) fn finish(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers
        .entry(VARY)
        .or_insert(HeaderValue::from_static("Accept, Origin"));
    set(headers, http::header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if matches!(
        response.status(),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    ) {
        let headers = response.headers_mut();
        set(headers, http::header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

/// Lets the pages of another origin read the answer; only origins that the form names.
pub(crate) fn allow_origin(response: &mut Response<Body>, origin: &str) {
    let headers = response.headers_mut();
    set(headers, http::header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    set(
        headers,
        http::header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "Idempotent-Replay, Retry-After",
    );
}

/// The answer to a browser that asks whether it may post from another origin.
pub(crate) fn preflight(origin: &str) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    set(
        headers,
        http::header::ACCESS_CONTROL_ALLOW_METHODS,
        "GET, POST",
    );
    set(
        headers,
        http::header::ACCESS_CONTROL_ALLOW_HEADERS,
        "content-type, idempotency-key",
    );
    set(headers, http::header::ACCESS_CONTROL_MAX_AGE, "3600");
    allow_origin(&mut response, origin);
    response
}

/// Sets a header; a value that HTTP does not allow is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
