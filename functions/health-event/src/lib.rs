//! The function that takes in what the cloud says, without its wiring.
//!
//! - Trigger: events of RDS, Auto Scaling and CloudWatch alarms from EventBridge, of
//!   ElastiCache from SNS; each alone and asynchronously.
//! - Dedupe: a check's state knows the moment of its newest event. One that came already, or
//!   is older, changes nothing, so events may come twice, late and in any order.
//! - Failure: Lambda tries again, then the event goes to the dead-letter queue. All checks that
//!   an event concerns are tried before it counts as failed.
//! - Invariant: an event only makes a check fail; that it works again, probes say. What is no
//!   event of these is logged, and is no error.

mod config;
mod deps;
mod error;
mod event_handler;
mod force_checks;
mod hasten_now;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::EventError;
pub use event_handler::{Outcome, handle};
