//! What there is to edit.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use super::session::Editor;
use crate::answer::{self, Lifetime};
use crate::layout::{Head, page};
use crate::{App, SiteError, catalogue, content};

/// `GET /editor`.
pub(crate) async fn show(State(app): State<App>, editor: Editor) -> Result<Response, SiteError> {
    let articles = content::all_articles(&app).await?;
    let products = catalogue::all(&app).await?;
    let pages = content::all_pages(&app).await?;
    let list = html! {
        h1 { "Editor" }
        section aria-labelledby="articles" {
            h2 #articles { "Articles" }
            p { a.button href="/editor/articles/new" { "Write an article" } }
            (table(["Title", "State"], articles.iter().map(|article| [
                html! { a href=(format!("/editor/articles/{}", article.slug)) { (article.title) } },
                html! { @if article.is_published { "Published" } @else { "Draft" } },
            ])))
        }
        section aria-labelledby="pages" {
            h2 #pages { "Pages" }
            (table(["Title", "Form"], pages.iter().map(|one| [
                html! { a href=(format!("/editor/pages/{}", one.slug)) { (one.title) } },
                html! { (one.form) },
            ])))
        }
        section aria-labelledby="products" {
            h2 #products { "Products" }
            (table(["Name", "Price and stock"], products.iter().map(|product| [
                html! { a href=(format!("/editor/products/{}", product.slug)) { (product.name) } },
                html! { (catalogue::price(product.price_cents)) ", " (product.stock) " in stock" },
            ])))
        }
    };
    Ok(frame(StatusCode::OK, "Editor", &editor, &list))
}

/// A page of the editor.
pub(super) fn frame(
    status: StatusCode,
    title: &str,
    editor: &Editor,
    content: &Markup,
) -> Response {
    let head = Head {
        title,
        ..Head::default()
    };
    let content = html! {
        div.editor-bar {
            a href="/editor" { "Everything" }
            a href="/" { "See the site" }
            form method="post" action="/editor/sign-out" {
                input type="hidden" name="form_key" value=(editor.form_key);
                button.quiet type="submit" { "Sign out" }
            }
        }
        (content)
    };
    answer::page(status, page(&head, &content), Lifetime::Private, &[])
}

fn table(columns: [&str; 2], rows: impl Iterator<Item = [Markup; 2]>) -> Markup {
    html! {
        table.editor-list {
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } }
        }
    }
}
