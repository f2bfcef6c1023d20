//! Writing articles.

use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use database::Type;
use http::StatusCode;
use maud::{Markup, html};

use super::desk::frame;
use super::fields::{Faults, Line, area, line, overtaken};
use super::session::Editor;
use super::upload::Posted;
use crate::content::{self, Article, BLOG, HOME};
use crate::pictures::{CARD, picture};
use crate::publishing::{Stale, publish};
use crate::slug::{is_slug, slug};
use crate::{App, SiteError, answer};

/// The name in the address of an article that has none yet.
const NEW: &str = "new";

const INSERT: &str = "INSERT INTO articles \
     (slug, title, summary, body, photo, photo_alt, is_published, published_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $7 THEN now() END)";

/// The first publication sets the date; later changes leave it.
const UPDATE: &str = "UPDATE articles SET title = $2, summary = $3, body = $4, photo = $5, \
     photo_alt = $6, is_published = $7, version = version + 1, updated_at = now(), \
     published_at = CASE WHEN $7 THEN coalesce(published_at, now()) ELSE published_at END \
     WHERE slug = $1 AND version = $8";

/// `GET /editor/articles/{slug}`: an article, or an empty form for a new one.
pub(crate) async fn edit(
    State(app): State<App>,
    editor: Editor,
    Path(slug): Path<String>,
) -> Result<Response, SiteError> {
    let article = if slug == NEW {
        Article::default()
    } else {
        let found = content::find_article(&app, &slug).await?;
        found.ok_or(SiteError::NotFound)?
    };
    let notice = html! {
        @if article.is_published {
            div.notice { p { "Published: " a href=(format!("/blog/{slug}")) { "look at it" } "." } }
        }
    };
    Ok(form(
        StatusCode::OK,
        &editor,
        &slug,
        &article,
        &Faults::default(),
        &notice,
    ))
}

/// `POST /editor/articles/{slug}`.
pub(crate) async fn save(
    State(app): State<App>,
    editor: Editor,
    Path(place): Path<String>,
    multipart: Multipart,
) -> Result<Response, SiteError> {
    let mut posted = Posted::read(multipart).await?;
    if !editor.sent(posted.value("form_key")) {
        return Err(SiteError::Forged);
    }
    let (mut article, faults) = read(&place, &posted);
    // A photo that came with a form that is shown again must not be asked for again.
    if let Some(photo) = posted.photo.take()
        && is_slug(&article.slug)
    {
        article.photo = photo.store(&app, &article.slug).await?;
    }
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    if !faults.is_empty() {
        return Ok(form(wrong, &editor, &place, &article, &faults, &html! {}));
    }
    if posted.value("action") == "preview" {
        let preview = html! {
            section.preview aria-label="Preview" { (content::story(&article)) }
        };
        return Ok(form(
            StatusCode::OK,
            &editor,
            &place,
            &article,
            &faults,
            &preview,
        ));
    }
    match store(&app, &place, &article).await {
        Ok(true) => {}
        Ok(false) => {
            let present = content::find_article(&app, &place).await?;
            article.version = present.ok_or(SiteError::NotFound)?.version;
            let notice = overtaken(&format!("/editor/articles/{place}"));
            return Ok(form(
                StatusCode::CONFLICT,
                &editor,
                &place,
                &article,
                &faults,
                &notice,
            ));
        }
        Err(SiteError::Database(error)) if error.is_unique_violation() => {
            let mut faults = Faults::default();
            faults.add("slug", "Another article has this address already");
            return Ok(form(wrong, &editor, &place, &article, &faults, &html! {}));
        }
        Err(error) => return Err(error),
    }
    Ok(answer::see_other(&format!(
        "/editor/articles/{}",
        article.slug
    )))
}

async fn store(app: &App, place: &str, article: &Article) -> Result<bool, SiteError> {
    let mut values = vec![
        (&article.slug as _, Type::TEXT),
        (&article.title as _, Type::TEXT),
        (&article.summary as _, Type::TEXT),
        (&article.body as _, Type::TEXT),
        (&article.photo as _, Type::TEXT),
        (&article.photo_alt as _, Type::TEXT),
        (&article.is_published as _, Type::BOOL),
    ];
    let statement = if place == NEW {
        INSERT
    } else {
        values.push((&article.version as _, Type::INT4));
        UPDATE
    };
    publish(app, statement, &values, &stale(&article.slug)).await
}

