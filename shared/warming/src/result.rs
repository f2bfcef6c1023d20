use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::class::{Class, ClassKind, Layer, Uncacheable};
use crate::listed::{FailedItem, SlowItem, UncacheableItem, VariantCounts};
use crate::trace::{LimitMinute, Stop};
use crate::{Histogram, Item, SkipReason, Variant, Verdict};

/// Slowest items that are kept.
pub const MAX_SLOWEST: usize = 20;
/// Errors that are kept.
pub const MAX_ERRORS: usize = 50;
/// Items that no cache keeps, that are kept here.
pub const MAX_UNCACHEABLE: usize = 50;
/// Minutes of the limit that are kept.
const MAX_MINUTES: usize = 240;
/// Edge locations that are kept.
const MAX_POPS: usize = 20;
/// Characters of a path that are kept.
const PATH_CHARS: usize = 200;

/// What came of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemResult {
    /// It was asked for.
    Visited(Visit),
    /// It was not.
    Skipped(SkipReason),
}

/// What asking for an item showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The first answer.
    pub first: Verdict,
    /// The answer to asking once more, where that was done.
    pub second: Option<Verdict>,
    /// How long the first answer's first byte took; what was waited for where none came.
    pub first_byte_ms: u32,
    /// Bytes of all answers.
    pub bytes: u64,
    /// Requests.
    pub requests: u32,
    /// Milliseconds that the origin worked.
    pub origin_ms: u64,
}

/// What came of many items. Results of parts of a run are merged in any order, to the same
/// whole: sums are sums, and lists keep what is first in an order of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChunkResult {
    /// Items that were warmed, or need not be.
    pub done: u64,
    /// Items that failed.
    pub failed: u64,
    /// Items that were not asked for, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Requests, second ones among them.
    pub requests: u64,
    /// Bytes of answers.
    pub bytes: u64,
    /// Milliseconds that the origin worked.
    pub origin_ms: u64,
    /// First answers, by what they were.
    pub classes: BTreeMap<ClassKind, u64>,
    /// First answers, by who gave them.
    pub layers: BTreeMap<Layer, u64>,
    /// Items by variant.
    pub variants: BTreeMap<Variant, VariantCounts>,
    /// Why no cache keeps answers.
    pub uncacheable_reasons: BTreeMap<Uncacheable, u64>,
    /// Items that were asked for once more.
    pub verified: u64,
    /// Those of them that a cache had then.
    pub verified_hits: u64,
    /// How long first bytes took.
    pub first_byte: Histogram,
    /// The edge locations that answered.
    pub pops: BTreeMap<String, u64>,
    /// The slowest, slowest first.
    pub slowest: Vec<SlowItem>,
    /// Errors, by what they are and by path; `failed` counts all.
    pub errors: Vec<FailedItem>,
    /// Items that no cache keeps; `uncacheable_reasons` counts all.
    pub uncacheable: Vec<UncacheableItem>,
    /// What the limiter allowed, by minutes since 1970.
    pub limits: BTreeMap<i64, LimitMinute>,
    /// Why workers stopped before their chunks were done.
    pub stops: BTreeMap<Stop, u64>,
}

