use std::collections::BTreeSet;
use std::time::Duration;

use cache_entry::Policy;
use health_checks::{Percent, Period};
use hot_list::HotList;
use serde::Deserialize;

use super::{PathPattern, Template};

/// A query whose answer is kept in Redis, and made anew before visitors need it.
///
/// Its SQL gives one row with one column of the type `json`: the answer exactly as the site's
/// own type is written. Key, tags and lifetimes are those under which the site reads it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Its name: lower-case letters, digits and hyphens.
    pub id: String,
    /// The target whose hot list names what it is asked for.
    pub target: String,
    /// One `SELECT`, with `$1`, `$2`, … for what the names of `paths` stand for.
    pub sql: String,
    /// The pages that need it, such as `/products/{slug}`.
    pub paths: PathPattern,
    /// Hot pages of these at most.
    #[serde(default = "usual_top")]
    pub top: usize,
    /// It is asked so often.
    pub every: Period,
    /// The key of its answer, such as `product:{slug}`.
    pub key: Template,
    /// The answer is fresh for so long.
    pub ttl: Period,
    /// It may be served as stale for so long.
    pub hard_ttl: Period,
    /// By which share `ttl` is lengthened or shortened at random.
    #[serde(default = "usual_jitter")]
    pub jitter: Percent,
    /// The answer's tags, in the site's order.
    pub tags: Vec<Template>,
    /// Rows that are read at most.
    #[serde(default = "usual_rows")]
    pub max_rows: u32,
    /// It may take so long.
    #[serde(default = "usual_timeout")]
    pub timeout: Period,
}

/// One call of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryCall {
    /// The key of its answer.
    pub key: String,
    /// The answer's tags.
    pub tags: Vec<String>,
    /// What is bound to `$1`, `$2`, …, each as text.
    pub params: Vec<String>,
}

fn usual_top() -> usize {
    200
}

fn usual_jitter() -> Percent {
    Percent::of(10, 100)
}

fn usual_rows() -> u32 {
    1
}

fn usual_timeout() -> Period {
    Period::from_seconds(2)
}

impl Query {
    /// How long its answers live.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let duration = |period: Period| Duration::from_millis(period.ms());
        let jitter = f64::from(self.jitter.hundredths()) / 10_000.0;
        Policy {
            jitter,
            ..Policy::new(duration(self.ttl), duration(self.hard_ttl))
        }
    }

    /// Its calls for the hot pages, what is worth most first and none twice. One without names
    /// is called once, whether or not there is a hot list.
    #[must_use]
    pub fn calls(&self, hot: Option<&HotList>) -> Vec<QueryCall> {
        if self.paths.names().next().is_none() {
            return vec![self.call(&[])];
        }
        let pages = hot.map_or(&[][..], |list| &list.pages);
        let mut seen = BTreeSet::new();
        let called = pages
            .iter()
            .filter_map(|page| self.paths.values(&page.path));
        called
            .filter(|values| seen.insert(values.clone()))
            .take(self.top)
            .map(|values| self.call(&values))
            .collect()
    }

    /// Its call for what its names stand for, see [`PathPattern::values`].
    #[must_use]
    pub fn call(&self, values: &[(&str, String)]) -> QueryCall {
        QueryCall {
            key: self.key.filled(values),
            tags: self.tags.iter().map(|tag| tag.filled(values)).collect(),
            params: values.iter().map(|(_, value)| value.clone()).collect(),
        }
    }
}
