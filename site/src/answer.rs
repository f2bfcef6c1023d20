//! What caches and browsers are told about an answer.

use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use cache::Outcome;
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::Markup;

/// Nothing but the site's own style, script and pictures. Placeholder colours of pictures are
/// styles in attributes.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; \
     script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'self'";

/// Tags of an answer, for what invalidates by tag. The same tags as in Redis.
const CACHE_TAG: HeaderName = HeaderName::from_static("cache-tag");
/// Where the time went: <https://www.w3.org/TR/server-timing/>.
pub(crate) const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// For how long an answer may be kept, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// A page: by caches for a minute, ten minutes more while they ask again, a day when
    /// nobody answers. Browsers ask each time.
    Page,
    /// A feed or a site map: five minutes.
    Feed,
    /// A file whose name changes with its content: for ever.
    Immutable,
    /// That there is nothing here: ten seconds.
    NotFound,
    /// One person's page.
    Private,
}

impl Lifetime {
    const fn cache_control(self) -> &'static str {
        match self {
            Self::Page => {
                "public, max-age=0, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400"
            }
            Self::Feed => {
                "public, max-age=300, s-maxage=300, stale-while-revalidate=3600, stale-if-error=86400"
            }
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::NotFound => "public, max-age=0, s-maxage=10",
            Self::Private => "private, no-store",
        }
    }
}

/// Where the data of one answer came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    tags: Vec<String>,
    cached: Duration,
    computed: Duration,
    worst: Option<Outcome>,
}

impl Reads {
    /// Takes note of an answer, and of what ends it.
    pub(crate) fn note(&mut self, tags: &[String], outcome: Outcome, took: Duration) {
        for tag in tags {
            if !self.tags.contains(tag) {
                self.tags.push(tag.clone());
            }
        }
        match outcome {
            Outcome::Hit | Outcome::Stale => self.cached += took,
            Outcome::Computed | Outcome::Bypassed => self.computed += took,
        }
        let rank = |outcome| match outcome {
            Outcome::Hit => 0,
            Outcome::Stale => 1,
            Outcome::Computed => 2,
            Outcome::Bypassed => 3,
        };
        if self.worst.is_none_or(|worst| rank(outcome) > rank(worst)) {
            self.worst = Some(outcome);
        }
    }

    /// The tags of all that was read.
    pub(crate) fn tags(&self) -> &[String] {
        &self.tags
    }

    /// The least favourable of where the data came from; nothing when none was read.
    pub(crate) fn outcome(&self) -> Option<&'static str> {
        self.worst.map(Outcome::as_str)
    }

    /// The metrics of `Server-Timing`, besides the whole time.
    pub(crate) fn server_timing(&self) -> String {
        let Some(outcome) = self.outcome() else {
            return String::new();
        };
        let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
        format!(
            ", cache;desc={outcome};dur={:.1}, db;dur={:.1}",
            milliseconds(self.cached),
            milliseconds(self.computed)
        )
    }
}

/// A page of HTML.
pub(crate) fn page(
    status: StatusCode,
    markup: Markup,
    lifetime: Lifetime,
    tags: &[String],
) -> Response {
    let mut response = Response::new(Body::from(markup.into_string()));
    *response.status_mut() = status;
    set(
        &mut response,
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    set(
        &mut response,
        header::CONTENT_SECURITY_POLICY,
        CONTENT_POLICY,
    );
    keep(response, lifetime, tags)
}

/// A public page, with where its data came from.
pub(crate) fn public(markup: Markup, reads: Reads) -> Response {
    let mut response = page(StatusCode::OK, markup, Lifetime::Page, reads.tags());
    response.extensions_mut().insert(reads);
    response
}

/// An answer of another kind.
pub(crate) fn document(
    content_type: &'static str,
    text: String,
    lifetime: Lifetime,
    tags: &[String],
) -> Response {
    let mut response = text.into_response();
    set(&mut response, header::CONTENT_TYPE, content_type);
    keep(response, lifetime, tags)
}

/// A redirect that only this visitor gets.
pub(crate) fn see_other(location: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    set(&mut response, header::LOCATION, location);
    keep(response, Lifetime::Private, &[])
}

fn keep(mut response: Response, lifetime: Lifetime, tags: &[String]) -> Response {
    set(
        &mut response,
        header::CACHE_CONTROL,
        lifetime.cache_control(),
    );
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(
        &mut response,
        header::REFERRER_POLICY,
        "strict-origin-when-cross-origin",
    );
    if !tags.is_empty() {
        set(&mut response, CACHE_TAG, &tags.join(","));
    }
    response
}

/// Sets a header; what is no header value is left out.
pub(crate) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_favourable_read_names_the_answer() {
        let mut reads = Reads::default();
        assert_eq!(reads.server_timing(), "");
        let (all, home) = (
            ["catalogue".to_owned(), "home".to_owned()],
            ["home".to_owned()],
        );
        reads.note(&home, Outcome::Hit, Duration::from_millis(1));
        reads.note(&all, Outcome::Computed, Duration::from_millis(5));
        reads.note(&home, Outcome::Stale, Duration::from_millis(1));
        assert_eq!(reads.outcome(), Some("computed"));
        assert_eq!(
            reads.server_timing(),
            ", cache;desc=computed;dur=2.0, db;dur=5.0"
        );
        assert_eq!(reads.tags(), ["home", "catalogue"]);
    }

    #[test]
    fn one_persons_page_is_kept_by_nobody() {
        let response = page(StatusCode::OK, Markup::default(), Lifetime::Private, &[]);
        assert_eq!(
            response.headers()[header::CACHE_CONTROL],
            "private, no-store"
        );
        assert!(!response.headers().contains_key(CACHE_TAG));
    }
}
