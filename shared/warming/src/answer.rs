use http::HeaderMap;
use origin_limit::Outcome;

use crate::CachePolicy;
use crate::class::{Class, Failure, Layer};
use crate::lifetime::{age, lifetime};
use crate::server_timing::{CacheWord, Timing};

/// An answer, its body read to the end.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// What the cache does with its path.
    pub policy: &'a CachePolicy,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What it was.
    pub class: Class,
    /// Who answered.
    pub layer: Layer,
    /// For how much longer a cache keeps it, in milliseconds; `None` where none does.
    pub fresh_for_ms: Option<i64>,
    /// What the cache waited for the origin's first byte, in milliseconds.
    pub upstream_ms: Option<u64>,
    /// The edge location, such as `FRA56-P3`.
    pub pop: Option<String>,
}

impl Verdict {
    /// Where there is no answer, or not all of it. Nobody says who failed: it counts as the
    /// origin, so that the warmer rather holds back.
    #[must_use]
    pub const fn failed(failure: Failure) -> Self {
        Self {
            class: Class::Error(failure),
            layer: Layer::Origin,
            fresh_for_ms: None,
            upstream_ms: None,
            pop: None,
        }
    }

    /// Whether the web servers had to work for it.
    #[must_use]
    pub fn asked_origin(&self) -> bool {
        self.layer == Layer::Origin
    }

    /// What the limiter is told; `None` where a cache answered, which says nothing about the
    /// origin. `retry_after_ms` is [`crate::retry_after_ms`] of its headers.
    #[must_use]
    pub fn outcome(&self, retry_after_ms: Option<i64>) -> Option<Outcome> {
        if !self.asked_origin() {
            return None;
        }
        let Class::Error(failure) = self.class else {
            return Some(match retry_after_ms {
                Some(_) => Outcome::Throttled { retry_after_ms },
                None => Outcome::Ok,
            });
        };
        Some(match failure {
            Failure::Status(429 | 503) => Outcome::Throttled { retry_after_ms },
            Failure::Status(_) if retry_after_ms.is_some() => Outcome::Throttled { retry_after_ms },
            // The cache waited for the origin in vain.
            Failure::Status(504) | Failure::Timeout => Outcome::TimedOut,
            Failure::Status(status @ 500..) => Outcome::ServerError(status),
            Failure::Status(_) | Failure::TooLarge => Outcome::Ok,
            // As a cache in front would have said it.
            Failure::Connect | Failure::CutShort => Outcome::ServerError(502),
        })
    }
}

/// What an answer was and who gave it: by what CloudFront says in `Server-Timing`, or by what
/// it and other caches say in `X-Cache` and the like.
#[must_use]
pub fn judge(answer: &Answer<'_>) -> Verdict {
    let headers = answer.headers;
    let timing = Timing::of(headers);
    let outer = timing.word.or_else(|| outer_word(answer));
    let proxy = word_of(headers, "x-proxy-cache");
    let layer = match (outer, proxy) {
        (Some(CacheWord::Hit), _) => timing.hit_layer.unwrap_or(Layer::Edge),
        (_, Some(CacheWord::Hit)) => Layer::Proxy,
        _ => Layer::Origin,
    };
    let kept = lifetime(headers, answer.policy);
    let class = match answer.status {
        300..=399 => Class::Redirect,
        400.. => Class::Error(Failure::Status(answer.status)),
        _ => match (outer, proxy) {
            (Some(CacheWord::Hit), _) => hit(layer),
            (None, Some(CacheWord::Hit)) => Class::HitProxy,
            (Some(CacheWord::Refresh), _) => Class::Refreshed,
            _ => kept.map_or_else(Class::Uncacheable, |_| Class::Filled),
        },
    };
    let left = kept
        .ok()
        .map(|seconds| (seconds - age(headers)).max(0) * 1000);
    Verdict {
        class,
        layer,
        fresh_for_ms: left,
        upstream_ms: timing.upstream_ms,
        pop: timing.pop,
    }
}

const fn hit(layer: Layer) -> Class {
    match layer {
        Layer::Regional => Class::HitRegional,
        Layer::Shield => Class::HitShield,
        Layer::Edge | Layer::Proxy | Layer::Origin => Class::HitEdge,
    }
}

/// What a cache in front of the proxies says without `Server-Timing`.
fn outer_word(answer: &Answer<'_>) -> Option<CacheWord> {
    let headers = answer.headers;
    let cache = headers.get("x-cache").and_then(|value| value.to_str().ok());
    match cache.and_then(|text| text.split_whitespace().next()) {
        // An error that CloudFront made itself, such as the firewall's 403, is nobody else's.
        Some("Error") if answer.status < 500 => Some(CacheWord::Hit),
        Some("LambdaGeneratedResponse" | "FunctionGeneratedResponse") => Some(CacheWord::Hit),
        _ => word_of(headers, "x-cache").or_else(|| word_of(headers, "x-cache-status")),
    }
}

