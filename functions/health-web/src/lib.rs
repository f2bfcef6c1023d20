//! The function that shows the site's health, without its wiring.
//!
//! - Trigger: the load balancer, for `/health`, `/status` and `/badge/`.
//! - Dedupe: answers may be asked for again. A heartbeat is written unless there is a newer
//!   one of the same check, so one that comes twice is there once.
//! - Failure: while the snapshot cannot be read, the last one that could be is shown, and says
//!   how old it is; without any, 503. Whether the function itself is well does not depend on
//!   anything that it shares with others.
//! - Invariant: it asks nothing of what is checked: whoever calls it, however often, loads
//!   nothing but itself. Host names, outputs and evidence are in none of its answers.

mod config;
mod deps;
mod error;
mod health;
mod http_handler;
mod push;
mod push_keys;
mod response;
mod snapshots;
mod status;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::WebError;
pub use http_handler::handle;
pub use push_keys::{KeyError, PushKeys};
