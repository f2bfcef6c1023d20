//! Changing standing pages.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use database::Type;
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::frame;
use super::fields::{Faults, Line, area, line, overtaken};
use super::session::Editor;
use crate::content::{self, StandingPage};
use crate::publishing::{Stale, publish};
use crate::{App, SiteError, answer, forms};

const UPDATE: &str = "UPDATE pages SET title = $2, body = $3, form = $4, \
     version = version + 1, updated_at = now() WHERE slug = $1 AND version = $5";

/// What was sent.
#[derive(Deserialize)]
pub(crate) struct Posted {
    form_key: String,
    version: i32,
    title: String,
    body: String,
    form: String,
}

/// `GET /editor/pages/{slug}`.
pub(crate) async fn edit(
    State(app): State<App>,
    editor: Editor,
    Path(slug): Path<String>,
) -> Result<Response, SiteError> {
    let page = find(&app, &slug).await?;
    Ok(form(
        StatusCode::OK,
        &editor,
        &page,
        &Faults::default(),
        &html! {},
    ))
}

/// `POST /editor/pages/{slug}`.
pub(crate) async fn save(
    State(app): State<App>,
    editor: Editor,
    Path(slug): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, SiteError> {
    if !editor.sent(&posted.form_key) {
        return Err(SiteError::Forged);
    }
    let present = find(&app, &slug).await?;
    let mut changed = StandingPage {
        slug: slug.clone(),
        title: posted.title.trim().to_owned(),
        body: posted.body.trim().replace("\r\n", "\n"),
        form: posted.form,
        version: posted.version,
    };
    let mut faults = Faults::default();
    faults.text("title", &changed.title, 1..=160);
    faults.text("body", &changed.body, 1..=100_000);
    if !changed.form.is_empty() && forms::ids().all(|id| id != changed.form) {
        faults.add("form", "There is no such form");
    }
    if !faults.is_empty() {
        let wrong = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(form(wrong, &editor, &changed, &faults, &html! {}));
    }
    let stale = Stale {
        tags: vec![format!("page-{slug}")],
        paths: vec![format!("/pages/{slug}")],
    };
    let values = [
        (&changed.slug as _, Type::TEXT),
        (&changed.title as _, Type::TEXT),
        (&changed.body as _, Type::TEXT),
        (&changed.form as _, Type::TEXT),
        (&changed.version as _, Type::INT4),
    ];
    if !publish(&app, UPDATE, &values, &stale).await? {
        changed.version = present.version;
        let notice = overtaken(&format!("/editor/pages/{slug}"));
        return Ok(form(
            StatusCode::CONFLICT,
            &editor,
            &changed,
            &faults,
            &notice,
        ));
    }
    Ok(answer::see_other("/editor"))
}

async fn find(app: &App, slug: &str) -> Result<StandingPage, SiteError> {
    let found = content::find_page(app, slug).await?;
    found.ok_or(SiteError::NotFound)
}

fn form(
    status: StatusCode,
    editor: &Editor,
    page: &StandingPage,
    faults: &Faults,
    notice: &Markup,
) -> Response {
    let title = Line {
        name: "title",
        label: "Title",
        hint: None,
        value: &page.title,
        kind: "text",
    };
    let content = html! {
        h1 { "Edit a page" }
        p { a href=(format!("/pages/{}", page.slug)) { "Look at it" } }
        (notice)
        (faults.summary())
        form method="post" action=(format!("/editor/pages/{}", page.slug)) novalidate {
            input type="hidden" name="form_key" value=(editor.form_key);
            input type="hidden" name="version" value=(page.version);
            (line(&title, faults))
            (area("body", "Text", Some("Markdown"), &page.body, faults))
            div.field {
                label for="form" { "Form below the text" }
                select #form name="form" {
                    option value="" selected[page.form.is_empty()] { "None" }
                    @for id in forms::ids() { option value=(id) selected[page.form == id] { (id) } }
                }
            }
            div.actions { button type="submit" { "Save" } }
        }
    };
    frame(status, "Edit a page", editor, &content)
}