/// The words of CloudFront and of nginx.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html>,
/// <https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status>
fn word_of(headers: &HeaderMap, name: &str) -> Option<CacheWord> {
    let text = headers.get(name)?.to_str().ok()?;
    let word = text.split([' ', ',', ';']).next()?.to_ascii_lowercase();
    match word.as_str() {
        "hit" | "stale" | "updating" => Some(CacheWord::Hit),
        "refreshhit" | "revalidated" => Some(CacheWord::Refresh),
        "miss" | "expired" | "bypass" | "error" => Some(CacheWord::Miss),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::HeaderName;

    use super::*;
    use crate::Uncacheable;

    const PAGE: (&str, &str) = ("cache-control", "public, max-age=0, s-maxage=60");
    const MISS: (&str, &str) = (
        "server-timing",
        "cdn-upstream-fbl;dur=177,cdn-cache-miss,cdn-pop;desc=\"FRA56-P3\"",
    );

    fn verdict(status: u16, pairs: &[(&'static str, &'static str)]) -> Verdict {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        judge(&Answer {
            status,
            headers: &headers,
            policy: &CachePolicy::USUAL,
        })
    }

    #[test]
    fn the_layer_that_had_it_decides() {
        for (timing, class) in [
            ("cdn-cache-hit,cdn-hit-layer;desc=\"EDGE\"", Class::HitEdge),
            (
                "cdn-cache-hit,cdn-hit-layer;desc=\"REC\"",
                Class::HitRegional,
            ),
            (
                "cdn-cache-hit,cdn-hit-layer;desc=\"Origin Shield\"",
                Class::HitShield,
            ),
            ("cdn-cache-hit", Class::HitEdge),
            ("cdn-cache-refresh", Class::Refreshed),
            ("cdn-cache-miss", Class::Filled),
        ] {
            let verdict = verdict(200, &[PAGE, ("server-timing", timing)]);
            assert_eq!(verdict.class, class, "{timing}");
            assert_eq!(verdict.asked_origin(), !class.is_hit(), "{timing}");
            assert_eq!(verdict.outcome(None).is_some(), !class.is_hit(), "{timing}");
        }
    }

    #[test]
    fn other_words_count_where_nothing_is_measured() {
        for (name, value, class) in [
            ("x-cache", "Hit from cloudfront", Class::HitEdge),
            ("x-cache", "RefreshHit from cloudfront", Class::Refreshed),
            ("x-cache", "Miss from cloudfront", Class::Filled),
            (
                "x-cache",
                "FunctionGeneratedResponse from cloudfront",
                Class::HitEdge,
            ),
            ("x-cache-status", "UPDATING", Class::HitEdge),
            ("x-proxy-cache", "HIT", Class::HitProxy),
            ("x-proxy-cache", "MISS", Class::Filled),
        ] {
            assert_eq!(verdict(200, &[PAGE, (name, value)]).class, class, "{value}");
        }
        assert_eq!(verdict(200, &[PAGE]).class, Class::Filled);
        // What a miss of the edge found in the proxies fills the edge, and spares the servers.
        let verdict = verdict(200, &[PAGE, MISS, ("x-proxy-cache", "HIT")]);
        assert_eq!(
            (verdict.class, verdict.layer),
            (Class::Filled, Layer::Proxy)
        );
        assert_eq!(verdict.outcome(None), None);
    }

    #[test]
    fn what_is_kept_by_nobody_is_named_unless_somebody_had_it() {
        let private = ("cache-control", "private, no-store");
        let missed = verdict(200, &[private, MISS]);
        assert_eq!(missed.class, Class::Uncacheable(Uncacheable::NoStore));
        assert_eq!(missed.fresh_for_ms, None);
        assert_eq!(missed.outcome(None), Some(Outcome::Ok));
        let had = verdict(200, &[private, ("server-timing", "cdn-cache-hit")]);
        assert_eq!(had.class, Class::HitEdge);
    }

    #[test]
    fn what_is_left_of_its_life_is_reckoned() {
        let verdict = verdict(200, &[PAGE, ("age", "45"), MISS]);
        assert_eq!(verdict.fresh_for_ms, Some(15_000));
        assert_eq!(verdict.upstream_ms, Some(177));
        assert_eq!(verdict.pop.as_deref(), Some("FRA56-P3"));
        let late = self::verdict(200, &[PAGE, ("age", "100")]);
        assert_eq!(late.fresh_for_ms, Some(0));
    }

    #[test]
    fn errors_and_redirects_are_told_to_the_limiter_by_what_they_mean() {
        for (status, retry_after_ms, outcome) in [
            (302, None, Outcome::Ok),
            (404, None, Outcome::Ok),
            (500, None, Outcome::ServerError(500)),
            (504, None, Outcome::TimedOut),
            (
                503,
                None,
                Outcome::Throttled {
                    retry_after_ms: None,
                },
            ),
            (
                429,
                Some(5),
                Outcome::Throttled {
                    retry_after_ms: Some(5),
                },
            ),
            (
                403,
                Some(5),
                Outcome::Throttled {
                    retry_after_ms: Some(5),
                },
            ),
        ] {
            let verdict = verdict(status, &[MISS]);
            assert_eq!(verdict.outcome(retry_after_ms), Some(outcome), "{status}");
        }
        let cached = verdict(503, &[("server-timing", "cdn-cache-hit")]);
        assert_eq!(cached.outcome(None), None);
        let blocked = verdict(403, &[("x-cache", "Error from cloudfront")]);
        assert_eq!(blocked.outcome(None), None);
        assert_eq!(verdict(301, &[MISS]).class, Class::Redirect);
        let timeout = Verdict::failed(Failure::Timeout);
        assert_eq!(timeout.outcome(None), Some(Outcome::TimedOut));
    }
}
