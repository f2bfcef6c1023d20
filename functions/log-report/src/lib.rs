//! The function that reports what logs say, without its wiring.
//!
//! - Trigger: a schedule, each minute; what the event holds does not matter.
//! - Order: what `log-processor` left under `pending/` is folded into the hours' ledgers, each
//!   log once; then what has changed is told: metrics, pages, hot list, alerts, the forms'
//!   list of abusive operators. Last, table files of an hour that is over become few.
//! - Dedupe: a ledger knows its logs and their versions, and is written only if it is as it was
//!   read. An alert is an item that knows whether it was sent.
//! - Failure: the next minute goes on where this one ended. Metrics may be lost then, and are
//!   never counted twice.
//! - Invariant: one run at a time; a second one fails to write.

mod alert_log;
mod compact_tables;
mod config;
mod deps;
mod emit_metrics;
mod error;
mod event_handler;
mod fold_pending;
mod open_ledgers;
mod publish_pages;
mod raise_alerts;
mod recent_hours;
mod share_operators;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::ReportError;
pub use event_handler::{Outcome, handle};
