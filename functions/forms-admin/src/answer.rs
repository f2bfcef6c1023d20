//! Answers as HTTP.

use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use lambda_http::Body;
use serde_json::Value;

use crate::AdminError;

/// Nothing but the site's own style and forms.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// A report has its style in it, and nothing that leads anywhere.
const REPORT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                             base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A page.
pub(crate) fn page(status: StatusCode, html: String) -> Response<Body> {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    set(headers, CONTENT_TYPE, "text/html; charset=utf-8");
    set(headers, CONTENT_SECURITY_POLICY, POLICY);
    set(headers, CACHE_CONTROL, "no-store");
    response
}

/// A report, as it was written.
pub(crate) fn report(html: String) -> Response<Body> {
    let mut response = page(StatusCode::OK, html);
    let headers = response.headers_mut();
    set(headers, CONTENT_SECURITY_POLICY, REPORT_POLICY);
    response
}

/// A file to be saved.
pub(crate) fn file(name: &str, media_type: &str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    set(headers, CONTENT_TYPE, media_type);
    set(headers, CACHE_CONTROL, "no-store");
    let disposition = format!("attachment; filename=\"{name}\"");
    set(headers, CONTENT_DISPOSITION, &disposition);
    response
}

/// `303 See Other`.
pub(crate) fn see_other(location: &str) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::SEE_OTHER;
    set(response.headers_mut(), LOCATION, location);
    set(response.headers_mut(), CACHE_CONTROL, "no-store");
    response
}

/// Sets a header; a value that HTTP does not allow is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// A header's value, where it is text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A page that was found.
pub(crate) fn ok(html: String) -> Response<Body> {
    page(StatusCode::OK, html)
}

/// A document that programs read.
pub(crate) fn json(value: &Value) -> Result<Response<Body>, AdminError> {
    let mut response = Response::new(Body::from(serde_json::to_string(value)?));
    let headers = response.headers_mut();
    set(headers, CONTENT_TYPE, "application/json");
    set(headers, CACHE_CONTROL, "no-store");
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_private_and_can_do_nothing() {
        let response = report("<!DOCTYPE html>".to_owned());
        let header = |name| response.headers()[name].to_str().unwrap();
        assert_eq!(header(CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(header(CACHE_CONTROL), "no-store");
        assert_eq!(
            header(CONTENT_SECURITY_POLICY),
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
    }
}
