//! The frame of every page.

use maud::{DOCTYPE, Markup, html};

use crate::assets::{ICON, STYLE, path};

/// The company's name.
pub(crate) const NAME: &str = "Halden Stoneware";

/// What a page says about itself.
#[derive(Default)]
pub(crate) struct Head<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    /// Its own address, where others lead to it too.
    pub(crate) canonical: Option<&'a str>,
    /// Style and script of an embedded form.
    pub(crate) form_assets: Option<Markup>,
}

/// A page of the shop.
pub(crate) fn page(head: &Head<'_>, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (head.title) " · " (NAME) }
                @if !head.description.is_empty() { meta name="description" content=(head.description); }
                @if let Some(address) = head.canonical { link rel="canonical" href=(address); }
                @if let Some(assets) = &head.form_assets { (assets) }
                link rel="stylesheet" href=(path(&STYLE));
                link rel="icon" type="image/svg+xml" href=(path(&ICON));
                link rel="alternate" type="application/atom+xml" title=(NAME) href="/feed.xml";
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (header())
                main #content { (content) }
                (footer())
            }
        }
    }
}

fn header() -> Markup {
    html! {
        header.site-header {
            a.brand href="/" { img src=(path(&ICON)) alt="" width="32" height="32"; span { (NAME) } }
            nav aria-label="Main" {
                ul {
                    li { a href="/products" { "Shop" } }
                    li { a href="/blog" { "Journal" } }
                    li { a href="/pages/about" { "About" } }
                    li { a href="/pages/contact" { "Contact" } }
                }
            }
            form.search action="/search" method="get" role="search" {
                label.visually-hidden for="q" { "Search the shop" }
                input #q type="search" name="q" placeholder="Search" maxlength="100" required;
                button type="submit" { "Search" }
            }
        }
    }
}

fn footer() -> Markup {
    html! {
        footer.site-footer {
            div.columns {
                section aria-labelledby="f-shop" {
                    h2 #f-shop { "Shop" }
                    ul {
                        li { a href="/categories/vases" { "Vases" } }
                        li { a href="/categories/bowls" { "Bowls" } }
                        li { a href="/categories/mugs" { "Mugs and cups" } }
                        li { a href="/categories/lamps" { "Lamps" } }
                    }
                }
                section aria-labelledby="f-help" {
                    h2 #f-help { "Help" }
                    ul {
                        li { a href="/pages/delivery" { "Delivery and returns" } }
                        li { a href="/pages/contact" { "Contact" } }
                        li { a href="/pages/trade" { "For restaurants" } }
                        li { a href="/pages/newsletter" { "Letters from the kiln" } }
                    }
                }
                section aria-labelledby="f-honest" {
                    h2 #f-honest { "Honestly" }
                    p { "This is the reference site of Sidetier. It looks like a shop and sells nothing: "
                        "there is no till, no basket and no stoneware. "
                        a href="/pages/colophon" { "How it is built" } "." }
                }
            }
        }
    }
}

/// A page that only says something.
pub(crate) fn message(title: &str, text: &str) -> Markup {
    let head = Head {
        title,
        ..Head::default()
    };
    page(
        &head,
        &html! {
            div.prose {
                h1 { (title) }
                p { (text) }
                p { a.button href="/products" { "Look around the shop" } " " a href="/" { "or start at the beginning" } }
            }
        },
    )
}
