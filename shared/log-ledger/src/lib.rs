//! What logs add up to, hour by hour, with each log counted once.
//!
//! The function that reads a log leaves a [`Partial`]; the function that reports folds it
//! into the [`Ledger`] of each hour that it touches. A ledger knows which logs it holds and
//! which content of them: a log that is read twice changes nothing, and one that was replaced
//! makes its hours be added up again. [`keys`] has where all of it is kept.

mod document;
pub mod keys;
mod ledger;
mod log_name;
mod partial;
mod sums;

/// Hours that count as recent: they are kept in memory, and what is found in them is news. The
/// hot list looks at no others.
pub const RECENT_HOURS: i64 = hot_list::MAX_AGE_HOURS;

pub use document::{DocumentError, decode, encode};
pub use ledger::{Ledger, Standing};
pub use log_name::LogName;
pub use partial::{HourPart, Partial};
pub use sums::{SiteHour, Sums};
