//! A posted form: what is answered, whether it was stored or not.

use std::time::SystemTime;

use form_definition::{Decoded, Fields, Form};
use http::{Response, StatusCode};
use lambda_http::{Body, Request};
use serde_json::json;
use submission_store::LinkSubject;
use telemetry::{Metrics, Unit};

use crate::accept_submission::{Receipt, accept_submission};
use crate::answer::{see_other, set};
use crate::failures::log;
use crate::show_form::{in_digits, receipt_path, show, success_path};
use crate::store_acceptance::Place;
use crate::visitor::Visitor;
use crate::{Deps, IntakeError, answer, posted, upload_files};

/// What a page says where nothing could be stored.
const NOT_STORED: &str = "We could not take your message just now. Nothing is lost: your text is \
                          still here. Please send it again in a minute.";

/// A post: read, judged, stored, answered.
pub(crate) async fn post_form(
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
