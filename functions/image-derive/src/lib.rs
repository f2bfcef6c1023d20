//! The upload-triggered image function, without its wiring.
//!
//! - Trigger: an SQS queue fed by the EventBridge rule for `originals/` (S3's own
//!   notification shape is understood too).
//! - Dedupe key: bucket, object key, entity tag and sequencer of the event.
//! - Failure: a photo that cannot be used is acknowledged and explained under
//!   `rejected/`; what may pass later returns to the queue, and from there to the
//!   dead-letter queue.
//! - Invariant: it never writes under `originals/`, which triggers it.

mod config;
mod deps;
mod derive_set;
mod error;
mod event_handler;
mod publish_photo;
mod remove_set;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::DeriveError;
pub use event_handler::handle;
