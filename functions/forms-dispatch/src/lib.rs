//! The outbox's post office, without its wiring.
//!
//! - Triggers: the table's stream, the fast path; a schedule each minute, the truth. What
//!   the stream misses (it forgets after 24 hours) the sweep finds by its due time.
//! - Dedupe key: none needed. A delivery that is enqueued twice is claimed once.
//! - Failure: a delivery that could not be enqueued stays due; the next sweep finds it.
//! - Invariant: it reads keys, never what visitors wrote.

mod config;
mod deps;
mod enqueue;
mod error;
mod event_handler;
mod stream_event;
mod sweep;

pub use config::Config;
pub use deps::Deps;
pub use error::DispatchError;
pub use event_handler::handle;
