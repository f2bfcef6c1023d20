//! AWS as forms-intake sees it, answering at once: what is measured is our process, not
//! a database. Whether anything is stored is what the tests are for.

use std::net::SocketAddr;
use std::thread;

use anyhow::Result;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running server. Ends on drop.
pub(crate) struct Aws {
    address: SocketAddr,
    /// Dropping it ends the server.
    _stop: oneshot::Sender<()>,
}

impl Aws {
    pub(crate) fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        thread::spawn(move || {
            runtime.block_on(async {
                let app = Router::new().fallback(answer);
                let server = IntoFuture::into_future(axum::serve(listener, app));
                tokio::select! {
                    _ended = server => {}
                    _dropped = stopped => {}
                }
            });
        });
        Ok(Self {
            address,
            _stop: stop,
        })
    }

    /// The value of `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
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
