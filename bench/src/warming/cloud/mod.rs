//! AWS as the warmer's functions see it, in this process: one table, the lanes' queues, one
//! bucket. What is measured is the warmer, not an emulator, which would need more of the
//! processors than the warmer does; that both get on with one another is what the tests of the
//! whole stack are for. Rows are written on the same conditions as in DynamoDB, and messages
//! that nobody deleted come again, as in SQS.

mod queue;
mod rows;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use origin_limit::Limiter;
use serde_json::{Value, json};

use crate::loopback::Loopback;
use queue::Queue;
use rows::Rows;

/// Keys of the limiter's row, of the one target that the site has.
pub(super) const LIMITER: (&str, &str) = ("origin#shop", "limiter");

/// A running server. Ends on drop.
pub(super) struct Cloud {
    server: Loopback,
    stored: Arc<Mutex<Stored>>,
    visibility: Duration,
}

struct Stored {
    rows: Rows,
    queue: Queue,
    objects: BTreeMap<String, Bytes>,
}

impl Stored {
    fn new(visibility: Duration) -> Self {
        Self {
            rows: Rows::default(),
            queue: Queue::new(visibility),
            objects: BTreeMap::new(),
        }
    }
}

impl Cloud {
    /// `visibility`: after so long a message that was received and not deleted comes again.
    pub(super) fn start(visibility: Duration) -> Result<Self> {
        let stored = Arc::new(Mutex::new(Stored::new(visibility)));
        let app = Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&stored));
        Ok(Self {
            server: Loopback::serve(app)?,
            stored,
            visibility,
        })
    }

    /// The value of `AWS_ENDPOINT_URL`.
    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Forgets everything: the next run is the first one of an unknown site.
    pub(super) fn forget(&self) {
        *self.stored() = Stored::new(self.visibility);
    }

    /// Forgets runs and messages. What is known of the origin stays, as from one run to the
    /// next.
    pub(super) fn forget_runs(&self) {
        let mut stored = self.stored();
        let limiter = stored.rows.row(LIMITER.0, LIMITER.1).cloned();
        *stored = Stored::new(self.visibility);
        if let Some(limiter) = limiter {
            stored.rows.keep(limiter);
        }
    }

    /// What the workers share of the origin; `None` before the first of them has begun.
    pub(super) fn limiter(&self) -> Option<Limiter> {
        let document = self.stored().rows.document(LIMITER.0, LIMITER.1);
        serde_json::from_str(&document?).ok()
    }

    /// The reports that were published, as JSON.
    pub(super) fn reports(&self) -> Result<Vec<Value>> {
        let stored = self.stored();
        let is_report = |key: &str| key.contains("/reports/warming/") && key.ends_with(".json");
        let reports = stored.objects.iter().filter(|(key, _)| is_report(key));
        let reports = reports.map(|(key, bytes)| {
            serde_json::from_slice(bytes).with_context(|| format!("read the report {key}"))
        });
        let reports: Vec<Value> = reports.collect::<Result<_>>()?;
        // The list of all runs is in the same place.
        Ok(reports
            .into_iter()
            .filter(|report| report.get("requested").is_some())
            .collect())
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        lock(&self.stored)
    }
}

async fn answer(
    State(stored): State<Arc<Mutex<Stored>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once('.'));
    let mut stored = lock(&stored);
    let Some((service, operation)) = target else {
        return object(&method, &uri, &headers, body, &mut stored.objects);
    };
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let answered = if service.starts_with("DynamoDB") {
        stored.rows.call(operation, &request)
    } else {
        stored.queue.call(operation, &request, Instant::now())
    };
    let (status, json) = match answered {
        Some(Ok(json)) => (StatusCode::OK, json),
        Some(Err(fault)) => (StatusCode::BAD_REQUEST, fault),
        // Nothing else is expected: the function fails, and with it the bench.
        None => (StatusCode::NOT_IMPLEMENTED, json!({})),
    };
    let kind = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    (status, kind, json.to_string()).into_response()
}

/// A call of S3.
fn object(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
    objects: &mut BTreeMap<String, Bytes>,
) -> Response {
    let key = uri.path().to_owned();
    let found = objects.get(&key);
    if *method == Method::GET {
        return match found {
            Some(bytes) => ([(header::ETAG, etag(bytes))], bytes.clone()).into_response(),
            None => {
                let error = "<Error><Code>NoSuchKey</Code></Error>";
                (StatusCode::NOT_FOUND, error).into_response()
            }
        };
    }
    if *method != Method::PUT {
        return StatusCode::NOT_IMPLEMENTED.into_response();
    }
    let condition = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_as_told = match (
        condition(header::IF_MATCH),
        condition(header::IF_NONE_MATCH),
    ) {
        (Some(wanted), _) => {
            found.is_some_and(|bytes| etag(bytes).trim_matches('"') == wanted.trim_matches('"'))
        }
        (None, Some(_)) => found.is_none(),
        (None, None) => true,
    };
    if !is_as_told {
        let error = "<Error><Code>PreconditionFailed</Code></Error>";
        return (StatusCode::PRECONDITION_FAILED, error).into_response();
    }
    let etag = etag(&body);
    objects.insert(key, body);
    [(header::ETAG, etag)].into_response()
}

/// One that changes with what is stored, as far as the warmer's objects go: they only grow.
fn etag(bytes: &Bytes) -> String {
    format!("\"{}\"", bytes.len())
}

/// Whoever panicked left nothing half done.
fn lock(stored: &Mutex<Stored>) -> MutexGuard<'_, Stored> {
    stored.lock().unwrap_or_else(PoisonError::into_inner)
}
