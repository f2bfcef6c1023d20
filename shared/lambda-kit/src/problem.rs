use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{Response, StatusCode};
use serde::Serialize;

use crate::{Classified, ErrorClass};

/// How long a client waits before it tries again, in seconds.
const RETRY_AFTER_SECONDS: &str = "5";

/// An error as an RFC 9457 answer (<https://www.rfc-editor.org/rfc/rfc9457>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The status again, as the RFC asks.
    pub status: u16,
    /// The status in words.
    pub title: String,
    /// What is wrong and what is allowed, for a person.
    pub detail: String,
    /// A stable code, for a program.
    pub code: &'static str,
    /// The invocation, to be found in the logs.
    pub request_id: String,
}

impl Problem {
    /// The answer to `error`. Failures of ours stay opaque: their story is in the logs.
    #[must_use]
    pub fn from_error(error: &dyn Classified, request_id: &str) -> Self {
        let status = match error.class() {
            ErrorClass::Invalid => StatusCode::BAD_REQUEST,
            ErrorClass::Forbidden => StatusCode::FORBIDDEN,
            ErrorClass::NotFound => StatusCode::NOT_FOUND,
            ErrorClass::Conflict => StatusCode::CONFLICT,
            ErrorClass::Throttled | ErrorClass::Transient => StatusCode::SERVICE_UNAVAILABLE,
            ErrorClass::Permanent => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let detail = if status.is_server_error() {
            format!("The request could not be served. Quote {request_id} when you ask about it.")
        } else {
            format!("failed to {error}")
        };
        Self::new(status, error.code(), detail, request_id)
    }

    /// A problem in your own words.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
        request_id: &str,
    ) -> Self {
        Self {
            status: status.as_u16(),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            detail: detail.into(),
            code,
            request_id: request_id.to_owned(),
        }
    }

    /// The same problem with a status that says it better than its class does.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status.as_u16();
        self.title = status.canonical_reason().unwrap_or("Error").to_owned();
        self
    }

    /// The HTTP answer: `application/problem+json`, cached for a minute where the
    /// request is at fault and not at all where we are.
    #[must_use]
    pub fn into_response(self) -> Response<String> {
        let server_fault = self.status >= 500;
        let mut builder = Response::builder()
            .status(self.status)
            .header(CONTENT_TYPE, "application/problem+json")
            .header(
                CACHE_CONTROL,
                if server_fault {
                    "no-store"
                } else {
                    "public, max-age=60"
                },
            );
        if self.status == StatusCode::SERVICE_UNAVAILABLE.as_u16() {
            builder = builder.header(RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        let body = serde_json::to_string(&self).unwrap_or_default();
        builder
            .body(body)
            .unwrap_or_else(|_| Response::new(String::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("accept the picture: max_pixels is 9, at most 4 is allowed")]
    struct Refused(ErrorClass);

    impl Classified for Refused {
        fn class(&self) -> ErrorClass {
            self.0
        }

        fn code(&self) -> &'static str {
            "image.limit"
        }
    }

    #[test]
    fn names_what_is_wrong_with_the_request() {
        let problem = Problem::from_error(&Refused(ErrorClass::Invalid), "r-1");
        assert_eq!(problem.status, 400);
        assert_eq!(
            problem.detail,
            "failed to accept the picture: max_pixels is 9, at most 4 is allowed"
        );
        let response = problem
            .with_status(StatusCode::PAYLOAD_TOO_LARGE)
            .into_response();
        assert_eq!(response.status(), 413);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert!(response.body().contains("\"code\":\"image.limit\""));
    }

    #[test]
    fn keeps_our_own_faults_to_itself() {
        let problem = Problem::from_error(&Refused(ErrorClass::Permanent), "r-1");
        assert!(!problem.detail.contains("max_pixels"));
        assert!(problem.detail.contains("r-1"));
        assert_eq!(problem.into_response().headers()[CACHE_CONTROL], "no-store");
    }

    #[test]
    fn asks_to_wait_where_waiting_helps() {
        let response = Problem::from_error(&Refused(ErrorClass::Throttled), "r-1").into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], RETRY_AFTER_SECONDS);
    }
}
