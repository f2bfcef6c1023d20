use std::path::PathBuf;

use settings::{Reader, Secret};

/// Where the cache is and how it is signed in to.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// `CACHE_URL`: `redis://host:port`, or `rediss://host:port` for TLS; none for no cache.
    pub url: Option<Secret>,
    /// `CACHE_AUTH`: `url` (default) or `iam`.
    pub auth: CacheAuth,
    /// `CACHE_CA_FILE`: roots for TLS in PEM; none for those of the operating system.
    pub ca_file: Option<PathBuf>,
    /// When stale answers are computed anew.
    pub refresh: Refresh,
}

/// How a connection is signed in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheAuth {
    /// By what the URL says, if anything.
    Url,
    /// By a token that IAM credentials sign, anew for each connection.
    Iam {
        /// `CACHE_USER`: id and name of the cache's user.
        user: String,
        /// `CACHE_NAME`: id of the replication group.
        cache: String,
        /// `AWS_REGION`: its region.
        region: String,
    },
}

/// When stale answers are computed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// In a task of their own: the reader has its answer already.
    Background,
    /// Before the reader gets an answer. For Lambda, which freezes a process as soon as it
    /// has answered.
    Inline,
}

impl CacheSettings {
    /// The variables read.
    pub const VARIABLES: &'static [&'static str] = &[
        "CACHE_URL",
        "CACHE_AUTH",
        "CACHE_USER",
        "CACHE_NAME",
        "CACHE_CA_FILE",
        "AWS_REGION",
    ];

    /// Reads the settings.
    pub fn read(reader: &mut Reader<'_>, refresh: Refresh) -> Self {
        let iam = reader.choice("CACHE_AUTH", &[("url", false), ("iam", true)], false);
        let auth = if iam {
            CacheAuth::Iam {
                user: reader.required("CACHE_USER", "the id of an ElastiCache user"),
                cache: reader.required("CACHE_NAME", "the id of a replication group"),
                region: reader.required("AWS_REGION", "a region such as eu-central-1"),
            }
        } else {
            CacheAuth::Url
        };
        Self {
            url: reader.optional("CACHE_URL").map(Secret::new),
            auth,
            ca_file: reader.optional("CACHE_CA_FILE").map(PathBuf::from),
            refresh,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn iam_needs_a_user_a_name_and_a_region() {
        let vars = BTreeMap::from([("CACHE_URL", "rediss://c:6379"), ("CACHE_AUTH", "iam")]);
        let mut reader = Reader::new(&vars);
        let read = CacheSettings::read(&mut reader, Refresh::Inline);
        let error = reader.finish(read).unwrap_err().to_string();
        for name in ["CACHE_USER", "CACHE_NAME", "AWS_REGION"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn nothing_set_is_no_cache() {
        let vars = BTreeMap::<&str, &str>::new();
        let mut reader = Reader::new(&vars);
        let read = CacheSettings::read(&mut reader, Refresh::Background);
        assert!(reader.finish(()).is_ok() && read.url.is_none());
    }
}
