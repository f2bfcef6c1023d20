use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use crate::config::{SiteWarming, Target};
use crate::item::{MAX_CHUNK_BYTES, MAX_CHUNK_ITEMS};
use crate::run::{PlanState, Run};
use crate::variants::{VariantSet, variants};
use crate::{Chunk, Item, Offer, Robots, SkipReason, Variant};

/// Longest path that is asked for, in bytes.
const MAX_PATH: usize = 2048;

/// What a plan is made of.
#[derive(Debug, Clone, Copy)]
pub struct PlanScope<'a> {
    /// The configuration.
    pub site: &'a SiteWarming,
    /// The run's target.
    pub target: &'a Target,
    /// The run.
    pub run: &'a Run,
    /// What the target's `robots.txt` allows.
    pub robots: &'a Robots,
    /// In milliseconds since 1970.
    pub now_ms: i64,
}

/// A chunk of a plan, and how far the plan is with it.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a chunk that is not sent is lost"]
pub struct Planned {
    /// To be sent first.
    pub chunk: Chunk,
    /// To be stored then, with the run; not necessarily after each chunk. A plan that goes on
    /// from an older state sends the same chunks under the same numbers again, as long as the
    /// documents are the same.
    pub after: PlanState,
}

/// Makes the chunks of a run out of pages, in the order in which they are offered. It keeps
/// count of everything: what was asked for is in a chunk, or skipped for a reason.
///
/// Pages that were offered already are skipped. A plan that goes on after it was cut off does
/// not remember those before: such a page is asked for twice, and found in the cache.
#[derive(Debug)]
pub struct Planner<'a> {
    scope: PlanScope<'a>,
    state: PlanState,
    pending: Vec<Item>,
    pending_bytes: usize,
    /// Hashes of items: a path is too long to keep a hundred thousand of them.
    seen: HashSet<u64>,
    hasher: RandomState,
    out_of_reach: Vec<String>,
}

impl<'a> Planner<'a> {
    /// Goes on with a run's plan, or begins it.
    #[must_use]
    pub fn new(scope: PlanScope<'a>) -> Self {
        Self {
            scope,
            state: scope.run.plan.clone(),
            pending: Vec::new(),
            pending_bytes: 0,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            out_of_reach: scope.run.out_of_reach.clone(),
        }
    }

    /// Begins a document, at one of its entries: at the cursor's entry for the document that
    /// the run's [`PlanState::cursor`] names, and at 0 for the later ones.
    pub const fn begin_document(&mut self, document: u32, entry: u64) {
        self.state.cursor.document = document;
        self.state.cursor.entry = entry;
    }

    /// Takes a page, which is one entry of the document. A chunk that it does not fit in is
    /// handed over.
    pub fn offer(&mut self, offer: &Offer) -> Option<Planned> {
        let path = self
            .scope
            .target
            .cache_policy(&offer.path)
            .normalised(&offer.path);
        let variants = self.variants(&path);
        let count = variants.len() as u64;
        if let Some(reason) = self.reason_to_skip(offer, &path) {
            self.count_skipped(reason, count);
            self.state.cursor.entry += 1;
            return None;
        }
        let value = offer.value(&self.scope.site.freshness);
        let items = self.new_items(&path, variants, value);
        let bytes: usize = items.iter().map(Item::bytes).sum();
        let is_full = self.pending.len() + items.len() > MAX_CHUNK_ITEMS
            || self.pending_bytes + bytes > MAX_CHUNK_BYTES;
        // The chunk ends before this page, and so does the state that goes with it.
        let planned = if is_full { self.flush() } else { None };
        self.state.cursor.entry += 1;
        self.state.requested += count;
        let duplicates = count - items.len() as u64;
        self.add_skipped(SkipReason::Duplicate, duplicates);
        self.put(items);
        planned
    }

    /// Passes entries of the document that ask for nothing, such as other sitemaps.
    pub const fn pass(&mut self, entries: u64) {
        self.state.cursor.entry += entries;
    }

    /// Counts entries of the document that cannot be used.
    pub fn skip(&mut self, reason: SkipReason, entries: u64) {
        self.count_skipped(reason, entries);
        self.state.cursor.entry += entries;
    }

