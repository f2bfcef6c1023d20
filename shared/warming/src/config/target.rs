use health_checks::{Period, Setting, is_like};
use thiserror::Error;
use url::Url;

use crate::{CachePolicy, Lane, Reason};

static USUAL: CachePolicy = CachePolicy::USUAL;

/// A site whose pages are kept warm.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its name in keys: lower-case letters, digits and hyphens.
    pub id: String,
    /// The name of its hot list.
    pub site: String,
    /// Where it is: `https://www.example.com`, or the variable that says so.
    pub base: Setting,
    /// Paths that are never asked for; `*` stands for anything.
    pub exclude: Vec<String>,
    /// Where pages come from.
    pub sources: Vec<Source>,
    /// What the cache in front of it does, for each kind of path; the first that fits counts,
    /// and where none does, [`CachePolicy::USUAL`].
    pub caches: Vec<CacheBehaviour>,
}

/// What the cache does with some paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheBehaviour {
    /// Which; `*` stands for anything.
    pub paths: String,
    /// How it keeps them.
    pub policy: CachePolicy,
}

/// Where pages come from, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where.
    pub kind: SourceKind,
    /// A run begins so often.
    pub every: Period,
    /// How urgent it is.
    pub lane: Lane,
}

/// Where pages come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// A sitemap, or an index of them.
    Sitemap {
        /// Its path.
        path: String,
    },
    /// The hot list of the logs.
    Hot {
        /// Pages at most.
        top: usize,
    },
    /// The file itself.
    List {
        /// The list's name.
        id: String,
        /// Paths; `*` stands for hot pages that are like it.
        paths: Vec<String>,
    },
}

/// A target's base is not known or no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("start with the target `{target}`: its base is no address that is known here")]
pub struct BaseError {
    /// The target.
    pub target: String,
}

impl Target {
    /// The address of its base; `value` is that of a variable.
    ///
    /// # Errors
    /// A variable that is not known, or a text that is no address.
    pub fn base_url(&self, value: impl FnOnce(&str) -> Option<String>) -> Result<Url, BaseError> {
        let base = self.base.resolve(value).ok();
        let base = base.and_then(|base| Url::parse(&base).ok());
        base.filter(Url::has_host).ok_or_else(|| BaseError {
            target: self.id.clone(),
        })
    }

    /// Whether a path, with its query, is never to be asked for.
    #[must_use]
    pub fn is_excluded(&self, path: &str) -> bool {
        self.exclude.iter().any(|pattern| is_like(path, pattern))
    }

    /// What the cache does with a path.
    #[must_use]
    pub fn cache_policy(&self, path: &str) -> &CachePolicy {
        let path = path.split('?').next().unwrap_or_default();
        let fitting = self.caches.iter().find(|cache| is_like(path, &cache.paths));
        fitting.map_or(&USUAL, |cache| &cache.policy)
    }
}

impl Source {
    /// Its name in ids of runs.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.kind {
            SourceKind::Sitemap { path } => {
                let is_of_name = |char: char| char.is_ascii_alphanumeric();
                let words = path
                    .split(|char| !is_of_name(char))
                    .filter(|w| !w.is_empty());
                words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
            }
            SourceKind::Hot { .. } => "hot".to_owned(),
            SourceKind::List { id, .. } => format!("list-{id}"),
        }
    }

    /// Why its runs are made.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self.kind {
            SourceKind::Sitemap { .. } => Reason::Sitemap,
            SourceKind::Hot { .. } => Reason::Hot,
            SourceKind::List { .. } => Reason::List,
        }
    }

    /// When the newest run that is due began: the same for every time in its slot, so that
    /// whoever is late or comes twice makes the same run.
    #[must_use]
    pub fn due_slot_ms(&self, now_ms: i64) -> i64 {
        let every_ms = self.every.signed_ms().max(1);
        now_ms.div_euclid(every_ms) * every_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: SourceKind) -> Source {
        Source {
            kind,
            every: Period::from_seconds(900),
            lane: Lane::P1,
        }
    }

    #[test]
    fn a_base_is_an_address_with_a_host() {
        let base_url = |base: &str| {
            let target = Target {
                id: "shop".to_owned(),
                site: "halden".to_owned(),
                base: Setting::new(base),
                exclude: Vec::new(),
                sources: Vec::new(),
                caches: Vec::new(),
            };
            let value = |name: &str| (name == "SITE_URL").then(|| "https://a.example".to_owned());
            target.base_url(value).map(String::from)
        };
        let found = Ok("https://a.example/".to_owned());
        assert_eq!(base_url("env:SITE_URL"), found);
        assert_eq!(base_url("https://a.example"), found);
        for base in ["env:OTHER_URL", "a.example", "data:a"] {
            let error = base_url(base).unwrap_err();
            assert!(error.to_string().contains("`shop`"), "{base}");
        }
    }

    #[test]
    fn a_slot_is_the_same_for_all_who_come_in_it() {
        let hot = source(SourceKind::Hot { top: 1 });
        assert_eq!(hot.due_slot_ms(900_000), 900_000);
        assert_eq!(hot.due_slot_ms(1_799_999), 900_000);
        assert_eq!(hot.due_slot_ms(1_800_000), 1_800_000);
    }

    #[test]
    fn names_of_sources_fit_into_ids() {
        let path = "/maps/Sitemap_1.xml".to_owned();
        assert_eq!(
            source(SourceKind::Sitemap { path }).name(),
            "maps-sitemap-1-xml"
        );
        let list = SourceKind::List {
            id: "landing".to_owned(),
            paths: Vec::new(),
        };
        assert_eq!(source(list).name(), "list-landing");
    }
}
