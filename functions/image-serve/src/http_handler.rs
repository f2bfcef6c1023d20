use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::header::ACCEPT;
use http::{Method, Response};
use image_request::{AcceptedFormats, ImagePath};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};
use lambda_kit::{Classified, Deadline, ErrorClass, Problem};
use telemetry::{Chain, Metrics, Unit};
use tracing::{error, info};

use crate::response::{self, cache_control, max_body_bytes};
use crate::serve_image::{serve_fallback, serve_image};
use crate::{Deps, ServeError};

/// Kept back from Lambda's deadline, to answer in words.
const RESERVE: Duration = Duration::from_millis(1_500);

/// Answers an HTTP request: a picture, or a problem that says why not.
pub async fn handle(request: Request, deps: Arc<Deps>) -> Response<Body> {
    let started = Instant::now();
    let context = request.lambda_context();
    let deadline = Deadline::of(&context, RESERVE);
    let mut metrics = Metrics::new(&deps.config.metrics_namespace, &deps.config.service);
    let outcome = answer(&request, deadline, &deps, &mut metrics).await;
    let response = outcome.unwrap_or_else(|failure| {
        log(&failure, request.raw_http_path());
        let problem =
            Problem::from_error(&failure, &context.request_id).with_status(failure.status());
        problem.into_response().map(Body::from)
    });
    let duration_ms = started.elapsed().as_secs_f64() * 1000.0;
    metrics.count(if response.status().as_u16() < 400 {
        "Served"
    } else {
        "Refused"
    });
    metrics.add("ServeMilliseconds", Unit::Milliseconds, duration_ms);
    metrics.flush();
    info!(
        status = response.status().as_u16(),
        path = request.raw_http_path(),
        bytes = response.body().len(),
        duration_ms,
        "Answered"
    );
    without_body_for_head(&request, response)
}

async fn answer(
    request: &Request,
    deadline: Deadline,
    deps: &Deps,
    metrics: &mut Metrics,
) -> Result<Response<Body>, ServeError> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ServeError::Method {
            method: request.method().to_string(),
        });
    }
    let mut path = ImagePath::parse(request.raw_http_path())?;
    path.options = path.options.negotiated(accepted(request));
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    deps.policy.check(&path, &deps.presets, now)?;
    let cache_control = cache_control(&path.options, now);
    let behind_alb = matches!(request.request_context_ref(), Some(RequestContext::Alb(_)));
    match serve_image(&path, &cache_control, deadline, deps, metrics).await {
        Ok(served) => {
            metrics.count(if served.was_stored {
                "FoundStored"
            } else {
                "Made"
            });
            let headers = request.headers();
            let limit = max_body_bytes(behind_alb);
            Ok(response::picture(
                served,
                headers,
                &path.options,
                &cache_control,
                limit,
            )?)
        }
        Err(failure)
            if path.options.wants_fallback() && failure.class() != ErrorClass::Transient =>
        {
            log(&failure, request.raw_http_path());
            metrics.count("Fallback");
            let served = serve_fallback(&path, deadline, deps).await?;
            Ok(response::fallback(served, &failure)?)
        }
        Err(failure) => Err(failure),
    }
}

fn accepted(request: &Request) -> AcceptedFormats {
    let values = request
        .headers()
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    AcceptedFormats::from_accept(&values.collect::<Vec<_>>().join(","))
}

fn without_body_for_head(request: &Request, response: Response<Body>) -> Response<Body> {
    if request.method() == Method::HEAD {
        response.map(|_| Body::Empty)
    } else {
        response
    }
}

fn log(failure: &ServeError, path: &str) {
    if failure.status().is_server_error() {
        error!(error.code = failure.code(), error = %Chain(failure), path, "Could not serve a picture");
    } else {
        info!(error.code = failure.code(), error = %Chain(failure), path, "Refused a request");
    }
}