impl ChunkResult {
    /// All items that are counted.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.done + self.failed + self.skipped.values().sum::<u64>()
    }

    /// First answers that a cache gave.
    #[must_use]
    pub fn hits(&self) -> u64 {
        let hits = self.classes.iter().filter(|(kind, _)| kind.is_hit());
        hits.map(|(_, count)| count).sum()
    }

    /// Counts what came of an item. [`ChunkResult::bound`] must follow, after any number.
    pub(crate) fn take(&mut self, item: &Item, result: &ItemResult) {
        match result {
            ItemResult::Visited(visit) => self.visited(item, visit),
            ItemResult::Skipped(reason) => {
                add(&mut self.skipped, *reason, 1);
                self.variant(item).skipped += 1;
            }
        }
    }

    fn visited(&mut self, item: &Item, visit: &Visit) {
        let first = &visit.first;
        self.requests += u64::from(visit.requests);
        self.bytes = self.bytes.saturating_add(visit.bytes);
        self.origin_ms = self.origin_ms.saturating_add(visit.origin_ms);
        add(&mut self.classes, first.class.kind(), 1);
        add(&mut self.layers, first.layer, 1);
        if let Some(pop) = &first.pop {
            add(&mut self.pops, pop.clone(), 1);
        }
        self.first_byte.add(visit.first_byte_ms);
        let path: String = item.path.chars().take(PATH_CHARS).collect();
        let variant = item.variant.clone();
        if let Class::Error(failure) = first.class {
            self.failed += 1;
            self.variant(item).failed += 1;
            self.errors.push(FailedItem {
                failure,
                path,
                variant,
            });
            return;
        }
        self.done += 1;
        let counts = self.variant(item);
        counts.done += 1;
        counts.hits += u64::from(first.class.is_hit());
        self.slowest.push(SlowItem {
            first_byte_ms: visit.first_byte_ms,
            path: path.clone(),
            variant: variant.clone(),
            class: first.class.kind(),
        });
        if let Some(reason) = self.why_not_kept(visit) {
            add(&mut self.uncacheable_reasons, reason, 1);
            self.uncacheable.push(UncacheableItem {
                reason,
                path,
                variant,
            });
        }
    }

    /// Why no cache keeps the item, if so; and counts whether asking again found it.
    fn why_not_kept(&mut self, visit: &Visit) -> Option<Uncacheable> {
        if let Class::Uncacheable(reason) = visit.first.class {
            return Some(reason);
        }
        let second = visit.second.as_ref()?;
        // A failure says nothing of whether it was kept.
        if matches!(second.class, Class::Error(_)) {
            return None;
        }
        self.verified += 1;
        let is_kept = second.class.is_hit();
        self.verified_hits += u64::from(is_kept);
        match second.class {
            Class::Uncacheable(reason) => Some(reason),
            _ => (!is_kept).then_some(Uncacheable::NotKept),
        }
    }

    fn variant(&mut self, item: &Item) -> &mut VariantCounts {
        self.variants.entry(item.variant.clone()).or_default()
    }

    /// Adds what another part of the run came to.
    pub fn merge(&mut self, other: &Self) {
        self.done += other.done;
        self.failed += other.failed;
        self.requests += other.requests;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.origin_ms = self.origin_ms.saturating_add(other.origin_ms);
        self.verified += other.verified;
        self.verified_hits += other.verified_hits;
        self.first_byte.merge(&other.first_byte);
        add_all(&mut self.skipped, &other.skipped);
        add_all(&mut self.classes, &other.classes);
        add_all(&mut self.layers, &other.layers);
        add_all(&mut self.uncacheable_reasons, &other.uncacheable_reasons);
        add_all(&mut self.pops, &other.pops);
        add_all(&mut self.stops, &other.stops);
        for (variant, more) in &other.variants {
            let counts = self.variants.entry(variant.clone()).or_default();
            counts.done += more.done;
            counts.hits += more.hits;
            counts.failed += more.failed;
            counts.skipped += more.skipped;
        }
        for (minute, limit) in &other.limits {
            self.add_limit(*minute, limit);
        }
        self.slowest.extend(other.slowest.iter().cloned());
        self.errors.extend(other.errors.iter().cloned());
        self.uncacheable.extend(other.uncacheable.iter().cloned());
        self.bound();
    }

    pub(crate) fn add_limit(&mut self, minute: i64, limit: &LimitMinute) {
        let entry = self.limits.entry(minute).or_insert(*limit);
        entry.merge(limit);
        bound_map(&mut self.limits, MAX_MINUTES);
    }

    /// What is first in the order stays. It is first in every larger whole's part as well, so
    /// that it does not matter in which order parts are merged.
    pub(crate) fn bound(&mut self) {
        let slowest = |item: &SlowItem| {
            let SlowItem {
                first_byte_ms,
                path,
                variant,
                class,
            } = item.clone();
            (Reverse(first_byte_ms), path, variant, class)
        };
        self.slowest.sort_by_cached_key(slowest);
        self.slowest.truncate(MAX_SLOWEST);
        self.errors.sort();
        self.errors.truncate(MAX_ERRORS);
        self.uncacheable.sort();
        self.uncacheable.truncate(MAX_UNCACHEABLE);
        bound_map(&mut self.pops, MAX_POPS);
    }
}

pub(crate) fn add<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K, more: u64) {
    *counts.entry(key).or_default() += more;
}

fn add_all<K: Ord + Clone>(counts: &mut BTreeMap<K, u64>, other: &BTreeMap<K, u64>) {
    for (key, more) in other {
        add(counts, key.clone(), *more);
    }
}

fn bound_map<K: Ord, V>(map: &mut BTreeMap<K, V>, most: usize) {
    while map.len() > most {
        map.pop_last();
    }
}
