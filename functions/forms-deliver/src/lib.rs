//! Mails, webhooks and events, without their wiring.
//!
//! - Trigger: a queue of names of deliveries.
//! - Dedupe key: the delivery's row. A worker claims it for two minutes; whoever comes
//!   meanwhile, or after it was done, does nothing.
//! - Failure: the row says when to try again, up to three days; then it is dead, and the
//!   owner may revive it. One sink never touches another.
//! - Contract: at least once, under a name that stays the same over retries.
//! - Invariants: no call leaves for an address that is not public; nothing that a visitor
//!   wrote becomes a header of a mail.

mod config;
mod deliver;
mod deps;
mod error;
mod event_handler;
mod put_event;
mod send_mail;
mod send_webhook;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::DeliverError;
pub use event_handler::handle;
