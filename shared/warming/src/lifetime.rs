//! How long a cache keeps an answer, by what the answer says and what the cache's policy allows.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html>

use http::{HeaderMap, header};
use jiff::fmt::rfc2822::DateTimeParser;

use crate::{CachePolicy, Uncacheable};

/// Seconds after which nothing is reckoned any more: ten years.
const MAX_SECONDS: i64 = 315_360_000;

/// What an answer says about being kept.
#[derive(Debug, Default)]
struct Directives {
    is_private: bool,
    is_no_store: bool,
    is_no_cache: bool,
    max_age: Option<i64>,
    shared_max_age: Option<i64>,
}

/// How many seconds a shared cache keeps an answer, or why it does not.
pub(crate) fn lifetime(headers: &HeaderMap, policy: &CachePolicy) -> Result<i64, Uncacheable> {
    if policy.max_ttl.ms() == 0 {
        return Err(Uncacheable::CachingOff);
    }
    let directives = Directives::of(headers);
    let seconds = |ms: u64| i64::try_from(ms / 1000).unwrap_or(MAX_SECONDS);
    let (least, most) = (seconds(policy.min_ttl.ms()), seconds(policy.max_ttl.ms()));
    if varies(headers, "*") {
        return Err(Uncacheable::VaryAll);
    }
    // What is kept whatever it says is not forbidden by what it says.
    if least == 0 {
        directives.forbidden(headers)?;
    }
    let said = directives
        .shared_max_age
        .or(directives.max_age)
        .or_else(|| expires_in(headers));
    let said = if directives.is_no_cache {
        Some(0)
    } else {
        said
    };
    match said
        .unwrap_or(seconds(policy.default_ttl.ms()))
        .min(most)
        .max(least)
    {
        ..=0 if said.is_none() => Err(Uncacheable::NoLifetime),
        ..=0 => Err(Uncacheable::ZeroLifetime),
        lifetime => Ok(lifetime),
    }
}

/// Seconds since the origin made the answer.
pub(crate) fn age(headers: &HeaderMap) -> i64 {
    let age = headers.get(header::AGE).and_then(|age| age.to_str().ok());
    age.and_then(delta_seconds).unwrap_or(0)
}

/// What `Retry-After` asks for, in milliseconds from now on.
/// <https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>
#[must_use]
pub fn retry_after_ms(headers: &HeaderMap, now_ms: i64) -> Option<i64> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let ms = match delta_seconds(text) {
        Some(seconds) => seconds.saturating_mul(1000),
        None => date_ms(text)?.saturating_sub(now_ms).max(0),
    };
    Some(ms.min(MAX_SECONDS * 1000))
}

impl Directives {
    /// <https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2>
    fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        for value in headers.get_all(header::CACHE_CONTROL) {
            let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
            for directive in text.split(',') {
                let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
                let seconds = || delta_seconds(value.trim().trim_matches('"'));
                match name.trim() {
                    "private" => found.is_private = true,
                    "no-store" => found.is_no_store = true,
                    "no-cache" => found.is_no_cache = true,
                    "max-age" => found.max_age = seconds(),
                    "s-maxage" => found.shared_max_age = seconds(),
                    _ => {}
                }
            }
        }
        found
    }

    fn forbidden(&self, headers: &HeaderMap) -> Result<(), Uncacheable> {
        let is_for_one = varies(headers, "authorization");
        for (is_so, reason) in [
            (self.is_no_store, Uncacheable::NoStore),
            (self.is_private, Uncacheable::Private),
            (
                headers.contains_key(header::SET_COOKIE),
                Uncacheable::SetCookie,
            ),
            (is_for_one, Uncacheable::Authorization),
        ] {
            if is_so {
                return Err(reason);
            }
        }
        Ok(())
    }
}

fn varies(headers: &HeaderMap, name: &str) -> bool {
    headers.get_all(header::VARY).iter().any(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.split(',')
            .any(|part| part.trim().eq_ignore_ascii_case(name))
    })
}

