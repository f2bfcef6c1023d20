//! Pages and documents about a form.

use std::time::SystemTime;

use form_definition::{FieldFault, Fields, Form, ProofMode};
use form_guard::Purpose;
use form_page::FormState;
use http::{Response, StatusCode};
use lambda_http::Body;
use serde_json::{Value, json};
use submission_store::{LinkSubject, Millis};

use crate::accept_submission::Receipt;
use crate::answer::{json as json_answer, page, set};
use crate::{Deps, IntakeError};

/// How long a receipt opens, in seconds: a year.
const RECEIPT_SECONDS: u64 = 365 * 24 * 3600;
/// How long a challenge may be worked on, in seconds.
const CHALLENGE_SECONDS: u64 = 3_600;

/// The form, empty or with what was wrong.
pub(crate) fn show(
    form: &Form,
    status: StatusCode,
    values: &Fields,
    faults: &[FieldFault],
    notice: Option<&str>,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    let token = token(form, deps, now)?;
    let html = form_page::form(
        form,
        &FormState {
            values,
            faults,
            token: Some(&token),
            notice,
            captcha_site_key: deps.verifier.as_ref().map(|keys| keys.site_key.as_str()),
        },
    );
    Ok(page(status, html, None))
}

/// A fresh token of the form.
pub(crate) fn token(form: &Form, deps: &Deps, now: SystemTime) -> Result<String, IntakeError> {
    Ok(form_guard::issue_form_token(
        &deps.key,
        &form.id,
        Millis::of(now).0,
        random()?,
    ))
}

/// What a page from a cache, or of the site's own, needs to post: a token, and the work
/// to be done.
pub(crate) fn token_document(
    form: &Form,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    let challenge = if form.spam.proof_of_work == ProofMode::Off {
        Value::Null
    } else {
        let expires = Millis::of(now).seconds() + CHALLENGE_SECONDS;
        form_guard::challenge(&deps.key, &form.id, form.spam.proof_cost, expires)
    };
    let document = json!({"token": token(form, deps, now)?, "challenge": challenge});
    Ok(json_answer(StatusCode::OK, &document, "no-store"))
}

/// The form's JSON Schema.
pub(crate) fn schema(form: &Form) -> Response<Body> {
    let mut response = json_answer(StatusCode::OK, &form.schema, "public, max-age=300");
    set(
        response.headers_mut(),
        http::header::CONTENT_TYPE,
        "application/schema+json",
    );
    response
}

/// The signed path of a receipt.
pub(crate) fn receipt_path(form: &Form, receipt: &Receipt, deps: &Deps) -> String {
    let subject = LinkSubject {
        submission: receipt.id.clone(),
        form: form.id.clone(),
        at: receipt.received_at.0,
        count: 0,
    };
    // From the arrival on, so that the same post gets the same receipt.
    let expires_at = receipt.received_at.seconds() + RECEIPT_SECONDS;
    let token = form_guard::seal(&deps.key, Purpose::Receipt, &subject.payload(), expires_at);
    format!("/forms/receipt/{token}")
}

/// When something arrived, for people.
pub(crate) fn in_words(at: Millis) -> String {
    i64::try_from(at.0)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .map_or_else(String::new, |time| {
            time.strftime("%-d %B %Y, %H:%M UTC").to_string()
        })
}

/// A time as RFC 3339, for programs.
pub(crate) fn in_digits(at: Millis) -> String {
    i64::try_from(at.0)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .map_or_else(String::new, |time| time.to_string())
}

fn random() -> Result<[u8; 16], IntakeError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| IntakeError::Random)?;
    Ok(bytes)
}

/// Where a visitor is sent who posted a form.
pub(crate) fn success_path(form: &Form) -> String {
    form.presentation
        .success_path
        .clone()
        .unwrap_or_else(|| format!("/forms/{}/thanks", form.id))
}
