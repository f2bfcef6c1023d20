//! The function that keeps answers of the database warm, without its wiring.
//!
//! - Triggers: a schedule, for all queries of `warming.toml` and the hot pages that need them;
//!   `warm.requested` and `answers.invalidated`, for the answers that an invalidation ended and
//!   the pages that it names.
//! - What is computed is stored as a page of the site would store it: under the lease and the
//!   tags of the cache kit, by the same SQL. A page then finds it.
//! - Dedupe: an answer that is there and young is left alone; one that is being computed too.
//! - Failure: what is not warm is computed by the page that needs it, as ever. Three failures in
//!   a row end a run: the database has other worries.
//! - Invariant: no more than two queries at a time, one when the site is not well, none when it
//!   is down; by a role that can only read.

mod config;
mod deps;
mod error;
mod event_handler;
mod hot_pages;
mod plan_calls;
mod warm_keys;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::WarmError;
pub use event_handler::handle;
pub use warm_keys::Outcome;
