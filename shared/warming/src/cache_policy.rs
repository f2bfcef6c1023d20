use std::borrow::Cow;

use health_checks::Period;
use serde::Deserialize;

/// How long a cache keeps answers, and what makes two requests different for it: the facts of
/// a CloudFront cache policy.
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html>
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CachePolicy {
    /// Whether Brotli has its own copy.
    pub brotli: bool,
    /// Whether gzip has its own copy.
    pub gzip: bool,
    /// Names of the request's headers in the key.
    pub headers: Vec<String>,
    /// Names of the cookies in the key. The warmer sends none: it warms what visitors
    /// without cookies see.
    pub cookies: Vec<String>,
    /// Which parameters of the query are in the key.
    pub query: QueryKey,
    /// Answers are kept at least so long, whatever they say.
    pub min_ttl: Period,
    /// Answers that do not say how long are kept so long.
    pub default_ttl: Period,
    /// Answers are kept at most so long; with 0, nothing is kept.
    pub max_ttl: Period,
}

/// Which parameters of the query are in the cache key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueryKey {
    /// All: each query is another page.
    #[default]
    All,
    /// None: the query is not looked at.
    Nothing,
    /// These.
    Only(Vec<String>),
    /// All but these.
    AllExcept(Vec<String>),
}

impl Default for CachePolicy {
    fn default() -> Self {
        Self::USUAL
    }
}

impl CachePolicy {
    /// Path and query are the key, Brotli and gzip have copies, and answers are kept as long
    /// as they say, up to a day.
    pub const USUAL: Self = Self {
        brotli: true,
        gzip: true,
        headers: Vec::new(),
        cookies: Vec::new(),
        query: QueryKey::All,
        min_ttl: Period::from_ms(0),
        default_ttl: Period::from_ms(0),
        max_ttl: Period::from_seconds(86_400),
    };

    /// Whether a header is in the key.
    #[must_use]
    pub fn has_header(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|header| header.eq_ignore_ascii_case(name))
    }

    /// A path and query without the parameters that the cache does not look at: paths that
    /// are the same afterwards are the same page for it.
    #[must_use]
    pub fn normalised<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let Some((before, query)) = path.split_once('?') else {
            return Cow::Borrowed(path);
        };
        let is_in_key = |parameter: &&str| {
            let name = parameter.split('=').next().unwrap_or_default();
            let is_listed = |names: &[String]| names.iter().any(|listed| listed == name);
            match &self.query {
                QueryKey::All => true,
                QueryKey::Nothing => false,
                QueryKey::Only(names) => is_listed(names),
                QueryKey::AllExcept(names) => !is_listed(names),
            }
        };
        let kept: Vec<&str> = query.split('&').filter(is_in_key).collect();
        match kept.as_slice() {
            [] => Cow::Borrowed(before),
            kept => Cow::Owned(format!("{before}?{}", kept.join("&"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(query: QueryKey, path: &str) -> String {
        let policy = CachePolicy {
            query,
            ..CachePolicy::default()
        };
        policy.normalised(path).into_owned()
    }

    #[test]
    fn parameters_outside_the_key_leave_the_path() {
        let names = || vec!["utm_source".to_owned(), "gclid".to_owned()];
        let path = "/a?utm_source=x&page=2&gclid";
        assert_eq!(normalised(QueryKey::AllExcept(names()), path), "/a?page=2");
        assert_eq!(
            normalised(QueryKey::Only(names()), path),
            "/a?utm_source=x&gclid"
        );
        assert_eq!(normalised(QueryKey::Nothing, path), "/a");
        assert_eq!(normalised(QueryKey::All, path), path);
        assert_eq!(normalised(QueryKey::AllExcept(names()), "/a?gclid=1"), "/a");
        assert_eq!(normalised(QueryKey::All, "/a"), "/a");
    }
}