    /// How far the plan is with what was offered, the pages that wait for their chunk among
    /// them.
    #[must_use]
    pub const fn state(&self) -> &PlanState {
        &self.state
    }

    /// What is in cache keys and cannot be warmed, of the pages so far.
    #[must_use]
    pub fn out_of_reach(&self) -> &[String] {
        &self.out_of_reach
    }

    /// Ends the plan: its last chunk, and the state with which the run is planned.
    #[must_use]
    pub fn finish(mut self) -> (Option<Planned>, PlanState) {
        let planned = self.flush();
        (planned, self.state)
    }

    fn variants(&mut self, path: &str) -> Vec<Variant> {
        let policy = self.scope.target.cache_policy(path);
        let least = self.scope.site.min_variant_share;
        let VariantSet {
            variants,
            out_of_reach,
        } = variants(policy, self.scope.run.shares.as_ref(), least);
        for name in out_of_reach {
            if !self.out_of_reach.contains(&name) {
                self.out_of_reach.push(name);
            }
        }
        variants
    }

    fn reason_to_skip(&self, offer: &Offer, path: &str) -> Option<SkipReason> {
        let PlanScope {
            site,
            target,
            robots,
            now_ms,
            ..
        } = self.scope;
        let margin_ms = site.freshness.margin.signed_ms();
        let is_fresh = |until_ms: i64| until_ms > now_ms.saturating_add(margin_ms);
        if !is_path(&offer.path) {
            Some(SkipReason::Invalid)
        } else if target.is_excluded(&offer.path) || target.is_excluded(path) {
            Some(SkipReason::Excluded)
        } else if !robots.allows(path) {
            Some(SkipReason::Robots)
        } else if offer.fresh_until_ms.is_some_and(is_fresh) {
            Some(SkipReason::Fresh)
        } else if self.state.items >= site.budget.run.requests {
            Some(SkipReason::Budget)
        } else {
            None
        }
    }

    fn new_items(&mut self, path: &str, variants: Vec<Variant>, value: f64) -> Vec<Item> {
        let mut items = Vec::with_capacity(variants.len());
        for variant in variants {
            let hash = self.hasher.hash_one((path, &variant));
            if self.seen.insert(hash) {
                items.push(Item {
                    path: path.to_owned(),
                    variant,
                    value,
                });
            }
        }
        items
    }

    /// Takes items as far as the run's budget goes.
    fn put(&mut self, mut items: Vec<Item>) {
        let left = self
            .scope
            .site
            .budget
            .run
            .requests
            .saturating_sub(self.state.items);
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let beyond = items.len().saturating_sub(left);
        items.truncate(left);
        self.add_skipped(SkipReason::Budget, beyond as u64);
        self.state.items += items.len() as u64;
        self.pending_bytes += items.iter().map(Item::bytes).sum::<usize>();
        self.pending.append(&mut items);
    }

    fn flush(&mut self) -> Option<Planned> {
        if self.pending.is_empty() {
            return None;
        }
        let mut items = std::mem::take(&mut self.pending);
        items.sort_by(Item::by_value);
        self.pending_bytes = 0;
        let run = self.scope.run;
        let chunk = Chunk {
            run: run.id.clone(),
            target: run.target.clone(),
            lane: run.lane,
            chunk: self.state.chunks,
            items,
        };
        self.state.chunks += 1;
        Some(Planned {
            chunk,
            after: self.state.clone(),
        })
    }

    fn count_skipped(&mut self, reason: SkipReason, count: u64) {
        self.state.requested += count;
        self.add_skipped(reason, count);
    }

    fn add_skipped(&mut self, reason: SkipReason, count: u64) {
        if count > 0 {
            *self.state.skipped.entry(reason).or_default() += count;
        }
    }
}

/// Whether a text can be asked for as it is.
fn is_path(path: &str) -> bool {
    let is_of_path = |char: char| !char.is_control() && !char.is_whitespace() && char != '#';
    // Two slashes would name another host.
    let begins = path.starts_with('/') && !path.starts_with("//");
    begins && path.len() <= MAX_PATH && path.chars().all(is_of_path)
}
