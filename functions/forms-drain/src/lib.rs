//! What was accepted while DynamoDB was away, without its wiring.
//!
//! - Trigger: a queue, of submissions and of S3's events for submissions in `accepted/`.
//! - Dedupe key: the submission's name, which is the same wherever it is stored first.
//! - Failure: the message returns to the queue, and ends in the dead-letter queue, where
//!   it stays for 14 days and raises an alarm.
//! - Invariant: a submission that a visitor was promised is never refused here: content
//!   that differs under the same key becomes a correction.

mod accept_message;
mod config;
mod deps;
mod error;
mod event_handler;

pub use config::Config;
pub use deps::Deps;
pub use error::DrainError;
pub use event_handler::handle;