/// What `Expires` says; a value that is no date is in the past.
/// <https://www.rfc-editor.org/rfc/rfc9111#section-5.3>
fn expires_in(headers: &HeaderMap) -> Option<i64> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &http::HeaderValue| value.to_str().ok())
    };
    let expires = text(header::EXPIRES)?;
    let made_ms = text(header::DATE).and_then(date_ms)?;
    let until_ms = date_ms(expires).unwrap_or(made_ms);
    Some(((until_ms - made_ms) / 1000).clamp(0, MAX_SECONDS))
}

fn delta_seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A number that is too large is as good as for ever.
    is_number.then(|| text.parse().unwrap_or(MAX_SECONDS).min(MAX_SECONDS))
}

fn date_ms(text: &str) -> Option<i64> {
    const PARSER: DateTimeParser = DateTimeParser::new();
    let time = PARSER.parse_timestamp(text.trim()).ok()?;
    Some(time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use health_checks::Period;
    use http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| {
                let name = header::HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            })
            .collect()
    }

    fn of(pairs: &[(&'static str, &'static str)]) -> Result<i64, Uncacheable> {
        lifetime(&headers(pairs), &CachePolicy::USUAL)
    }

    #[test]
    fn what_is_for_caches_counts_before_what_is_for_all() {
        let page = "public, max-age=0, s-maxage=60, stale-while-revalidate=600";
        assert_eq!(of(&[("cache-control", page)]), Ok(60));
        assert_eq!(of(&[("cache-control", "Max-Age=\"30\"")]), Ok(30));
        assert_eq!(
            of(&[("cache-control", "max-age=99999999999999999999")]),
            Ok(86_400)
        );
        let date = ("date", "Fri, 27 Nov 2026 10:20:30 GMT");
        assert_eq!(
            of(&[date, ("expires", "Fri, 27 Nov 2026 10:21:30 GMT")]),
            Ok(60)
        );
        assert_eq!(
            of(&[date, ("expires", "0")]),
            Err(Uncacheable::ZeroLifetime)
        );
    }

    #[test]
    fn what_may_not_be_kept_has_its_reason() {
        let fresh = ("cache-control", "max-age=60");
        for (pairs, reason) in [
            (
                &[("cache-control", "private, no-store")][..],
                Uncacheable::NoStore,
            ),
            (
                &[("cache-control", "private, max-age=60")],
                Uncacheable::Private,
            ),
            (&[fresh, ("set-cookie", "a=b")], Uncacheable::SetCookie),
            (&[fresh, ("vary", "Accept, *")], Uncacheable::VaryAll),
            (
                &[fresh, ("vary", "Authorization")],
                Uncacheable::Authorization,
            ),
            (&[("cache-control", "max-age=0")], Uncacheable::ZeroLifetime),
            (
                &[("cache-control", "max-age=60, no-cache")],
                Uncacheable::ZeroLifetime,
            ),
            (&[], Uncacheable::NoLifetime),
        ] {
            assert_eq!(of(pairs), Err(reason), "{pairs:?}");
        }
    }

    #[test]
    fn the_policy_bounds_what_is_said() {
        let private = headers(&[("cache-control", "private, max-age=5")]);
        let mut policy = CachePolicy::USUAL;
        policy.min_ttl = Period::from_seconds(10);
        assert_eq!(lifetime(&private, &policy), Ok(10));
        policy = CachePolicy::USUAL;
        policy.default_ttl = Period::from_seconds(300);
        assert_eq!(lifetime(&HeaderMap::new(), &policy), Ok(300));
        policy.max_ttl = Period::default();
        assert_eq!(
            lifetime(&HeaderMap::new(), &policy),
            Err(Uncacheable::CachingOff)
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now_ms = 1_795_774_830_000;
        let asked = |value| retry_after_ms(&headers(&[("retry-after", value)]), now_ms);
        assert_eq!(asked("120"), Some(120_000));
        assert_eq!(asked("Fri, 27 Nov 2026 10:20:40 GMT"), Some(10_000));
        assert_eq!(asked("Fri, 27 Nov 2026 10:00:00 GMT"), Some(0));
        assert_eq!(asked("soon"), None);
        assert_eq!(retry_after_ms(&HeaderMap::new(), now_ms), None);
        assert_eq!(age(&headers(&[("age", "7")])), 7);
    }
}
