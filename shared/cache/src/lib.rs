//! Cached answers in Redis or Valkey: one computation at a time, stale rather than late.
//!
//! [`Cache::get_or_compute`] is the one call that readers need; [`Cache::warm`] is for what fills
//! the cache before they come. Behind both:
//!
//! - One `MGET` reads the answer and the nonces of its tags. A tag is a key with a random
//!   value; [`Cache::invalidate`] gives it another, and every answer that was stored, or
//!   whose computation had begun, under the old one no longer fits.
//! - Of many readers who find an answer missing or stale, one computes it: one per process,
//!   and by a lease one of all processes. The others get the stale answer at once; without
//!   one they wait, for a short time.
//! - Nothing that happens to Redis is an error for the reader. Each call has a deadline; a
//!   connection that is closed or silent, as after a Lambda function was frozen, is replaced
//!   once, within the call; after three failures in a row Redis is left alone for five
//!   seconds. What cannot be read is computed.
//!
//! Keys: `c:{key}` answers, `t:{tag}` tags, `l:{key}` leases. Cluster mode must be disabled:
//! an answer and its tags are read together.

mod breaker;
mod cache;
mod error;
mod flight;
mod job;
mod link;
mod settings;
mod store;
mod warm;

pub use cache::{Cache, Cached, Outcome};
pub use cache_entry::Policy;
pub use error::CacheError;
pub use settings::{CacheAuth, CacheSettings, Refresh};
pub use warm::{Refill, Warmed};
