//! The front page, the journal and the pages: how they are queried, how they look.

use axum::extract::State;
use axum::response::Response;
use database::{DatabaseError, Row, Type, column};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::answer::{Reads, public, tags};
use crate::catalogue::{self, CATALOGUE, Product};
use crate::layout::{Head, NAME, page};
use crate::pictures::{CARD, OPENING, WIDE, picture};
use crate::slug::Slug;
use crate::{App, SiteError, forms, markdown};

/// The tag of the front page.
pub(crate) const HOME: &str = "home";
/// The tag of everything that lists articles.
pub(crate) const BLOG: &str = "blog";
/// Articles that one page lists.
const LISTED: i64 = 30;
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

const ARTICLES: &str = "SELECT slug, title, summary, body, photo, photo_alt, is_published, \
     coalesce(floor(extract(epoch FROM published_at))::bigint, 0), version FROM articles";

impl Article {
    fn of(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            slug: column(row, 0)?,
            title: column(row, 1)?,
            summary: column(row, 2)?,
            body: column(row, 3)?,
            photo: column(row, 4)?,
            photo_alt: column(row, 5)?,
            is_published: column(row, 6)?,
            published_at: column(row, 7)?,
            version: column(row, 8)?,
        })
    }
}

async fn articles(
    app: &App,
    condition: &str,
    parameters: database::Parameters<'_>,
) -> Result<Vec<Article>, SiteError> {
    let statement = format!("{ARTICLES} {condition} LIMIT {LISTED}");
    let rows = app.database().await?.query(&statement, parameters).await?;
    Ok(rows.iter().map(Article::of).collect::<Result<_, _>>()?)
}

/// The published articles, newest first.
pub(crate) async fn published(app: &App) -> Result<Vec<Article>, SiteError> {
    let condition = "WHERE is_published AND published_at <= now() ORDER BY published_at DESC, slug";
    articles(app, condition, &[]).await
}

/// Every article, for the editor.
pub(crate) async fn all_articles(app: &App) -> Result<Vec<Article>, SiteError> {
    articles(app, "ORDER BY is_published, published_at DESC, slug", &[]).await
}

/// One article, published or not.
pub(crate) async fn find_article(app: &App, slug: &str) -> Result<Option<Article>, SiteError> {
    let found = articles(app, "WHERE slug = $1", &[(&slug, Type::TEXT)]).await?;
    Ok(found.into_iter().next())
}

/// Every standing page, or the one with this name.
pub(crate) async fn pages(app: &App, slug: Option<&str>) -> Result<Vec<StandingPage>, SiteError> {
    let statement = "SELECT slug, title, body, form, version FROM pages \
         WHERE $1::text IS NULL OR slug = $1 ORDER BY position";
    let rows = app
        .database()
        .await?
        .query(statement, &[(&slug, Type::TEXT)])
        .await?;
    let read = |row: &Row| -> Result<StandingPage, DatabaseError> {
        Ok(StandingPage {
            slug: column(row, 0)?,
            title: column(row, 1)?,
            body: column(row, 2)?,
            form: column(row, 3)?,
            version: column(row, 4)?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// `GET /`.
pub(crate) async fn home(State(app): State<App>) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let tags = tags([HOME, CATALOGUE, BLOG]);
    let (products, stories): (Vec<Product>, Vec<Article>) = app
        .read(&mut reads, "home", &tags, |app| async move {
            Ok((catalogue::featured(&app).await?, published(&app).await?))
        })
        .await?;
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
    Ok(public(page(&head, &content), &tags, reads))
}

/// `GET /blog`.
pub(crate) async fn blog(State(app): State<App>) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let tags = tags([BLOG]);
    let stories: Vec<Article> = app
        .read(&mut reads, "blog", &tags, |app| async move {
            published(&app).await
        })
        .await?;
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
    Ok(public(page(&head, &content), &tags, reads))
}

/// `GET /blog/{slug}`.
pub(crate) async fn article(
    State(app): State<App>,
    Slug(slug): Slug,
) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let tags = vec![format!("article-{slug}")];
    let wanted = slug.clone();
    let found: Option<Article> = app
        .read(
            &mut reads,
            &format!("article:{slug}"),
            &tags,
            |app| async move { find_article(&app, &wanted).await },
        )
        .await?;
    let now = Timestamp::now().as_second();
    let visible = found.filter(|found| found.is_published && found.published_at <= now);
    let found = visible.ok_or(SiteError::NotFound)?;
    let head = Head {
        title: &found.title,
        description: &found.summary,
        canonical: Some(&format!("/blog/{slug}")),
        ..Head::default()
    };
    Ok(public(page(&head, &story(&found)), &tags, reads))
}

/// `GET /pages/{slug}`.
pub(crate) async fn standing_page(
    State(app): State<App>,
    Slug(slug): Slug,
) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let tags = vec![format!("page-{slug}")];
    let wanted = slug.clone();
    let found: Option<StandingPage> = app
        .read(
            &mut reads,
            &format!("page:{slug}"),
            &tags,
            |app| async move { Ok(pages(&app, Some(&wanted)).await?.into_iter().next()) },
        )
        .await?;
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
    Ok(public(page(&head, &content), &tags, reads))
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
