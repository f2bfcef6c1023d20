//! Requests: which page, which method, who asks.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use form_definition::{Decoded, Fields, Form};
use form_guard::Purpose;
use http::{Method, Response, StatusCode};
use lambda_http::{Body, Request, RequestExt};
use lambda_kit::Classified;
use serde_json::json;
use submission_store::LinkSubject;
use telemetry::{Chain, Metrics, Unit};
use tracing::{error, info};

use crate::accept_submission::{Receipt, accept_submission};
use crate::answer::{allow_origin, finish, page, preflight, problem, see_other, set};
use crate::confirm_address::{confirm_address, open_link, unsubscribe};
use crate::show_form::{in_digits, in_words, receipt_path, schema, show, token_document};
use crate::store_acceptance::Place;
use crate::visitor::{Visitor, header};
use crate::{Deps, IntakeError, answer, posted, upload_files};

/// What a page says where nothing could be stored.
const NOT_STORED: &str = "We could not take your message just now. Nothing is lost: your text is \
                          still here. Please send it again in a minute.";

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
            only(request, &[Method::GET, Method::HEAD], "GET, HEAD")?;
            asset(name)
        }
        ["forms", "confirm", token] => confirmation(request, token, deps, now).await,
        ["forms", "unsubscribe", token] => withdrawal(request, token, deps, now).await,
        ["forms", "receipt", token] => {
            only(request, &[Method::GET, Method::HEAD], "GET, HEAD")?;
            let (subject, form) = open_link(token, Purpose::Receipt, deps, now)?;
            let at = in_words(submission_store::Millis(subject.at));
            let html = form_page::receipt(form, subject.submission.as_str(), &at);
            Ok(page(StatusCode::OK, html, None))
        }
        ["forms", id] => {
            let form = known(id)?;
            match *request.method() {
                Method::GET | Method::HEAD => {
                    show(form, StatusCode::OK, &Fields::new(), &[], None, deps, now)
                }
                Method::POST => post(request, visitor, form, deps, metrics, now).await,
                Method::OPTIONS => Ok(foreign_origin(request).map_or_else(
                    || page(StatusCode::FORBIDDEN, String::new(), None),
                    preflight,
                )),
                _ => Err(wrong_method(request, "GET, HEAD, POST, OPTIONS")),
            }
        }
        ["forms", id, document] => {
            only(request, &[Method::GET, Method::HEAD], "GET, HEAD")?;
            about(request, known(id)?, document, deps, now)
        }
        ["forms", id, "files", token] => {
            only(request, &[Method::GET, Method::HEAD], "GET, HEAD")?;
            let subject = files_link(id, token, deps, now)?;
            let uploads = upload_files::sign_uploads(&subject, known(id)?, deps, now).await?;
            let done = format!("/forms/{id}/files/{token}/done");
            let html = upload_files::page(&subject, known(id)?, &uploads, &done, deps);
            Ok(page(StatusCode::OK, html, Some(&deps.config.upload_url)))
        }
        ["forms", id, "files", token, "done"] => {
            only(request, &[Method::POST], "POST")?;
            let subject = files_link(id, token, deps, now)?;
            upload_files::close(&subject, deps, now).await;
            Ok(see_other(&success_path(known(id)?)))
        }
        _ => Err(IntakeError::NotFound),
    }
}

/// A post: read, judged, stored, answered.
async fn post(
    request: &Request,
    visitor: &Visitor,
    form: &'static Form,
    deps: &Deps,
    metrics: &mut Metrics,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    let decoded = posted::read(form, request.headers(), request.body()).await?;
    let values = decoded.fields.clone();
    let outcome = accept(request, visitor, form, decoded, deps, now).await;
    match outcome {
        Ok(receipt) => {
            measure(&receipt, metrics);
            Ok(success(visitor, form, &receipt, deps, now))
        }
        Err(failure) => {
            metrics.count("Refused");
            if visitor.wants_json {
                return Err(failure);
            }
            again(form, &values, failure, deps, now)
        }
    }
}

async fn accept(
    request: &Request,
    visitor: &Visitor,
    form: &Form,
    decoded: Decoded,
    deps: &Deps,
    now: SystemTime,
) -> Result<Receipt, IntakeError> {
    accept_submission(form, request.headers(), decoded, visitor, deps, now).await
}

/// The form once more, with the visitor's values and what to do.
fn again(
    form: &Form,
    values: &Fields,
    failure: IntakeError,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    let status = failure.status();
    match failure {
        IntakeError::Fields { faults } => show(form, status, values, &faults, None, deps, now),
        IntakeError::NotStored(_) => {
            log(&failure);
            show(form, status, values, &[], Some(NOT_STORED), deps, now)
        }
        IntakeError::TooMany { .. } => {
            let notice = "Too many messages came from your network within a minute. Your text \
                          is still here: please send it again in a minute.";
            show(form, status, values, &[], Some(notice), deps, now)
        }
        other => Err(other),
    }
}

