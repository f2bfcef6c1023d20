use health_checks::Period;
use serde::{Deserialize, Serialize};
use warming::{CacheBehaviour, CachePolicy, QueryKey};

/// A [`CacheBehaviour`] as it is stored; times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredCache {
    paths: String,
    brotli: bool,
    gzip: bool,
    headers: Vec<String>,
    cookies: Vec<String>,
    query: StoredQuery,
    min_ttl_ms: u64,
    default_ttl_ms: u64,
    max_ttl_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredQuery {
    All,
    Nothing,
    Only(Vec<String>),
    AllExcept(Vec<String>),
}

impl From<&CacheBehaviour> for StoredCache {
    fn from(behaviour: &CacheBehaviour) -> Self {
        let policy = behaviour.policy.clone();
        Self {
            paths: behaviour.paths.clone(),
            brotli: policy.brotli,
            gzip: policy.gzip,
            headers: policy.headers,
            cookies: policy.cookies,
            query: match policy.query {
                QueryKey::All => StoredQuery::All,
                QueryKey::Nothing => StoredQuery::Nothing,
                QueryKey::Only(names) => StoredQuery::Only(names),
                QueryKey::AllExcept(names) => StoredQuery::AllExcept(names),
            },
            min_ttl_ms: policy.min_ttl.ms(),
            default_ttl_ms: policy.default_ttl.ms(),
            max_ttl_ms: policy.max_ttl.ms(),
        }
    }
}

impl From<StoredCache> for CacheBehaviour {
    fn from(stored: StoredCache) -> Self {
        Self {
            paths: stored.paths,
            policy: CachePolicy {
                brotli: stored.brotli,
                gzip: stored.gzip,
                headers: stored.headers,
                cookies: stored.cookies,
                query: match stored.query {
                    StoredQuery::All => QueryKey::All,
                    StoredQuery::Nothing => QueryKey::Nothing,
                    StoredQuery::Only(names) => QueryKey::Only(names),
                    StoredQuery::AllExcept(names) => QueryKey::AllExcept(names),
                },
                min_ttl: Period::from_ms(stored.min_ttl_ms),
                default_ttl: Period::from_ms(stored.default_ttl_ms),
                max_ttl: Period::from_ms(stored.max_ttl_ms),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read_back_as_it_was() {
        for query in [
            QueryKey::All,
            QueryKey::Nothing,
            QueryKey::Only(vec!["q".to_owned()]),
            QueryKey::AllExcept(vec!["utm_source".to_owned()]),
        ] {
            let behaviour = CacheBehaviour {
                paths: "/img/*".to_owned(),
                policy: CachePolicy {
                    brotli: false,
                    headers: vec!["Accept".to_owned()],
                    query,
                    min_ttl: Period::from_ms(1_500),
                    ..CachePolicy::USUAL
                },
            };
            let json = serde_json::to_string(&StoredCache::from(&behaviour)).unwrap();
            let stored: StoredCache = serde_json::from_str(&json).unwrap();
            assert_eq!(CacheBehaviour::from(stored), behaviour);
        }
    }
}
