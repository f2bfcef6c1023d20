//! What every function does the same way.
//!
//! - [`ErrorClass`]: what a failure means for the caller, the queue and the log;
//! - [`Problem`]: an error as an RFC 9457 answer;
//! - [`Failure`]: an error as a Lambda diagnostic with its whole cause chain;
//! - [`process_batch`]: an SQS batch with partial failures, panics contained;
//! - [`now_ms`]: the clock, in the unit that documents have;
//! - [`Deadline`]: how much time an invocation has left;
//! - [`Idempotency`]: run once per event, with a lease and a fencing token;
//! - [`aws_config`]: the one way clients are configured.
//!
//! I/O functions at this border return boxed futures: an `async fn` body would be
//! compiled again into every function's binary.

mod batch;
mod boot;
mod class;
mod clock;
mod deadline;
mod failure;
mod idempotency;
mod once;
mod problem;

pub use batch::process_batch;
pub use boot::aws_config;
pub use class::{Classified, ErrorClass};
pub use clock::now_ms;
pub use deadline::Deadline;
pub use failure::Failure;
pub use idempotency::{Claim, FencingToken, Idempotency, IdempotencyError};
pub use once::Once;
pub use problem::Problem;

use std::future::Future;
use std::pin::Pin;

/// A future on the heap, so that its body is compiled once.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
