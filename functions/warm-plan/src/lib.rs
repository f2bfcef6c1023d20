//! The function that plans which pages are kept warm, without its wiring.
//!
//! - Triggers: a schedule, each minute; `warm.requested` of our own event bus; the end of an
//!   instance refresh.
//! - A run is one pass over pages of a target. It begins (a row), is planned (chunks of up to
//!   100 pages go to the queue of its lane, where `warm-pages` takes them), and is closed (a
//!   report).
//! - Dedupe: a run is named for what it is for: its source and the time it was due, or the
//!   event. A chunk is named for its run and its number; one that is sent twice is done once.
//! - Failure: the plan's cursor is written with its run, and the next minute goes on from it.
//!   What was sent after that is sent again, under the same numbers.
//! - One invocation at a time is enough, and more do no harm: a row is only written as it was
//!   read, and whoever comes second leaves the run to the first.
//! - Memory does not grow with sitemaps: they are read as they arrive.

mod close_runs;
mod config;
mod deps;
mod error;
mod event_handler;
mod find_caches;
mod plan_run;
mod publish_report;
mod read_hot_list;
mod read_policy;
mod request_run;
mod site_client;
mod sitemap_stream;
mod start_due;
mod walk_sitemap;

pub use config::Config;
pub use deps::{Clients, Deps, StartError};
pub use error::PlanError;
pub use event_handler::{Outcome, handle};
