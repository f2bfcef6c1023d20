//! The function that asks for pages before visitors do, without its wiring.
//!
//! - Trigger: SQS messages of the three lanes, each a [`Chunk`](warming::Chunk) of up to 100
//!   pages in one of their variants.
//! - Dedupe: the chunk's row says how far it is and whose it is. A message that comes again
//!   goes on there; of a chunk that is done nothing happens.
//! - Failure: a worker that dies repeats what it did in the last second. Results are written
//!   together with the place they lead to, so that each page is reported once.
//! - Handing back: who may not go on puts the chunk back into its lane, for later.
//! - Invariant: an answer is read to its end, or not asked for. CloudFront keeps nothing of an
//!   answer whose reader went away
//!   (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>).
//! - Invariant: no cookie, no credentials, no redirect followed, no other host than the target's.

mod allowance;
mod brake;
mod config;
mod deps;
mod error;
mod event_handler;
mod http_get;
#[cfg(test)]
mod http_get_tests;
mod lease_chunk;
mod pace;
mod site_target;
mod tell;
mod time;
mod warm_chunk;
mod warm_item;
mod worker;
mod worker_rows;

pub use config::Config;
pub use deps::{Clients, Deps, StartError};
pub use error::PagesError;
pub use event_handler::handle;
