//! CloudFront and EventBridge as the function meets them, with faults on request.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// What was asked, and how it is answered.
#[derive(Default)]
pub(crate) struct Seen {
    /// CallerReference and paths of each invalidation, by its number.
    pub(crate) invalidations: Vec<(String, Vec<String>)>,
    /// Requests to create one, the repeated too.
    pub(crate) creations: usize,
    /// Details of events `warm.requested`.
    pub(crate) warmings: Vec<Value>,
    /// Tags of events `answers.invalidated`.
    pub(crate) answers: Vec<Value>,
    /// Whether CloudFront is still at them.
    pub(crate) is_slow: bool,
    /// The code that CloudFront refuses with.
    pub(crate) refuses: Option<&'static str>,
    /// Whether the event bus fails.
    pub(crate) bus_fails: bool,
}

/// The services, on a port of their own.
#[derive(Clone)]
pub(crate) struct Aws {
    seen: Arc<Mutex<Seen>>,
    pub(crate) endpoint: String,
}

impl Aws {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let aws = Self {
            seen: Arc::default(),
            endpoint: format!("http://{}", listener.local_addr().unwrap()),
        };
        let router = Router::new().fallback(answer).with_state(aws.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        aws
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }
}

async fn answer(
    State(aws): State<Aws>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut seen = aws.seen();
    let body = String::from_utf8_lossy(&body).into_owned();
    if headers.contains_key("x-amz-target") {
        return put_events(&mut seen, &body);
    }
    let xml = [("content-type", "text/xml")];
    if let Some(code) = seen.refuses {
        let text = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>No.</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        );
        return (StatusCode::BAD_REQUEST, xml, text).into_response();
    }
    if method == Method::POST {
        let (status, text) = create(&mut seen, &body);
        return (status, xml, text).into_response();
    }
    let id = uri.path().rsplit('/').next().unwrap_or_default();
    let number = id.strip_prefix('I').and_then(|id| id.parse::<usize>().ok());
    match number.filter(|number| *number < seen.invalidations.len()) {
        Some(number) => (StatusCode::OK, xml, invalidation(&seen, number)).into_response(),
        None => {
            let text = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchInvalidation</Code><Message>No.</Message></Error><RequestId>r</RequestId></ErrorResponse>";
            (StatusCode::NOT_FOUND, xml, text).into_response()
        }
    }
}

fn create(seen: &mut Seen, body: &str) -> (StatusCode, String) {
    seen.creations += 1;
    let reference = texts(body, "CallerReference").remove(0);
    let paths = texts(body, "Path");
    let known = seen
        .invalidations
        .iter()
        .position(|(known, _)| *known == reference);
    let number = known.unwrap_or_else(|| {
        seen.invalidations.push((reference, paths));
        seen.invalidations.len() - 1
    });
    (StatusCode::CREATED, invalidation(seen, number))
}

fn invalidation(seen: &Seen, number: usize) -> String {
    let status = if seen.is_slow {
        "InProgress"
    } else {
        "Completed"
    };
    let reference = &seen.invalidations[number].0;
    format!(
        "<Invalidation xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Id>I{number}</Id>\
         <Status>{status}</Status><CreateTime>2026-11-28T04:00:00Z</CreateTime><InvalidationBatch>\
         <Paths><Quantity>0</Quantity></Paths><CallerReference>{reference}</CallerReference>\
         </InvalidationBatch></Invalidation>"
    )
}

fn put_events(seen: &mut Seen, body: &str) -> Response {
    let json = [("content-type", "application/x-amz-json-1.1")];
    if seen.bus_fails {
        let text = r#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure","ErrorMessage":"no"}]}"#;
        return (StatusCode::OK, json, text).into_response();
    }
    let request: Value = serde_json::from_str(body).unwrap();
    let entry = &request["Entries"][0];
    assert_eq!(entry["Source"], "sidetier.cache");
    let mut detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
    match entry["DetailType"].as_str().unwrap() {
        "warm.requested" => seen.warmings.push(detail),
        "answers.invalidated" => seen.answers.push(detail["tags"].take()),
        other => assert_eq!(other, "an event of ours"),
    }
    (
        StatusCode::OK,
        json,
        r#"{"FailedEntryCount":0,"Entries":[{"EventId":"e"}]}"#,
    )
        .into_response()
}

/// The texts of all elements of a name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}>");
    let parts = xml.split(&open).skip(1);
    parts
        .map(|part| part.split('<').next().unwrap().to_owned())
        .collect()
}
