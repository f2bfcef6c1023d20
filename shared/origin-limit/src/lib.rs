//! How many requests the cache warmer may have in flight at one origin, so that visitors do
//! not notice it.
//!
//! A [`Limiter`] is one stored row an origin, shared by all workers that warm it. It is fed a
//! [`Sample`] for each answer of the *origin* (what a cache answered says nothing about it),
//! and holds back for four reasons:
//!
//! - **Answers get slower.** The median of a window of answers is compared with a baseline
//!   that hardly rises, so that the queue which the warmer itself makes never becomes normal.
//!   The higher the limit, the more answers a window has; less than 5 ms is no difference.
//!   Below one request in flight the limit becomes a rest between requests.
//! - **The origin refuses.** 429, 503 and whatever comes with `Retry-After` halve the limit
//!   and are waited for, and then one request goes first; more than 5 % errors stop everything,
//!   each time for longer.
//! - **The site is not well.** [`Health`] caps the limit at one, or at nothing.
//! - **A budget has ended.** An [`Account`] gives a [`Permit`] or says which one.
//!
//! No clock and no I/O: times are milliseconds since 1970 and come from the caller. A row is
//! written on condition that its version is the one that was read; who comes too late reads
//! again and folds the same samples into the newer state. Samples are numbered by worker, so
//! folding them twice counts them once.

mod account;
mod brake;
mod health;
mod latency;
mod limiter;
mod rules;
mod sample;
mod share;

pub use account::{Account, Budget, Cost, Permit, Refusal};
pub use health::Health;
pub use limiter::{Batch, Limiter};
pub use rules::{Rules, RulesError};
pub use sample::{Outcome, Sample};
pub use share::Share;
