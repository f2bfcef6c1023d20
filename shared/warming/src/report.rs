use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money::{CLOUDFRONT, Money};
use crate::result::ChunkResult;
use crate::run::Run;
use crate::{ChunkProgress, Lane, Reason, SkipReason};

/// What came of a run: its JSON form is [`Report::to_json`].
///
/// What was asked for is done, skipped or failed: `requested` is the sum, always.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The run's id.
    pub run: String,
    /// The target's id.
    pub target: String,
    /// The run's lane.
    pub lane: Lane,
    /// Why it was made.
    pub reason: Reason,
    /// What it was of.
    pub source: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// When it ended.
    pub closed_ms: i64,
    /// When what made it necessary happened.
    pub event_ms: Option<i64>,
    /// Whether its plan was made to its end.
    pub is_planned: bool,
    /// Pages in their variants that were asked for.
    pub requested: u64,
    /// Of them, those that are warm, or cannot be.
    pub done: u64,
    /// Of them, those that failed.
    pub failed: u64,
    /// Of them, those that were not asked for, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// The share of first answers that a cache gave; `None` where there were none.
    pub hit_ratio_before: Option<f64>,
    /// The share that a cache has afterwards: reckoned from those that were there and from
    /// those of the others that were, when they were asked for once more. `None` where too
    /// little is known.
    pub hit_ratio_after: Option<f64>,
    /// What it cost at most.
    pub money: Money,
    /// Chunks, and those of them that were done.
    pub chunks: u32,
    /// See `chunks`.
    pub chunks_done: u32,
    /// What is in cache keys and cannot be warmed.
    pub out_of_reach: Vec<String>,
    /// All the rest.
    pub result: ChunkResult,
}

/// A line of the list of runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// The run's id.
    pub run: String,
    /// The target's id.
    pub target: String,
    /// The run's lane.
    pub lane: Lane,
    /// Why it was made.
    pub reason: Reason,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// When it ended.
    pub closed_ms: i64,
    /// As in the report.
    pub requested: u64,
    /// As in the report.
    pub done: u64,
    /// All of them together.
    pub skipped: u64,
    /// As in the report.
    pub failed: u64,
    /// As in the report.
    pub hit_ratio_before: Option<f64>,
    /// As in the report.
    pub hit_ratio_after: Option<f64>,
    /// In US dollars.
    pub cost: f64,
}

impl Report {
    /// Adds up a run. `chunks` are those that any worker has begun; what none has reached was
    /// not reached before the deadline. The same chunks give the same report.
    #[must_use]
    pub fn close<'c>(
        run: &Run,
        chunks: impl IntoIterator<Item = &'c ChunkProgress>,
        closed_ms: i64,
    ) -> Self {
        let mut result = ChunkResult::default();
        let (mut reached, mut chunks_done) = (0, 0);
        for chunk in chunks {
            result.merge(&chunk.result);
            reached += u64::from(chunk.next);
            chunks_done += u32::from(chunk.is_done);
        }
        let plan = &run.plan;
        let mut skipped = plan.skipped.clone();
        for (reason, count) in &result.skipped {
            *skipped.entry(*reason).or_default() += count;
        }
        let unreached = plan.items.saturating_sub(reached);
        if unreached > 0 {
            *skipped.entry(SkipReason::Deadline).or_default() += unreached;
        }
        let (done, failed) = (result.done, result.failed);
        Self {
            run: run.id.clone(),
            target: run.target.clone(),
            lane: run.lane,
            reason: run.reason,
            source: run.source.clone(),
            started_ms: run.started_ms,
            closed_ms,
            event_ms: run.event_ms,
            is_planned: run.is_planned,
            requested: done + failed + skipped.values().sum::<u64>(),
            done,
            failed,
            skipped,
            hit_ratio_before: ratio_before(&result),
            hit_ratio_after: ratio_after(&result),
            money: CLOUDFRONT.of(result.requests, result.bytes),
            chunks: plan.chunks.max(chunks_done),
            chunks_done,
            out_of_reach: run.out_of_reach.clone(),
            result,
        }
    }

    /// All that was skipped.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// How long the run took, in milliseconds.
    #[must_use]
    pub fn duration_ms(&self) -> i64 {
        self.closed_ms.saturating_sub(self.started_ms).max(0)
    }

    /// From what made it necessary to its end, in milliseconds.
    #[must_use]
    pub fn lag_ms(&self) -> Option<i64> {
        let lag_ms = self.closed_ms.saturating_sub(self.event_ms?);
        Some(lag_ms.max(0))
    }

    /// As JSON.
    ///
    /// # Errors
    /// Never: all of it has a form in JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Its line in the list of runs.
    #[must_use]
    pub fn summary(&self) -> RunSummary {
        RunSummary {
            run: self.run.clone(),
            target: self.target.clone(),
            lane: self.lane,
            reason: self.reason,
            started_ms: self.started_ms,
            closed_ms: self.closed_ms,
            requested: self.requested,
            done: self.done,
            skipped: self.skipped(),
            failed: self.failed,
            hit_ratio_before: self.hit_ratio_before,
            hit_ratio_after: self.hit_ratio_after,
            cost: self.money.total(),
        }
    }
}

fn ratio_before(result: &ChunkResult) -> Option<f64> {
    (result.done > 0).then(|| result.hits() as f64 / result.done as f64)
}

fn ratio_after(result: &ChunkResult) -> Option<f64> {
    if result.done == 0 {
        return None;
    }
    let hits = result.hits();
    let missed = result.done.saturating_sub(hits);
    if missed == 0 {
        return Some(1.0);
    }
    if result.verified == 0 {
        return None;
    }
    // What cannot be kept is not there afterwards, and nobody asks for it again.
    let code = crate::ClassKind::Uncacheable;
    let never = result.classes.get(&code).copied().unwrap_or(0);
    let redirects = result
        .classes
        .get(&crate::ClassKind::Redirect)
        .copied()
        .unwrap_or(0);
    let may_be_kept = missed.saturating_sub(never + redirects) as f64;
    let kept = may_be_kept * result.verified_hits as f64 / result.verified as f64;
    Some((hits as f64 + kept) / result.done as f64)
}
