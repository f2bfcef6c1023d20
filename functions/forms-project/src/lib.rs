//! Submissions as rows of PostgreSQL, without their wiring.
//!
//! - Trigger: a queue of names of deliveries, and of submissions to be erased.
//! - Dedupe key: the submission's name, the row's primary key.
//! - Failure: while PostgreSQL is away, deliveries wait in their rows and come again;
//!   visitors do not notice.
//! - Invariant: PostgreSQL holds nothing that is not in DynamoDB. All of it can be
//!   projected anew.

mod config;
mod deps;
mod error;
mod event_handler;
mod project_submission;
mod projection;
mod schema;

pub use config::Config;
pub use deps::Deps;
pub use error::ProjectError;
pub use event_handler::handle;
