//! Pages behind the links that only we can make: each has a token that names a submission and
//! what may be done with it.

use std::time::SystemTime;

use form_definition::Form;
use form_guard::Purpose;
use http::{Method, Response, StatusCode};
use lambda_http::{Body, Request};
use submission_store::LinkSubject;

use crate::answer::{page, see_other};
use crate::confirm_address::{confirm_address, open_link, unsubscribe};
use crate::show_form::{in_words, success_path};
use crate::{Deps, IntakeError, upload_files};

/// Mail scanners open every link: only the button confirms.
pub(crate) async fn confirmation(
    request: &Request,
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
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
pub(crate) async fn withdrawal(
    request: &Request,
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    let (subject, form) = open_link(token, Purpose::Unsubscribe, deps, now)?;
    let html = if request.method() == Method::POST {
        unsubscribe(&subject, deps, now).await?;
        form_page::unsubscribed(form)
    } else {
        form_page::unsubscribe(form, &format!("/forms/unsubscribe/{token}"))
    };
    Ok(page(StatusCode::OK, html, None))
}

/// What was sent, and when it came.
pub(crate) fn receipt(
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    let (subject, form) = open_link(token, Purpose::Receipt, deps, now)?;
    let at = in_words(submission_store::Millis(subject.at));
    let html = form_page::receipt(form, subject.submission.as_str(), &at);
    Ok(page(StatusCode::OK, html, None))
}

/// Where files are added to a submission of the form `id`.
pub(crate) async fn files(
    id: &str,
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    let (subject, form) = files_link(id, token, deps, now)?;
    let uploads = upload_files::sign_uploads(&subject, form, deps, now).await?;
    let done = format!("/forms/{id}/files/{token}/done");
    let html = upload_files::page(&subject, form, &uploads, &done, deps);
    Ok(page(StatusCode::OK, html, Some(&deps.config.upload_url)))
}

/// No more files come.
pub(crate) async fn files_done(
    id: &str,
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<Response<Body>, IntakeError> {
    let (subject, form) = files_link(id, token, deps, now)?;
    upload_files::close(&subject, deps, now).await;
    Ok(see_other(&success_path(form)))
}

fn files_link(
    id: &str,
    token: &str,
    deps: &Deps,
    now: SystemTime,
) -> Result<(LinkSubject, &'static Form), IntakeError> {
    let (subject, form) = open_link(token, Purpose::Files, deps, now)?;
    if form.id == id {
        Ok((subject, form))
    } else {
        Err(IntakeError::LinkForged)
    }
}
