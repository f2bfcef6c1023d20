//! A Lambda Runtime API on loopback, just enough for one invocation
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// What a function asks of the Runtime API.
pub(crate) enum Call {
    /// It wants an event: send it here. Dropping the sender refuses.
    Next(oneshot::Sender<&'static str>),
    /// It answered an event.
    Response,
    /// It failed to start, or to process the event.
    Error(Bytes),
}

/// A running server. Ends on drop.
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    calls: mpsc::Receiver<Call>,
    /// Dropping it ends the server.
    _stop: oneshot::Sender<()>,
}

impl RuntimeApi {
    pub(crate) fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let (calls_in, calls) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let app = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(calls_in);
        thread::spawn(move || {
            runtime.block_on(async {
                let server = IntoFuture::into_future(axum::serve(listener, app));
                tokio::select! {
                    _ended = server => {}
                    _dropped = stopped => {}
                }
            });
        });
        Ok(Self {
            address,
            calls,
            _stop: stop,
        })
    }

    /// `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits for the function's next call.
    pub(crate) fn call(&self, patience: Duration) -> Result<Call> {
        self.calls
            .recv_timeout(patience)
            .with_context(|| format!("the function was silent for {} s", patience.as_secs()))
    }
}

async fn next(State(calls): State<mpsc::Sender<Call>>) -> Response {
    let (give, event) = oneshot::channel();
    if calls.send(Call::Next(give)).is_err() {
        return StatusCode::GONE.into_response();
    }
    let Ok(event) = event.await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = SystemTime::now() + Duration::from_secs(30);
    let deadline = deadline
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis();
    let headers = AppendHeaders([
        ("content-type", "application/json".to_owned()),
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned(),
        ),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:bench".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned(),
        ),
    ]);
    (headers, event).into_response()
}

async fn response(State(calls): State<mpsc::Sender<Call>>, _body: Bytes) -> StatusCode {
    accepted(calls.send(Call::Response).is_ok())
}

async fn error(State(calls): State<mpsc::Sender<Call>>, body: Bytes) -> StatusCode {
    accepted(calls.send(Call::Error(body)).is_ok())
}

fn accepted(is_heard: bool) -> StatusCode {
    if is_heard {
        StatusCode::ACCEPTED
    } else {
        StatusCode::GONE
    }
}
