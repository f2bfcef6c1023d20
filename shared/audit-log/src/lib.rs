//! CloudTrail: who did what with the AWS account.
//!
//! [`read_events`] reads a log file record by record; [`AuditRules`] say which of them are
//! worth an alert, and [`AuditFindings`] count them; [`Digest`] proves that no file was
//! changed or taken away, and [`TrailFindings`] say so where one was.

mod digest;
mod digest_error;
mod digest_name;
mod event;
mod findings;
mod hex;
mod policy;
mod read;
mod rules;
mod trail_findings;

pub use digest::{Digest, LogFile};
pub use digest_error::DigestError;
pub use digest_name::DigestName;
pub use event::AuditEvent;
pub use findings::AuditFindings;
pub use read::{ReadError, ReadLimits, ReadTotals, read_events};
pub use rules::{AuditRule, AuditRules, RulesError};
pub use trail_findings::TrailFindings;
