//! CloudTrail: who did what with the AWS account.
//!
//! [`read_events`] reads a log file record by record; [`AuditRules`] say which of them are
//! worth an alert, and [`AuditFindings`] count them; [`Digest`] proves that no file was
//! changed or taken away.

mod digest;
mod event;
mod findings;
mod hex;
mod policy;
mod read;
mod rules;

pub use digest::{Digest, DigestError, LogFile};
pub use event::AuditEvent;
pub use findings::AuditFindings;
pub use read::{ReadError, ReadLimits, ReadTotals, read_events};
pub use rules::{AuditRule, AuditRules, RulesError};
