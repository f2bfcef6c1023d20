//! What in the logs is worth waking someone for: rules as configuration, judged over the
//! windows of a [`log_summary::Summary`].
//!
//! A rule counts for a network, for a network operator, or for the site as a whole against
//! what it was like before. An [`Alert`] carries what was counted, since when, and evidence.
//! What goes on from window to window,
//! or is seen by several tiers, is one episode ([`Alert::is_continued_by`]), and alerts once.

mod alert;
mod find;
mod judge;
mod measure;
mod operators;
mod rule;
mod timeline;

pub use alert::{Alert, Severity};
pub use judge::judge;
pub use measure::Measure;
pub use operators::{AbuseRules, abusive_operators};
pub use rule::{Condition, Detection};
