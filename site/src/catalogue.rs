//! Products and categories: how they are queried, how they look.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::answer::{Reads, public};
use crate::layout::{Head, page};
use crate::pictures::{CARD, FULL, picture};
use crate::slug::Slug;
use crate::{App, SiteError, markdown};

/// The tag of everything that lists products.
pub(crate) const CATALOGUE: &str = "catalogue";
/// Longest search, in characters.
const MAX_SEARCH_CHARS: usize = 100;

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Product {
    pub(crate) slug: String,
    pub(crate) category: String,
    pub(crate) category_name: String,
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) price_cents: i32,
    pub(crate) stock: i32,
    pub(crate) photo: String,
    pub(crate) photo_alt: String,
    pub(crate) version: i32,
}

/// A group of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Category {
    slug: String,
    name: String,
    description: String,
}

/// A price such as `€ 64.00`.
pub(crate) fn price(cents: i32) -> String {
    format!("€ {}.{:02}", cents / 100, cents % 100)
}

/// Every product, for the editor.
pub(crate) async fn all(app: &App) -> Result<Vec<Product>, SiteError> {
    let (_, found): (Vec<Category>, _) = app.ask("shop", &[]).await?;
    Ok(found)
}

/// One product.
pub(crate) async fn find(app: &App, slug: &str) -> Result<Option<Product>, SiteError> {
    let (found, _): (_, Vec<Product>) = app.ask("product", &[slug]).await?;
    Ok(found)
}

/// `GET /products`.
pub(crate) async fn shop(State(app): State<App>) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let (groups, found): (Vec<Category>, Vec<Product>) = app.read(&mut reads, "shop", &[]).await?;
    let head = Head {
        title: "Shop",
        description: "Vases, bowls, mugs, plates, lamps and planters in stoneware",
        canonical: Some("/products"),
        ..Head::default()
    };
    let content = html! {
        h1 { "The shop" }
        (category_links(&groups, None))
        @for group in &groups {
            section aria-labelledby=(group.slug) {
                div.section-head {
                    h2 #(group.slug) { (group.name) }
                    a href=(format!("/categories/{}", group.slug)) { "All " (group.name.to_lowercase()) }
                }
                p { (group.description) }
                (cards(found.iter().filter(|product| product.category == group.slug)))
            }
        }
    };
    Ok(public(page(&head, &content), reads))
}

/// `GET /categories/{slug}`.
pub(crate) async fn category(
    State(app): State<App>,
    Slug(slug): Slug,
) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let (groups, found): (Vec<Category>, Vec<Product>) =
        app.read(&mut reads, "category", &[&slug]).await?;
    let group = groups.iter().find(|group| group.slug == slug);
    let group = group.ok_or(SiteError::NotFound)?;
    let head = Head {
        title: &group.name,
        description: &group.description,
        canonical: Some(&format!("/categories/{slug}")),
        ..Head::default()
    };
    let content = html! {
        h1 { (group.name) }
        p { (group.description) }
        (category_links(&groups, Some(&slug)))
        h2.visually-hidden { "Products" }
        (cards(found.iter()))
    };
    Ok(public(page(&head, &content), reads))
}

/// `GET /products/{slug}`.
pub(crate) async fn product(
    State(app): State<App>,
    Slug(slug): Slug,
) -> Result<Response, SiteError> {
    let mut reads = Reads::default();
    let (found, related): (Option<Product>, Vec<Product>) =
        app.read(&mut reads, "product", &[&slug]).await?;
    let found = found.ok_or(SiteError::NotFound)?;
    let head = Head {
        title: &found.name,
        description: &found.summary,
        canonical: Some(&format!("/products/{slug}")),
        ..Head::default()
    };
    Ok(public(page(&head, &details(&found, &related)), reads))
}

/// What a search asks for.
#[derive(Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
}

/// `GET /search`.
pub(crate) async fn search(
    State(app): State<App>,
    Query(search): Query<Search>,
) -> Result<Response, SiteError> {
    let words: String = search.q.trim().chars().take(MAX_SEARCH_CHARS).collect();
    let mut reads = Reads::default();
    // Nobody searches for capital letters: those who spell a word otherwise share its answer.
    let asked = words.to_lowercase();
    let found: Vec<Product> = app.read(&mut reads, "search", &[&asked]).await?;
    let title = format!("Search: {words}");
    let head = Head {
        title: &title,
        ..Head::default()
    };
    let content = html! {
        h1 { "“" (words) "”" }
        @match found.len() {
            0 => { p { "Nothing of that name. Perhaps under " a href="/products" { "everything we make" } "?" } }
            1 => { p { "One thing fits." } }
            count => { p { (count) " things fit." } }
        }
        h2.visually-hidden { "Products" }
        (cards(found.iter()))
    };
    Ok(public(page(&head, &content), reads))
}

fn details(found: &Product, related: &[Product]) -> Markup {
    html! {
        nav.crumbs aria-label="Breadcrumb" { ol {
            li { a href="/products" { "Shop" } }
            li { a href=(format!("/categories/{}", found.category)) { (found.category_name) } }
        } }
        div.product {
            div { (picture(&found.photo, &found.photo_alt, &FULL)) }
            div.prose {
                h1 { (found.name) }
                p.price { (price(found.price_cents)) }
                (stock(found.stock))
                (markdown::render(&found.description))
                p {
                    a.button href="/pages/contact" { "Ask about this piece" } " "
                    a.button.quiet href="/pages/trade" { "Order for a restaurant" }
                }
                p.byline { "No till, no basket: this is a reference site, and nothing here is for sale." }
            }
        }
        @if !related.is_empty() {
            section aria-labelledby="related" {
                h2 #related { "From the same shelf" }
                (cards(related.iter().take(4)))
            }
        }
    }
}

fn stock(count: i32) -> Markup {
    html! {
        @match count {
            0 => { p.stock.out { "Being made: about six weeks" } }
            1..=5 => { p.stock { "Only " (count) " left" } }
            _ => { p.stock { "On the shelf" } }
        }
    }
}

fn category_links(groups: &[Category], current: Option<&str>) -> Markup {
    html! {
        nav aria-label="Categories" { ul.tags {
            @for group in groups {
                li { a href=(format!("/categories/{}", group.slug))
                    aria-current=[(current == Some(&group.slug)).then_some("page")] { (group.name) } }
            }
        } }
    }
}

/// Products as cards.
pub(crate) fn cards<'a>(found: impl Iterator<Item = &'a Product>) -> Markup {
    html! {
        ul.grid {
            @for product in found {
                li.card {
                    (picture(&product.photo, &product.photo_alt, &CARD))
                    h3 { a href=(format!("/products/{}", product.slug)) { (product.name) } }
                    p { (product.summary) }
                    p.price { (price(product.price_cents)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_have_two_places() {
        assert_eq!(price(6400), "€ 64.00");
        assert_eq!(price(5), "€ 0.05");
    }
}
