//! The function that asks all of the site's checks, without its wiring.
//!
//! - Trigger: a schedule, each minute. Of the event only its time matters: it names the run.
//! - Order: all checks are asked at once; what they say is recorded; then it is decided who is
//!   told, and they are told while the status page is published. Metrics come last.
//! - Dedupe: a state knows the runs that it has taken in, and is written on condition of its
//!   version; a notice has a name, and each who is told of it is claimed. Two runs at once
//!   record once and tell once.
//! - Failure: no part of a run keeps the others from what they do; at the end the run fails
//!   with the first error. Who is told is decided from how things are, not from how they
//!   changed: what a run that died did not tell, the next one tells.
//! - Without its table nothing can be recorded, and nobody is told: the status page stays as it
//!   is, ages, and says so itself after three minutes. The alarm on the function's errors is
//!   what tells then.

mod config;
mod deps;
mod emit_metrics;
mod error;
mod event_handler;
mod in_parallel;
mod make_snapshot;
mod probe;
mod probe_settings;
mod publish_status;
mod raise_alerts;
mod record_results;
mod run_checks;
#[cfg(test)]
mod run_checks_tests;
mod send_notices;
mod send_one;
mod write_notice;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::RunError;
pub use event_handler::{Outcome, handle};
pub use probe_settings::ProbeSettings;
pub use run_checks::Prober;
