//! What visitors attach, checked and cleaned, without its wiring.
//!
//! - Trigger: a queue, of S3's events for `incoming/`, of GuardDuty's scan results, and
//!   of the word that a visitor has finished uploading.
//! - Dedupe key: the attachment's place in its submission; checking it again finds the
//!   same again.
//! - Failure: the message returns to the queue, and ends in the dead-letter queue; the
//!   upload stays in `incoming/` for seven days.
//! - Invariant: nothing is under `clean/` that was not checked, and scanned where scans
//!   are on; nothing of a picture is there but its pixels.

mod check_attachment;
mod config;
mod deps;
mod error;
mod event_handler;
mod files_event;
mod settle_submission;

pub use config::{Config, ScanMode};
pub use deps::Deps;
pub use error::FilesError;
pub use event_handler::handle;
