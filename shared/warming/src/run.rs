use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::RunBudget;
use crate::{ChunkProgress, Lane, Reason, SkipReason, VariantShares};

/// Paths of one request at most.
pub const MAX_REQUEST_PATHS: usize = 3000;

/// After its deadline, workers may take so long for what they have begun.
const GRACE_MS: i64 = 120_000;

/// What an event of the type `warm.requested` asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmRequest {
    /// Why.
    pub reason: Reason,
    /// Which pages, [`MAX_REQUEST_PATHS`] at most; `*` stands for hot pages that are like it.
    /// With none, all hot pages.
    #[serde(default)]
    pub paths: Vec<String>,
    /// When what made it necessary happened, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_ms: Option<i64>,
}

/// A run: pages of one target that are warmed for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its name in keys, see [`run_id`].
    pub id: String,
    /// The target's id.
    pub target: String,
    /// How urgent it is.
    pub lane: Lane,
    /// Why it is made.
    pub reason: Reason,
    /// What it is of: the source's name, or `request`.
    pub source: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// When what made it necessary happened.
    pub event_ms: Option<i64>,
    /// In which forms visitors asked for pages when its plan began: later they may ask
    /// otherwise, and its chunks would be others under the same numbers. `None` until it is
    /// planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<VariantShares>,
    /// How far its plan is.
    pub plan: PlanState,
    /// Whether all of its chunks are in the queue.
    pub is_planned: bool,
    /// What is in cache keys and cannot be warmed.
    #[serde(default)]
    pub out_of_reach: Vec<String>,
    /// When it ended.
    pub closed_ms: Option<i64>,
}

/// How far a plan is: what is stored with a run after chunks were sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlanState {
    /// What is looked at next.
    pub cursor: PlanCursor,
    /// Requests that were asked for: those that are in chunks and those that were skipped.
    pub requested: u64,
    /// Requests that are in chunks.
    pub items: u64,
    /// Chunks.
    pub chunks: u32,
    /// Requests that were skipped, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
}

/// A place between two entries of the documents that a plan reads, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct PlanCursor {
    /// The document: sitemaps are numbered from 0 in the order in which they are found; a
    /// list is the document 0.
    pub document: u32,
    /// Entries of the document before the place.
    pub entry: u64,
}

impl Run {
    /// A run that begins.
    #[must_use]
    pub fn new(id: String, target: &str, reason: Reason, source: &str, started_ms: i64) -> Self {
        Self {
            id,
            target: target.to_owned(),
            lane: reason.lane(),
            reason,
            source: source.to_owned(),
            started_ms,
            event_ms: None,
            shares: None,
            plan: PlanState::default(),
            is_planned: false,
            out_of_reach: Vec::new(),
            closed_ms: None,
        }
    }

    /// Whether its time is over: no request of it starts any more.
    #[must_use]
    pub fn is_over(&self, budget: &RunBudget, now_ms: i64) -> bool {
        now_ms >= budget.until_ms(self.started_ms)
    }

    /// Whether a report can be made of it: all of its chunks are done, or its deadline is
    /// over for long enough that no worker is at it any more. `chunks` are those that any
    /// worker has begun.
    #[must_use]
    pub fn may_close<'c>(
        &self,
        chunks: impl IntoIterator<Item = &'c ChunkProgress>,
        budget: &RunBudget,
        now_ms: i64,
    ) -> bool {
        let over_ms = budget.until_ms(self.started_ms).saturating_add(GRACE_MS);
        let mut done = 0;
        let mut is_worked_on = false;
        for chunk in chunks {
            done += u32::from(chunk.is_done);
            is_worked_on |= chunk.is_held(now_ms);
        }
        let is_complete = self.is_planned && done >= self.plan.chunks;
        is_complete || (now_ms >= over_ms && !is_worked_on)
    }
}

/// The id of a run that is due in a slot, or that an event of that time asks for:
/// `shop-hot-20261128T041000Z`. Whoever makes it in the same slot makes the same run: it is
/// put on condition that it is not there.
#[must_use]
pub fn run_id(target: &str, source: &str, slot_ms: i64) -> String {
    let time = Timestamp::from_millisecond(slot_ms).unwrap_or_default();
    format!("{target}-{source}-{}", time.strftime("%Y%m%dT%H%M%SZ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_time_of_their_slot() {
        assert_eq!(
            run_id("shop", "hot", 1_795_774_830_000),
            "shop-hot-20261127T102030Z"
        );
    }

    #[test]
    fn an_event_asks_for_pages() {
        let json = r#"{"reason": "invalidation", "paths": ["/products/*"]}"#;
        let request: WarmRequest = serde_json::from_str(json).unwrap();
        assert_eq!(request.reason, Reason::Invalidation);
        assert_eq!(request.event_ms, None);
        assert!(serde_json::from_str::<WarmRequest>(r#"{"reason": "boredom"}"#).is_err());
    }

    #[test]
    fn a_run_closes_when_all_is_done_or_its_time_is_over() {
        let budget = RunBudget::default();
        let mut run = Run::new("r".to_owned(), "shop", Reason::Hot, "hot", 0);
        let mut chunk = ChunkProgress::new(0);
        run.plan.chunks = 1;
        assert!(!run.may_close([&chunk], &budget, 1000));
        run.is_planned = true;
        // A chunk without items is done at once.
        assert!(run.may_close([&chunk], &budget, 1000));
        run.plan.chunks = 2;
        assert!(!run.may_close([&chunk], &budget, 3_000_000));
        assert!(run.is_over(&budget, 3_000_000) && !run.is_over(&budget, 2_999_999));
        assert!(run.may_close([&chunk], &budget, 3_120_000));
        chunk = ChunkProgress::new(1);
        chunk.take("p1-a", 4_000_000, 3_000_000).unwrap();
        assert!(!run.may_close([&chunk], &budget, 3_120_000));
        assert!(run.may_close([&chunk], &budget, 4_000_000));
    }
}
