//! Signing in and out.

use std::time::Instant;

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, header};
use maud::html;
use serde::Deserialize;
use tracing::warn;

use super::session::Editor;
use crate::answer::{self, Lifetime};
use crate::layout::{Head, page};
use crate::{App, SiteError};

/// What is typed in.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    #[serde(default)]
    password: String,
}

/// What every form carries.
#[derive(Deserialize)]
pub(crate) struct FormKey {
    #[serde(default)]
    form_key: String,
}

/// `GET /editor/sign-in`.
pub(crate) async fn show() -> Response {
    form(StatusCode::OK, None)
}

/// `POST /editor/sign-in`.
pub(crate) async fn sign_in(
    State(app): State<App>,
    Form(credentials): Form<Credentials>,
) -> Result<Response, SiteError> {
    let now = Instant::now();
    if !app.attempts().is_allowed(now) {
        return Err(SiteError::Throttled);
    }
    let editor = &app.config().editor;
    if !app
        .sessions()
        .is_same(&credentials.password, editor.password.expose())
    {
        app.attempts().failed(now);
        warn!("Somebody failed to sign in to the editor");
        let words = "That is not the password. It is in the secret EDITOR_SECRET.";
        return Ok(form(StatusCode::UNPROCESSABLE_ENTITY, Some(words)));
    }
    let mut response = answer::see_other("/editor");
    answer::set(
        &mut response,
        header::SET_COOKIE,
        &app.sessions().cookie(App::now()),
    );
    Ok(response)
}

/// `POST /editor/sign-out`.
pub(crate) async fn sign_out(
    State(app): State<App>,
    editor: Editor,
    Form(form): Form<FormKey>,
) -> Result<Response, SiteError> {
    if !editor.sent(&form.form_key) {
        return Err(SiteError::Forged);
    }
    let mut response = answer::see_other("/editor/sign-in");
    answer::set(
        &mut response,
        header::SET_COOKIE,
        &app.sessions().farewell(),
    );
    Ok(response)
}

fn form(status: StatusCode, fault: Option<&str>) -> Response {
    let head = Head {
        title: "Sign in",
        ..Head::default()
    };
    let content = html! {
        div.prose {
            h1 { "Sign in" }
            p { "For those who write here." }
            form method="post" action="/editor/sign-in" {
                div.field {
                    label for="password" { "Password" }
                    input #password type="password" name="password" autocomplete="current-password"
                        required maxlength="200" aria-invalid=[fault.map(|_| "true")]
                        aria-describedby=[fault.map(|_| "password-fault")];
                    @if let Some(fault) = fault { p.fault #password-fault role="alert" { (fault) } }
                }
                button type="submit" { "Sign in" }
            }
        }
    };
    answer::page(status, page(&head, &content), Lifetime::Private, &[])
}
