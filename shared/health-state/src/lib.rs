//! What the results of a health check add up to: its state, its uptime, and who is told.
//!
//! A [`CheckState`] takes in one [`Observation`] after the other, and says in a [`Step`] what
//! changed: transitions, and the seconds that now are known. The seconds go to [`DayRollup`]s,
//! which make an [`UptimeHistory`], or to a [`Timeline`]. [`Alerts`] decide from the states and
//! the [`DependencyGraph`] which [`Notice`]s are due.
//!
//! A failure counts once it is confirmed, and then from the first failed probe on: seconds
//! that were written as up move to down. A suspicion that is not confirmed never lowers the
//! uptime, and what nobody knows is left out of it, as is maintenance.
//!
//! Everything may come twice, late, or out of order. What came already has no effect; what is
//! older than the last result is counted, but changes no state. [`replay`] gives the same for
//! the same observations in whatever order. A [`CheckState`], the day rollups of its step, and
//! the [`Alerts`] with their notices are each written on condition of their `version`.

mod accounting;
mod alert_text;
mod alerts;
mod check_state;
mod event;
mod flapping;
mod graph;
mod history;
mod incident;
mod maintenance;
mod notice;
mod observation;
mod observe;
mod replay;
mod root_cause;
mod rules;
mod seconds;
mod span;
mod state;
mod timeline;
mod transition;
mod weekly;

pub use alerts::{AlertRule, Alerts, Watched};
pub use check_state::CheckState;
pub use event::{CloudEvent, Forced};
pub use graph::{DependencyGraph, GraphError};
pub use history::{BAR_DAYS, Bar, DayRollup, HISTORY_DAYS, UptimeHistory};
pub use incident::Incident;
pub use maintenance::{Maintenance, Schedule};
pub use notice::{Notice, NoticeKind, NoticeTopic, Severity};
pub use observation::{Observation, Outcome, UnknownReason};
pub use replay::{Replay, replay};
pub use root_cause::RootCauses;
pub use rules::CheckRules;
pub use seconds::Seconds;
pub use span::{Condition, DAY_S, Span};
pub use state::State;
pub use timeline::{Interval, Timeline};
pub use transition::{Step, Transition};
pub use weekly::{ScheduleError, Weekday, Weekly};
