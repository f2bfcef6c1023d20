//! What the pages of reports have in common: frame, tiles, tables.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::style::STYLE;

/// The parts of a page.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its title and heading.
    pub title: String,
    /// What stands below the heading.
    pub lead: Markup,
    /// The page itself.
    pub main: Markup,
    /// What stands at the end.
    pub footer: Markup,
}

/// A column of a table. The first one names the rows and is text; numbers stand right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A column of text.
    Text(&'static str),
    /// A column of numbers.
    Number(&'static str),
}

impl Document {
    /// The page as HTML: self-contained, without scripts, for light and dark.
    #[must_use]
    pub fn render(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (self.title) }
                        (self.lead)
                    }
                    main { (self.main) }
                    footer { (self.footer) }
                }
            }
        };
        page.into_string()
    }
}

/// Figures that are seen first: name and value.
#[must_use]
pub fn tiles(figures: &[(&str, String)]) -> Markup {
    html! {
        dl.tiles { @for (name, value) in figures {
            div { dt { (name) } dd { (value) } }
        } }
    }
}

/// A table that can be scrolled sideways, with the keyboard as well. The first cell of a row
/// is its heading.
#[must_use]
pub fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) { table {
            caption { (caption) }
            thead { tr { @for column in columns {
                @match column {
                    Column::Text(name) => th.text scope="col" { (name) },
                    Column::Number(name) => th scope="col" { (name) },
                }
            } } }
            tbody { @for row in rows { tr {
                @for (index, (cell, column)) in row.iter().zip(columns).enumerate() {
                    @match (index, column) {
                        (0, _) => th scope="row" { (cell) },
                        (_, Column::Text(_)) => td.text { (cell) },
                        (_, Column::Number(_)) => td { (cell) },
                    }
                }
            } } }
        } }
    }
}
