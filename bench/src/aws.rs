//! AWS as forms-intake sees it, answering at once: what is measured is our process, not
//! a database. Whether anything is stored is what the tests are for.

use anyhow::Result;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::loopback::Loopback;

/// A running server. Ends on drop.
pub(crate) struct Aws(Loopback);

impl Aws {
    pub(crate) fn start() -> Result<Self> {
        Ok(Self(Loopback::serve(Router::new().fallback(answer))?))
    }

    /// The value of `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.0.address)
    }
}

async fn answer(headers: HeaderMap, body: String) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split('.').next_back())
        .unwrap_or_default();
    let json = match target {
        "GetSecretValue" => {
            r#"{"SecretString":"0123456789abcdef0123456789abcdef0123456789abcdef"}"#
        }
        "UpdateItem" if body.contains("members") => r#"{"Attributes":{"members":{"SS":["one"]}}}"#,
        "UpdateItem" => r#"{"Attributes":{"hits":{"N":"1"}}}"#,
        "TransactWriteItems" | "PutItem" => "{}",
        // Nothing else is expected: the post is not accepted then, and the bench ends.
        _ => return StatusCode::NOT_IMPLEMENTED.into_response(),
    };
    ([(header::CONTENT_TYPE, "application/x-amz-json-1.0")], json).into_response()
}