fn stale(slug: &str) -> Stale {
    Stale {
        tags: vec![format!("article-{slug}"), BLOG.to_owned(), HOME.to_owned()],
        paths: ["/", "/blog", "/feed.xml", "/sitemap.xml"]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("/blog/{slug}")])
            .collect(),
    }
}

/// The article that was sent, and what is wrong with it.
fn read(place: &str, posted: &Posted) -> (Article, Faults) {
    let title = posted.value("title").to_owned();
    let wanted = posted.value("slug");
    // An address that is known stays: others lead to it.
    let slug = match place {
        NEW if wanted.is_empty() => slug(&title),
        NEW => wanted.to_owned(),
        known => known.to_owned(),
    };
    let article = Article {
        slug,
        title,
        summary: posted.value("summary").to_owned(),
        body: posted.value("body").to_owned(),
        photo: posted.value("kept_photo").to_owned(),
        photo_alt: posted.value("photo_alt").to_owned(),
        is_published: posted.is_set("is_published"),
        published_at: 0,
        version: posted.number("version").unwrap_or_default(),
    };
    let mut faults = Faults::default();
    faults.text("title", &article.title, 1..=160);
    faults.text("summary", &article.summary, 1..=300);
    faults.text("body", &article.body, 1..=100_000);
    if !is_slug(&article.slug) || article.slug == NEW {
        faults.add(
            "slug",
            "Small letters, digits and hyphens are allowed, such as a-new-glaze",
        );
    }
    let has_photo = posted.photo.is_some() || !article.photo.is_empty();
    if has_photo && article.photo_alt.is_empty() {
        faults.add(
            "photo_alt",
            "Say in a few words what the photo shows, for those who cannot see it",
        );
    }
    (article, faults)
}

fn form(
    status: StatusCode,
    editor: &Editor,
    place: &str,
    article: &Article,
    faults: &Faults,
    notice: &Markup,
) -> Response {
    let is_new = place == NEW;
    let title = if is_new {
        "A new article"
    } else {
        "Edit an article"
    };
    let one = |name, label, hint, value| {
        let kind = "text";
        line(
            &Line {
                name,
                label,
                hint,
                value,
                kind,
            },
            faults,
        )
    };
    let content = html! {
        h1 { (title) }
        (notice)
        (faults.summary())
        form method="post" action=(format!("/editor/articles/{place}")) enctype="multipart/form-data" novalidate {
            input type="hidden" name="form_key" value=(editor.form_key);
            input type="hidden" name="version" value=(article.version);
            input type="hidden" name="kept_photo" value=(article.photo);
            (one("title", "Title", None, &article.title))
            @if is_new {
                (one("slug", "Address", Some("After /blog/. Left empty, it is made from the title."), &article.slug))
            }
            (one("summary", "Summary", Some("One or two sentences, for lists and search engines."), &article.summary))
            (area("body", "Text", Some("Markdown: ## headings, **bold**, [links](https://…), lists, tables."), &article.body, faults))
            div.field {
                label for="photo" { "Photo" }
                @if !article.photo.is_empty() {
                    div.current-photo { (picture(&article.photo, &article.photo_alt, &CARD)) }
                }
                p.hint #photo-hint { "JPEG, PNG, WebP, GIF or TIFF, up to 20 MiB." }
                input #photo type="file" name="photo" accept="image/*" aria-describedby="photo-hint";
            }
            (one("photo_alt", "What the photo shows", None, &article.photo_alt))
            div.field { label.check {
                input type="checkbox" name="is_published" value="yes" checked[article.is_published];
                " Published"
            } }
            div.actions {
                button type="submit" name="action" value="save" { "Save" }
                button.quiet type="submit" name="action" value="preview" { "Preview" }
            }
        }
    };
    frame(status, title, editor, &content)
}
