//! The function that reads logs, without its wiring.
//!
//! - Triggers: an SQS queue fed by the EventBridge rule for the log bucket, and CloudWatch
//!   Logs subscriptions, whose filters have the names of sources.
//! - Dedupe key: bucket, key and entity tag of an object; group, stream and event ids of a
//!   delivery.
//! - Results: Parquet files under `tables/` and one document under `pending/`, with names made
//!   of the log's own: a second run writes the same again. `log-report` folds the document.
//!   Of CloudTrail's digests, only what does not fit is stored, as an alert.
//! - Failure: what cannot be read at all is acknowledged and logged; a log that breaks off is
//!   read up to there; what may pass later returns to the queue, and from there to the
//!   dead-letter queue.
//! - Invariant: it writes nothing to the log bucket, which triggers it.

mod config;
mod deps;
mod error;
mod event_handler;
mod object_stream;
mod process_delivery;
mod process_object;
mod public_keys;
mod read_log;
mod verify_digest;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::ProcessError;
pub use event_handler::handle;
