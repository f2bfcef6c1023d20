//! Requests: which page, which method, who asks.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use form_definition::{Fields, Form};
use form_guard::Purpose;
use http::{Method, Response, StatusCode};
use lambda_http::{Body, Request, RequestExt};
use telemetry::{Metrics, Unit};
use tracing::info;

use crate::answer::{allow_origin, finish, page, preflight, problem, set};
use crate::confirm_address::open_link;
use crate::failures::{in_plain_words, log};
use crate::post_form::post_form;
use crate::show_form::{schema, show, token_document};
use crate::visitor::{Visitor, header};
use crate::{Deps, IntakeError, signed_links};

const SEEN: [Method; 2] = [Method::GET, Method::HEAD];
const SEEN_OR_POSTED: [Method; 3] = [Method::GET, Method::HEAD, Method::POST];

/// Answers a request under `/forms/`.
pub async fn handle(request: Request, deps: Arc<Deps>) -> Response<Body> {
    let started = Instant::now();
    let request_id = request.lambda_context().request_id;
    let mut metrics = deps.config.telemetry.metrics();
    let visitor = Visitor::of(&request);
    let outcome = Box::pin(route(&request, &visitor, &deps, &mut metrics)).await;
    let mut response = outcome.unwrap_or_else(|failure| {
        log(&failure);
        if visitor.wants_json {
            problem(&failure, &request_id)
        } else {
            let (title, detail) = in_plain_words(&failure, &request_id);
            let html = form_page::problem(title, &detail);
            page(failure.status(), html, None)
        }
    });
    if let Some(origin) = foreign_origin(&request) {
        allow_origin(&mut response, origin);
    }
    let response = finish(response);
    let duration_ms = started.elapsed().as_secs_f64() * 1000.0;
    metrics.add("IntakeMilliseconds", Unit::Milliseconds, duration_ms);
    metrics.flush();
    info!(
        status = response.status().as_u16(),
        method = %request.method(),
        page = page_name(request.raw_http_path()),
        duration_ms,
        "Answered"
    );
    without_body_for_head(&request, response)
}

async fn route(
    request: &Request,
    visitor: &Visitor,
    deps: &Deps,
    metrics: &mut Metrics,
) -> Result<Response<Body>, IntakeError> {
    let path = request.raw_http_path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let now = SystemTime::now();
    match parts.as_slice() {
        ["forms", "assets", name] => {
            only(request, &SEEN, "GET, HEAD")?;
            asset(name)
        }
        ["forms", "confirm", token] => {
            only(request, &SEEN_OR_POSTED, "GET, HEAD, POST")?;
            signed_links::confirmation(request, token, deps, now).await
        }
        ["forms", "unsubscribe", token] => {
            only(request, &SEEN_OR_POSTED, "GET, HEAD, POST")?;
            signed_links::withdrawal(request, token, deps, now).await
        }
        ["forms", "receipt", token] => {
            only(request, &SEEN, "GET, HEAD")?;
            signed_links::receipt(token, deps, now)
        }
        ["forms", id] => {
            let form = known(id)?;
            match *request.method() {
                Method::GET | Method::HEAD => {
                    show(form, StatusCode::OK, &Fields::new(), &[], None, deps, now)
                }
                Method::POST => post_form(request, visitor, form, deps, metrics, now).await,
                Method::OPTIONS => Ok(foreign_origin(request).map_or_else(
                    || page(StatusCode::FORBIDDEN, String::new(), None),
                    preflight,
                )),
                _ => Err(wrong_method(request, "GET, HEAD, POST, OPTIONS")),
            }
        }
        ["forms", id, document] => {
            only(request, &SEEN, "GET, HEAD")?;
            about(request, known(id)?, document, deps, now)
        }
        ["forms", id, "files", token] => {
            only(request, &SEEN, "GET, HEAD")?;
            signed_links::files(id, token, deps, now).await
        }
        ["forms", id, "files", token, "done"] => {
            only(request, &[Method::POST], "POST")?;
            signed_links::files_done(id, token, deps, now).await
        }
        _ => Err(IntakeError::NotFound),
    }
}

fn about(
    request: &Request,
    form: &'static Form,
    document: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    match document {
        "schema.json" => Ok(schema(form)),
        "token" => token_document(form, deps, now),
        "thanks" => {
            let receipt = request
                .query_string_parameters()
                .first("receipt")
                .filter(|token| open_link(token, Purpose::Receipt, deps, now).is_ok())
                .map(|token| format!("/forms/receipt/{token}"));
            let html = form_page::thanks(form, receipt.as_deref());
            Ok(page(StatusCode::OK, html, None))
        }
        _ => Err(IntakeError::NotFound),
    }
}

fn asset(name: &str) -> Result<Response<Body>, IntakeError> {
    let asset = form_page::assets()
        .iter()
        .find(|asset| asset.name == name)
        .ok_or(IntakeError::NotFound)?;
    let mut response = Response::new(Body::from(asset.body.as_str()));
    let headers = response.headers_mut();
    set(headers, http::header::CONTENT_TYPE, asset.media_type);
    // The name holds a hash of the content.
    let forever = "public, max-age=31536000, immutable";
    set(headers, http::header::CACHE_CONTROL, forever);
    Ok(response)
}

fn known(id: &str) -> Result<&'static Form, IntakeError> {
    site_forms::form(id).ok_or(IntakeError::NotFound)
}

fn only(request: &Request, methods: &[Method], allowed: &'static str) -> Result<(), IntakeError> {
    if methods.contains(request.method()) {
        Ok(())
    } else {
        Err(wrong_method(request, allowed))
    }
}

fn wrong_method(request: &Request, allowed: &'static str) -> IntakeError {
    IntakeError::Method {
        method: request.method().to_string(),
        allowed,
    }
}

/// The request's origin, where a form names it as one that may post.
fn foreign_origin(request: &Request) -> Option<&str> {
    let origin = header(request.headers(), "origin")?;
    let id = request
        .raw_http_path()
        .trim_matches('/')
        .split('/')
        .nth(1)?
        .to_owned();
    let form = site_forms::form(&id)?;
    form.origins
        .iter()
        .any(|known| known == origin)
        .then_some(origin)
}

/// Which page was asked for, without names and tokens.
fn page_name(path: &str) -> &'static str {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["forms", "assets", _] => "asset",
        ["forms", "confirm", _] => "confirm",
        ["forms", "unsubscribe", _] => "unsubscribe",
        ["forms", "receipt", _] => "receipt",
        ["forms", _] => "form",
        ["forms", _, "files", ..] => "files",
        ["forms", _, _] => "document",
        _ => "unknown",
    }
}

fn without_body_for_head(request: &Request, response: Response<Body>) -> Response<Body> {
    if request.method() == Method::HEAD {
        response.map(|_| Body::Empty)
    } else {
        response
    }
}
