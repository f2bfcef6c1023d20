//! Requests: which page, who asks, what is to be done.

use std::sync::Arc;

use http::{Method, Response, StatusCode};
use lambda_http::{Body, Request, RequestExt};
use lambda_kit::Classified;
use telemetry::Chain;
use tracing::{error, info};

use crate::act_on_post::act;
use crate::answer::{page, see_other, set};
use crate::pages::{self, Shell};
use crate::read_request::read;
use crate::show_page::show;
use crate::sign_in::{Owner, check_post, form_token, is_from_here, owner, sign_in};
use crate::{AdminError, Auth, Deps};

/// Answers a request under `/forms/admin`.
pub async fn handle(request: Request, deps: Arc<Deps>) -> Response<Body> {
    let outcome = Box::pin(route(&request, &deps)).await;
    let mut response = outcome.unwrap_or_else(|failure| refuse(&failure));
    let headers = response.headers_mut();
    set(headers, http::header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, http::header::REFERRER_POLICY, "same-origin");
    info!(
        status = response.status().as_u16(),
        method = %request.method(),
        "Answered"
    );
    response
}

fn refuse(failure: &AdminError) -> Response<Body> {
    let status = failure.status();
    if status.is_server_error() {
        error!(error.code = failure.code(), error = %Chain(failure), "Could not answer");
        let detail = match failure {
            // Another try does not make it smaller.
            AdminError::ReportTooLarge { .. } => format!("We failed to {failure}."),
            _ => "It is our fault. Please try again in a minute.".to_owned(),
        };
        return page(status, pages::problem("Something went wrong", &detail));
    }
    info!(error.code = failure.code(), "Refused");
    page(
        status,
        pages::problem(
            "This could not be done",
            &format!("We failed to {failure}."),
        ),
    )
}

async fn route(request: &Request, deps: &Deps) -> Result<Response<Body>, AdminError> {
    let path = request.raw_http_path().to_owned();
    let rest = path
        .trim_matches('/')
        .strip_prefix("forms/admin")
        .unwrap_or_default();
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    if parts.as_slice() == ["style.css"] {
        return Ok(style());
    }
    let is_post = request.method() == Method::POST;
    if parts.as_slice() == ["login"] {
        return login(request, is_post, deps).await;
    }
    let Some(owner) = owner(request.headers(), deps).await? else {
        return Ok(see_other("/forms/admin/login"));
    };
    let token = form_token(&owner, deps);
    let shell = Shell {
        token: &token,
        signs_out: matches!(deps.config.auth, Auth::Local { .. }),
    };
    match *request.method() {
        Method::GET | Method::HEAD => show(request, &parts, &shell, deps).await,
        Method::POST => {
            let posted = read(request)?;
            let token = posted.get("token").map(String::as_str).unwrap_or_default();
            check_post(request.headers(), token, &owner, deps)?;
            audit(&owner, &parts, deps);
            act(&parts, &posted, &shell, deps).await
        }
        _ => Err(AdminError::Method),
    }
}

/// What was done, and by whom; of the person concerned nothing.
fn audit(owner: &Owner, parts: &[&str], deps: &Deps) {
    let owner = form_guard::subject(&deps.key, &owner.name);
    info!(owner, action = parts.join("/"), "Owner acts");
    let mut metrics = deps.config.telemetry.metrics();
    metrics.count("AdminActions");
    metrics.flush();
}

async fn login(
    request: &Request,
    is_post: bool,
    deps: &Deps,
) -> Result<Response<Body>, AdminError> {
    if !matches!(deps.config.auth, Auth::Local { .. }) {
        return Err(AdminError::NotFound);
    }
    if !is_post {
        return Ok(page(StatusCode::OK, pages::login(None)));
    }
    if !is_from_here(request.headers(), deps) {
        return Err(AdminError::Forged);
    }
    let posted = read(request)?;
    let given = posted
        .get("password")
        .map(String::as_str)
        .unwrap_or_default();
    let signed_in = sign_in(request.headers(), given, deps).await?;
    Ok(signed_in.unwrap_or_else(|| {
        let html = pages::login(Some("The password is wrong."));
        page(StatusCode::UNAUTHORIZED, html)
    }))
}

fn style() -> Response<Body> {
    let mut response = Response::new(Body::from(pages::STYLE));
    let headers = response.headers_mut();
    set(
        headers,
        http::header::CONTENT_TYPE,
        "text/css; charset=utf-8",
    );
    set(headers, http::header::CACHE_CONTROL, "public, max-age=300");
    response
}
