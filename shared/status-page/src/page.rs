use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::format::{clamp_ms, duration, moment, relative, rfc3339};
use crate::snapshot::Snapshot;
use crate::style::STYLE;
use crate::{components, incidents};

/// The page's media type.
pub const PAGE_TYPE: &str = "text/html; charset=utf-8";

/// Seconds after which the page is made anew. A server sends it with the header
/// `Refresh: 60`; the page itself does not ask for that, as it would on a copy that only ages.
pub const REFRESH_S: u32 = 60;

/// Bytes that the page takes at most. With more components than there is room for, it says
/// less of each.
pub const SIZE_LIMIT: usize = 20_000;

/// The page's content policy: nothing but its own style.
pub const CONTENT_POLICY: &str = "default-src 'none'; style-src 'sha256-c92Z8lFDJPtDDv0J/nqwASbsf50dBRQA0IU1vKUdAps='; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How much is said of each component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// Its state and its uptime.
    Least,
    /// And since when it is so, how fast it answers, when it was looked at.
    Words,
    /// And its days as bars.
    All,
}

/// What the page shows, at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) now_ms: i64,
    pub(crate) detail: Detail,
}

/// The status page, as HTML that needs no scripts and nothing but itself.
#[must_use]
pub fn status_html(snapshot: &Snapshot, now_ms: i64) -> String {
    let snapshot = &snapshot.clean();
    let render = |detail| {
        let view = View {
            snapshot,
            now_ms: clamp_ms(now_ms),
            detail,
        };
        without_optional_tags(document(&view).into_string())
    };
    for detail in [Detail::All, Detail::Words] {
        let page = render(detail);
        if page.len() <= SIZE_LIMIT {
            return page;
        }
    }
    render(Detail::Least)
}

/// Without the end tags that HTML lets be left out. No text has one: it is escaped.
/// <https://html.spec.whatwg.org/multipage/syntax.html#optional-tags>
fn without_optional_tags(mut page: String) -> String {
    for tag in ["</td>", "</th>", "</tr>", "</li>"] {
        page = page.replace(tag, "");
    }
    page
}

fn document(view: &View<'_>) -> Markup {
    let snapshot = view.snapshot;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (snapshot.site) " status: " (snapshot.sentence(view.now_ms)) }
                link rel="alternate" type="application/atom+xml" title="Incidents" href=(incidents_url(snapshot));
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header { h1 { (snapshot.site) " status" } }
                main id="main" tabindex="-1" {
                    (overall(view))
                    (incidents::open(view))
                    (incidents::maintenance(view))
                    (components::table(view))
                    (components::days(view))
                    (incidents::ended(view))
                }
                footer { (footer(snapshot)) }
            }
        }
    }
}

/// How all of it is, and how far that can be trusted.
fn overall(view: &View<'_>) -> Markup {
    let (snapshot, now_ms) = (view.snapshot, view.now_ms);
    let standing = snapshot.overall(now_ms);
    let made = html! { time datetime=(rfc3339(snapshot.made_ms)) { (moment(snapshot.made_ms)) } };
    let age = relative(snapshot.made_ms.min(now_ms), now_ms);
    html! {
        div class={ "card " (standing.class()) } {
            p.big { i.(standing.class()) aria-hidden="true" { (standing.shape()) } " " (snapshot.sentence(now_ms)) "." }
            @if snapshot.is_stale(now_ms) {
                p { strong { "Data are stale since " (made) " (" (age) ")." }
                    " What follows is what was known then." }
            } @else {
                p { "As of " (made) " (" (age) ")." }
            }
            p.soft {
                "This page was made at " time datetime=(rfc3339(now_ms)) { (moment(now_ms)) }
                ", which is what “ago” counts from, and is renewed every " (duration(i64::from(REFRESH_S) * 1000))
                ". When that is more than " (duration(snapshot.stale_ms))
                " in the past, you see a copy, and its data are stale. Times are UTC."
            }
        }
    }
}

fn footer(snapshot: &Snapshot) -> Markup {
    html! {
        p {
            "Uptime is the share of the time that is known; maintenance is left out. "
            a href=(incidents_url(snapshot)) { "Incidents as a feed" } ", "
            a href={ (snapshot.url) ".json" } { "all of this as JSON" } "."
        }
    }
}

pub(crate) fn incidents_url(snapshot: &Snapshot) -> String {
    format!("{}/incidents.atom", snapshot.url)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_policy_has_the_hash_of_the_style() {
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        let source = format!("style-src 'sha256-{hash}';");
        assert!(CONTENT_POLICY.contains(&source), "{source}");
    }
}