/// The answer to an accepted post. It is the same for everybody: a robot does not learn
/// that it was quarantined.
fn success(
    visitor: &Visitor,
    form: &Form,
    receipt: &Receipt,
    deps: &Deps,
    now: SystemTime,
) -> Response<Body> {
    let receipt_path = receipt_path(form, receipt, deps);
    let next = if form.upload_field().is_some() {
        let subject = LinkSubject {
            submission: receipt.id.clone(),
            form: form.id.clone(),
            at: receipt.expires_at,
            count: 0,
        };
        upload_files::files_path(&subject, deps, now)
    } else {
        let separator = if success_path(form).contains('?') {
            '&'
        } else {
            '?'
        };
        let token = receipt_path.rsplit('/').next().unwrap_or_default();
        format!("{}{separator}receipt={token}", success_path(form))
    };
    let mut response = if visitor.wants_json {
        let stored = matches!(receipt.place, Place::Table(_));
        let status = match (stored, form.double_opt_in) {
            (false, _) => "stored",
            (true, true) => "pending_confirmation",
            (true, false) => "accepted",
        };
        let document = json!({
            "id": receipt.id.as_str(),
            "status": status,
            "received_at": in_digits(receipt.received_at),
            "receipt": receipt_path,
            "next": next,
        });
        let code = if stored {
            StatusCode::CREATED
        } else {
            StatusCode::ACCEPTED
        };
        answer::json(code, &document, "no-store")
    } else {
        see_other(&next)
    };
    if receipt.is_replay() {
        let name = http::HeaderName::from_static("idempotent-replay");
        set(response.headers_mut(), name, "true");
    }
    response
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

/// Mail scanners open every link: only the button confirms.
async fn confirmation(
    request: &Request,
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    only(
        request,
        &[Method::GET, Method::HEAD, Method::POST],
        "GET, HEAD, POST",
    )?;
    let (subject, form) = open_link(token, Purpose::Confirm, deps, now)?;
    let html = if request.method() == Method::POST {
        confirm_address(&subject, form, deps, now).await?;
        form_page::confirmed(form)
    } else {
        form_page::confirm(form, &format!("/forms/confirm/{token}"))
    };
    Ok(page(StatusCode::OK, html, None))
}

/// One click of the mail program posts here: <https://www.rfc-editor.org/rfc/rfc8058>.
async fn withdrawal(
    request: &Request,
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    only(
        request,
        &[Method::GET, Method::HEAD, Method::POST],
        "GET, HEAD, POST",
    )?;
    let (subject, form) = open_link(token, Purpose::Unsubscribe, deps, now)?;
    let html = if request.method() == Method::POST {
        unsubscribe(&subject, deps, now).await?;
        form_page::unsubscribed(form)
    } else {
        form_page::unsubscribe(form, &format!("/forms/unsubscribe/{token}"))
    };
    Ok(page(StatusCode::OK, html, None))
}

fn files_link(
    id: &str,
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<LinkSubject, IntakeError> {
    let (subject, form) = open_link(token, Purpose::Files, deps, now)?;
    if form.id == id {
        Ok(subject)
    } else {
        Err(IntakeError::LinkForged)
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

fn success_path(form: &Form) -> String {
    form.presentation
        .success_path
        .clone()
        .unwrap_or_else(|| format!("/forms/{}/thanks", form.id))
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

fn measure(receipt: &Receipt, metrics: &mut Metrics) {
    metrics.add("SpamScore", Unit::Count, f64::from(receipt.score));
    if receipt.is_replay() {
        metrics.count("Duplicates");
        return;
    }
    metrics.count(match receipt.state {
        submission_store::State::Accepted => "Accepted",
        _ => "Quarantined",
    });
    if !matches!(receipt.place, Place::Table(_)) {
        metrics.count("IntakeFallback");
    }
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

fn log(failure: &IntakeError) {
    if failure.status().is_server_error() {
        error!(error.code = failure.code(), error = %Chain(failure), "Could not answer");
    } else {
        // What visitors do wrong is counted, not recorded: it may hold what they typed.
        info!(error.code = failure.code(), "Refused");
    }
}

/// A failure as heading and paragraph.
fn in_plain_words(failure: &IntakeError, request_id: &str) -> (&'static str, String) {
    match failure {
        IntakeError::NotFound => (
            "This page does not exist",
            "The address may be misspelled.".to_owned(),
        ),
        IntakeError::LinkExpired => (
            "This link no longer works",
            "Its time is over. Please send the form again.".to_owned(),
        ),
        IntakeError::LinkForged => (
            "This link does not work",
            "It is incomplete or was changed. Please copy all of it from the mail.".to_owned(),
        ),
        _ if failure.status().is_server_error() => (
            "Something went wrong",
            format!(
                "It is our fault. Please try again in a minute. Quote {request_id} when you ask about it."
            ),
        ),
        _ => ("This could not be done", format!("We failed to {failure}.")),
    }
}

fn without_body_for_head(request: &Request, response: Response<Body>) -> Response<Body> {
    if request.method() == Method::HEAD {
        response.map(|_| Body::Empty)
    } else {
        response
    }
}
