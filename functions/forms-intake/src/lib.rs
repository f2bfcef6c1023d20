//! The forms' front, without its wiring.
//!
//! - Trigger: `/forms/*` through CloudFront and the ALB.
//! - Dedupe key: the `Idempotency-Key` header, else the form's token, else the content
//!   from one network within ten minutes.
//! - Failure: DynamoDB refuses, the submission goes to a queue; the queue refuses, to a
//!   bucket; only when all three refuse the visitor sees an error, with the values kept.
//! - Invariants: it can write submissions but not read them; PostgreSQL is never on
//!   this path; nothing that looks like spam is dropped.

mod abusive_operators;
mod accept_submission;
mod answer;
mod config;
mod confirm_address;
mod deps;
mod error;
mod failures;
mod http_handler;
mod judge_visitor;
mod post_form;
mod posted;
mod presigned_post;
mod show_form;
mod signed_links;
mod store_acceptance;
mod upload_files;
mod verify_visitor;
mod visitor;

pub use config::Config;
pub use deps::{Clients, Deps, StartError};
pub use error::IntakeError;
pub use http_handler::handle;
