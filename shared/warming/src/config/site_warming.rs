use std::collections::BTreeSet;

use health_checks::{Fault, Faults, Percent, Period, Setting};
use origin_limit::Rules;
use serde::Deserialize;
use toml::{Table, Value};

use super::fault::WarmingError;
use super::file::{entries, part, read};
use super::{
    Brakes, Budgets, CacheBehaviour, FreshnessRules, Query, Source, SourceKind, Target, Verify,
    lint,
};
use crate::{CachePolicy, Lane};

const WARMING: &str = include_str!("../../warming.toml");
/// Longer files are no configuration.
const MAX_BYTES: usize = 256 * 1024;

/// All that is kept warm, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteWarming {
    /// What warming may use.
    pub budget: Budgets,
    /// How requests at an origin are limited.
    pub limiter: Rules,
    /// Which health checks hold it back.
    pub brakes: Brakes,
    /// How it is found out whether it worked.
    pub verify: Verify,
    /// How long pages stay in the cache.
    pub freshness: FreshnessRules,
    /// Variants that fewer visitors ask for are left out.
    pub min_variant_share: Percent,
    /// The sites.
    pub targets: Vec<Target>,
    /// Queries whose answers are kept in Redis.
    pub queries: Vec<Query>,
}

/// A target as it is written, without its lists of tables.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetEntry {
    id: String,
    site: String,
    base: Setting,
    #[serde(default)]
    exclude: Vec<String>,
}

/// A source as it is written: one of `sitemap`, `hot` and `list` says what it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceEntry {
    sitemap: Option<String>,
    hot: Option<usize>,
    list: Option<String>,
    paths: Option<Vec<String>>,
    every: Period,
    lane: Option<Lane>,
}

impl SiteWarming {
    /// Reads a configuration.
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(text: &str) -> Result<Self, WarmingError> {
        let mut faults = Faults::default();
        if text.len() > MAX_BYTES {
            return Err(WarmingError::Faults(vec![Fault {
                place: "the file".to_owned(),
                text: format!("it is longer than {MAX_BYTES} bytes, which is the most"),
            }]));
        }
        let mut table: Table = toml::from_str(text)?;
        let site = Self {
            budget: part(&mut table, "budget", &mut faults),
            limiter: part(&mut table, "limiter", &mut faults),
            brakes: part(&mut table, "brakes", &mut faults),
            verify: part(&mut table, "verify", &mut faults),
            freshness: part(&mut table, "freshness", &mut faults),
            min_variant_share: part(&mut table, "min_variant_share", &mut faults),
            targets: targets(&mut table, &mut faults),
            queries: entries(&mut table, "query", None, &mut faults)
                .into_iter()
                .filter_map(|(place, query)| read(&place, Value::Table(query), &mut faults))
                .collect(),
        };
        for key in table.keys() {
            let key = super::fault::shown(key);
            faults.add("the file", format!("`{key}` is not known"));
        }
        lint::lint(&site, &mut faults);
        if faults.found.is_empty() {
            Ok(site)
        } else {
            Err(WarmingError::Faults(faults.found))
        }
    }

    /// The configuration of this site.
    ///
    /// # Errors
    /// Never for a build that passed its tests, which read it.
    pub fn of_site() -> Result<Self, WarmingError> {
        Self::parse(WARMING)
    }

    /// A target by its name.
    #[must_use]
    pub fn target(&self, id: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.id == id)
    }

    /// The environment variables that say where targets are.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<&str> {
        let named = self.targets.iter().filter_map(|t| t.base.variable());
        named.map(|(name, _)| name).collect()
    }
}

fn targets(table: &mut Table, faults: &mut Faults) -> Vec<Target> {
    let mut targets = Vec::new();
    for (place, mut entry) in entries(table, "target", None, faults) {
        let sources: Vec<_> = entries(&mut entry, "source", Some(&place), faults)
            .into_iter()
            .filter_map(|(place, source)| self::source(&place, source, faults))
            .collect();
        let caches = entries(&mut entry, "cache", Some(&place), faults)
            .into_iter()
            .filter_map(|(place, cache)| self::cache(&place, cache, faults))
            .collect();
        let Some(entry) = read::<TargetEntry>(&place, Value::Table(entry), faults) else {
            continue;
        };
        targets.push(Target {
            id: entry.id,
            site: entry.site,
            base: entry.base,
            exclude: entry.exclude,
            sources,
            caches,
        });
    }
    targets
}

fn source(place: &str, entry: Table, faults: &mut Faults) -> Option<Source> {
    let entry: SourceEntry = read(place, Value::Table(entry), faults)?;
    let kind = match (entry.sitemap, entry.hot, entry.list, entry.paths) {
        (Some(path), None, None, None) => SourceKind::Sitemap { path },
        (None, Some(top), None, None) => SourceKind::Hot { top },
        (None, None, Some(id), Some(paths)) => SourceKind::List { id, paths },
        _ => {
            let text = "one of `sitemap`, `hot`, or `list` with `paths`, is needed";
            faults.add(place, text);
            return None;
        }
    };
    let mut source = Source {
        kind,
        every: entry.every,
        lane: Lane::P2,
    };
    source.lane = entry.lane.unwrap_or(source.reason().lane());
    Some(source)
}

fn cache(place: &str, mut entry: Table, faults: &mut Faults) -> Option<CacheBehaviour> {
    let Some(Value::String(paths)) = entry.remove("paths") else {
        faults.add(place, "`paths` is needed, such as `/img/*`");
        return None;
    };
    let policy: CachePolicy = read(place, Value::Table(entry), faults)?;
    Some(CacheBehaviour { paths, policy })
}
