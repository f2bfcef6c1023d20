//! What the cache warmer asks for, in which order, and what came of it.
//!
//! - [`SiteWarming`] is the file `warming.toml`, which is part of the program: a change of it is
//!   reviewed, tested and rolled back like one. All that is wrong with it is named at once.
//! - A [`Planner`] makes the [`Chunk`]s of a [`Run`] out of [`Offer`]s: pages with what is known
//!   of them. Each page is asked for in the [`Variant`]s that the cache keeps and visitors want,
//!   and what is skipped is counted with its reason.
//! - [`judge`] says what an answer was, and whether it came from the origin at all.
//! - [`ChunkProgress`] counts each [`ItemResult`] once, however often a chunk is delivered.
//! - [`Report::close`] adds up a run: what was asked for is done, skipped or failed.
//! - A [`Query`] is one whose answer is kept in Redis, and made anew before visitors need it.
//!
//! No clock and no I/O: times are milliseconds since 1970 and come from the caller.

mod answer;
mod cache_policy;
mod class;
mod config;
mod histogram;
mod index;
mod item;
mod lane;
mod lifetime;
mod listed;
mod metrics;
mod money;
mod offer;
mod page;
mod planner;
mod progress;
mod reach;
mod report;
mod result;
mod robots;
mod run;
mod server_timing;
mod signature;
mod skip;
mod trace;
mod variant;
mod variants;

pub use answer::{Answer, Verdict, judge};
pub use cache_policy::{CachePolicy, QueryKey};
pub use class::{Class, ClassKind, Failure, Layer, Uncacheable};
pub use config::{
    BaseError, Brakes, Budgets, CacheBehaviour, CheckNow, DayBudget, FreshnessRules, PathPattern,
    Query, QueryCall, RunBudget, SiteWarming, Source, SourceKind, Target, Template, TemplateError,
    Verify, WarmingError,
};
pub use histogram::Histogram;
pub use hot_list::VariantShares;
pub use index::{INDEX_KEY, RunIndex, report_keys};
pub use item::{Chunk, Item, MAX_CHUNK_BYTES, MAX_CHUNK_ITEMS};
pub use lane::{Lane, Reason};
pub use lifetime::retry_after_ms;
pub use listed::{FailedItem, SlowItem, UncacheableItem, VariantCounts};
pub use metrics::{Metric, MetricUnit};
pub use money::{CLOUDFRONT, Money, PRICES_AS_OF, PRICES_SOURCE, Prices};
pub use offer::{Offer, hot_offers, list_offers};
pub use page::{render, render_index};
pub use planner::{PlanScope, Planned, Planner};
pub use progress::{ChunkProgress, Completions, Gap, Held, Lease};
pub use reach::{REACH, Reach};
pub use report::{Report, RunSummary};
pub use result::{ChunkResult, ItemResult, MAX_ERRORS, MAX_SLOWEST, MAX_UNCACHEABLE, Visit};
pub use robots::Robots;
pub use run::{MAX_REQUEST_PATHS, PlanCursor, PlanState, Run, WarmRequest, run_id};
pub use signature::{SIGNATURE_HEADER, product, signature_header};
pub use skip::SkipReason;
pub use trace::{HealthSeen, LimitMinute, Stop};
pub use variant::{Device, Encoding, Picture, Variant, VariantError};
pub use variants::{MAX_VARIANTS, VariantSet, variants};
