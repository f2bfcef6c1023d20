//! The function that makes caches forget, without its wiring.
//!
//! - Triggers: `cache.invalidated` on the event bus, a hint that there is something to do; a
//!   schedule each minute, the truth. What the events hold does not matter: the outbox
//!   `cache_events` in PostgreSQL, written in the transaction of each change, says what to do.
//! - Order: Redis forgets the tags; CloudFront forgets the pages, at once and a second time when
//!   no reverse proxy can have an old copy left; each time, the warmer hears of it.
//! - Dedupe: a row is taken once. What follows stands in `cache_purges`, one row for each
//!   invalidation, whose `reference` makes a repeated request the same request. A step that is
//!   done twice does no harm; its result is recorded, and who dies is gone on with.
//! - Failure: Redis being away leaves the rows; a purge that fails is due again, later and later.
//! - Invariant: rows behind an open transaction wait for it, so that changes are announced in
//!   an order in which they could be seen.

mod config;
mod deps;
mod edge;
mod error;
mod event_handler;
mod purge_plan;
mod purge_table;
mod step;
mod take_events;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::InvalidateError;
pub use event_handler::{Outcome, handle};
