//! The front page, the journal and the pages: how they are queried, how they look.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::answer::{Reads, public};
use crate::catalogue::{self, Product};
use crate::layout::{Head, NAME, page};
use crate::pictures::{CARD, OPENING, WIDE, picture};
use crate::slug::Slug;
use crate::{App, SiteError, forms, markdown};

/// The tag of the front page.
pub(crate) const HOME: &str = "home";
/// The tag of everything that lists articles.
pub(crate) const BLOG: &str = "blog";
/// Articles of the front page.
const ON_HOME: usize = 3;

/// An article of the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Article {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) body: String,
    pub(crate) photo: String,
    pub(crate) photo_alt: String,
    pub(crate) is_published: bool,
    /// In seconds of Unix time; 0 while it was never published.
    pub(crate) published_at: i64,
    pub(crate) version: i32,
}

/// A page that stands by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StandingPage {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) body: String,
    /// Id of the form it embeds; empty for none.
    pub(crate) form: String,
    pub(crate) version: i32,
}

/// Every article, drafts first.
const ALL_ARTICLES: &str = "SELECT coalesce(json_agg(found), '[]'::json) FROM ( \
     SELECT slug, title, summary, body, photo, photo_alt, is_published, \
       coalesce(floor(extract(epoch FROM published_at))::bigint, 0) AS published_at, version \
     FROM articles ORDER BY is_published, articles.published_at DESC, slug LIMIT 30) found";

/// Every standing page, in its place.
const ALL_PAGES: &str = "SELECT coalesce(json_agg(found), '[]'::json) FROM ( \
     SELECT slug, title, body, form, version FROM pages ORDER BY position) found";

/// Every article, for the editor.
pub(crate) async fn all_articles(app: &App) -> Result<Vec<Article>, SiteError> {
    app.select(ALL_ARTICLES, &[]).await
}

/// One article, published or not.
pub(crate) async fn find_article(app: &App, slug: &str) -> Result<Option<Article>, SiteError> {
    app.ask("article", &[slug]).await
}

/// Every standing page, for the editor.
pub(crate) async fn all_pages(app: &App) -> Result<Vec<StandingPage>, SiteError> {
    app.select(ALL_PAGES, &[]).await
}

/// One standing page.
pub(crate) async fn find_page(app: &App, slug: &str) -> Result<Option<StandingPage>, SiteError> {
    app.ask("page", &[slug]).await
}

/// `GET /`.
pub(crate) async fn home(State(app): State<App>) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let (products, stories): (Vec<Product>, Vec<Article>) =
        app.read(&mut reads, "home", &[]).await?;
    let head = Head {
        title: "Things for the table and the sill",
        description: "Stoneware thrown, turned and glazed by seven people above a small harbour",
        canonical: Some("/"),
        ..Head::default()
    };
    let content = html! {
        section.opening aria-label="Welcome" {
            (picture("journal/harbour.jpg", "", &OPENING))
            div.words {
                h1 { "Made slowly, by the water" }
                p { "Stoneware for the table and the sill: thrown, turned and glazed in an old net loft." }
                a.button href="/products" { "See what is on the shelf" }
            }
        }
        section aria-labelledby="favourites" {
            div.section-head { h2 #favourites { "What people come back for" } a href="/products" { "Everything" } }
            (catalogue::cards(products.iter()))
        }
        section aria-labelledby="journal" {
            div.section-head { h2 #journal { "From the journal" } a href="/blog" { "All stories" } }
            (stories_as_cards(stories.iter().take(ON_HOME)))
        }
    };
    Ok(public(page(&head, &content), reads))
}

/// `GET /blog`.
pub(crate) async fn blog(State(app): State<App>) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let stories: Vec<Article> = app.read(&mut reads, "blog", &[]).await?;
    let head = Head {
        title: "Journal",
        description: "Stories from the workshop",
        canonical: Some("/blog"),
        ..Head::default()
    };
    let content = html! {
        h1 { "Journal" }
        p { "What happens between the wheel and the shelf." }
        @if stories.is_empty() { p { "Nothing yet. Come back after the next firing." } }
        h2.visually-hidden { "Stories" }
        (stories_as_cards(stories.iter()))
    };
    Ok(public(page(&head, &content), reads))
}

/// `GET /blog/{slug}`.
pub(crate) async fn article(
    State(app): State<App>,
    Slug(slug): Slug,
) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let found: Option<Article> = app.read(&mut reads, "article", &[&slug]).await?;
    let now = Timestamp::now().as_second();
    let visible = found.filter(|found| found.is_published && found.published_at <= now);
    let found = visible.ok_or(SiteError::NotFound)?;
    let head = Head {
        title: &found.title,
        description: &found.summary,
        canonical: Some(&format!("/blog/{slug}")),
        ..Head::default()
    };
    Ok(public(page(&head, &story(&found)), reads))
}

/// `GET /pages/{slug}`.
pub(crate) async fn standing_page(
    State(app): State<App>,
    Slug(slug): Slug,
) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let found: Option<StandingPage> = app.read(&mut reads, "page", &[&slug]).await?;
    let found = found.ok_or(SiteError::NotFound)?;
    let (form, form_assets) = forms::embedded(&found.form).unzip();
    let head = Head {
        title: &found.title,
        description: NAME,
        canonical: Some(&format!("/pages/{slug}")),
        form_assets,
    };
    let content = html! {
        div.prose { h1 { (found.title) } (markdown::render(&found.body)) }
        @if let Some(form) = form { (form) }
    };
    Ok(public(page(&head, &content), reads))
}

/// An article as visitors see it.
pub(crate) fn story(found: &Article) -> Markup {
    html! {
        article.story {
            header {
                h1 { (found.title) }
                p.lede { (found.summary) }
                @if found.published_at > 0 { (date(found.published_at)) }
            }
            @if !found.photo.is_empty() { (picture(&found.photo, &found.photo_alt, &WIDE)) }
            div.prose { (markdown::render(&found.body)) }
        }
    }
}

fn stories_as_cards<'a>(stories: impl Iterator<Item = &'a Article>) -> Markup {
    html! {
        ul.grid {
            @for story in stories {
                li.card {
                    (picture(&story.photo, &story.photo_alt, &CARD))
                    h3 { a href=(format!("/blog/{}", story.slug)) { (story.title) } }
                    p { (story.summary) }
                    (date(story.published_at))
                }
            }
        }
    }
}

fn date(seconds: i64) -> Markup {
    let Ok(time) = Timestamp::from_second(seconds) else {
        return html! {};
    };
    let (machine, people) = (time.strftime("%Y-%m-%d"), time.strftime("%-d %B %Y"));
    html! { p.byline { time datetime=(machine.to_string()) { (people.to_string()) } } }
}
