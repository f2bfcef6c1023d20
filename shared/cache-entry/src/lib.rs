//! What a cached answer is stored as, and how fresh it is.
//!
//! Pure: the clock and the dice are the caller's. An answer is *fresh* until its soft
//! expiry; then it is *stale*, and may be served while somebody computes it anew; after
//! its hard expiry it is gone. Shortly before the soft expiry, single readers find it due
//! early, at random and the sooner the longer it takes to compute, so that a busy answer
//! is renewed before it expires: XFetch, <https://cseweb.ucsd.edu/~avattani/papers/cache_stampede.pdf>.

mod entry;
mod policy;

pub use entry::{Entry, EntryError, MAX_PAYLOAD_BYTES, MAX_TAGS, Nonce};
pub use policy::{Freshness, Policy};
