//! A Lambda Runtime API on loopback, just enough for one environment
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::oneshot;

use crate::loopback::Loopback;

/// What a function asks of the Runtime API.
pub(crate) enum Call {
    /// It wants an event: send it here. Dropping the sender refuses.
    Next(oneshot::Sender<String>),
    /// It answered an event.
    Response(Bytes),
    /// It failed to start, or to process the event.
    Error(Bytes),
}

/// A running server. Ends on drop.
pub(crate) struct RuntimeApi {
    server: Loopback,
    calls: mpsc::Receiver<Call>,
}

impl RuntimeApi {
    pub(crate) fn start() -> Result<Self> {
        let (calls_in, calls) = mpsc::channel();
        let app = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(calls_in);
        Ok(Self {
            server: Loopback::serve(app)?,
            calls,
        })
    }

    /// `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> String {
        self.server.address.to_string()
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

async fn response(State(calls): State<mpsc::Sender<Call>>, body: Bytes) -> StatusCode {
    accepted(calls.send(Call::Response(body)).is_ok())
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);

    fn request(address: &str, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
        )
        .unwrap();
        write!(stream, "content-length: 0\r\n\r\n").unwrap();
        stream
    }

    fn reply(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn hands_out_an_event_when_told_and_takes_the_response() {
        let api = RuntimeApi::start().unwrap();
        let asking = request(&api.address(), "GET /2018-06-01/runtime/invocation/next");
        let Call::Next(give) = api.call(PATIENCE).unwrap() else {
            panic!("no call for an event")
        };
        give.send(r#"{"an":"event"}"#.to_owned()).unwrap();
        let event = reply(asking);
        assert!(event.contains("lambda-runtime-aws-request-id: "), "{event}");
        assert!(event.ends_with(r#"{"an":"event"}"#), "{event}");

        let answer = request(
            &api.address(),
            "POST /2018-06-01/runtime/invocation/1/response",
        );
        assert!(matches!(api.call(PATIENCE), Ok(Call::Response(_))));
        assert!(reply(answer).starts_with("HTTP/1.1 202"));
    }

    #[test]
    fn passes_on_that_a_function_did_not_start() {
        let api = RuntimeApi::start().unwrap();
        let _told = request(&api.address(), "POST /2018-06-01/runtime/init/error");
        assert!(matches!(api.call(PATIENCE), Ok(Call::Error(_))));
        assert!(api.call(Duration::from_millis(50)).is_err());
    }
}
