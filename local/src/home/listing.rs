//! Plain pages behind the architecture's boxes: objects of the bucket, log lines.

use anyhow::{Context, Result};
use maud::{Markup, html};

use super::Site;
use super::page::{layout, size};
use crate::process::last_lines;
use crate::{deploy, functions};

/// Log lines that one page shows; the newest.
const MAX_LINES: usize = 200;

/// The objects of the media bucket under a prefix.
pub(crate) fn objects(site: &Site, prefix: &str) -> Result<Markup> {
    let objects = site.media.list(prefix)?;
    let title = if prefix.is_empty() {
        "All objects"
    } else {
        prefix
    };
    Ok(layout(
        title,
        None,
        &html! {
            h1 { (title) }
            p { "Bucket " code { (site.media.name()) } ", the first thousand by key." }
            @if objects.is_empty() {
                p { "Nothing is stored here yet." }
            } @else {
                div.scroll tabindex="0" role="region" aria-label="Objects" {
                    table {
                        thead { tr { th scope="col" { "Key" } th.number scope="col" { "Size" } } }
                        tbody {
                            @for object in &objects {
                                tr { td { code { (object.key) } } td.number { (size(object.bytes)) } }
                            }
                        }
                    }
                }
            }
        },
    ))
}

/// The newest log lines of a function, or of another tier.
pub(crate) fn logs(site: &Site, source: &str) -> Result<Markup> {
    let lines = match site.tier_logs.iter().find(|(name, _)| *name == source) {
        Some((_, file)) => last_lines(file, MAX_LINES)
            .lines()
            .map(str::to_owned)
            .collect(),
        None => function_lines(site, source)?,
    };
    let newest = lines
        .get(lines.len().saturating_sub(MAX_LINES)..)
        .unwrap_or_default();
    Ok(layout(
        source,
        None,
        &html! {
            h1 { "Log of " (source) }
            p { "The newest " (MAX_LINES) " lines at most, oldest first." }
            div.scroll tabindex="0" role="region" aria-label="Log lines" {
                pre { @for line in newest { (line) "\n" } }
            }
        },
    ))
}

fn function_lines(site: &Site, function: &str) -> Result<Vec<String>> {
    functions::names()?
        .iter()
        .find(|name| *name == function)
        .with_context(|| format!("find a tier or function called {function}"))?;
    site.aws
        .log_lines(&format!("/aws/lambda/{}-{function}", deploy::STACK))
}
