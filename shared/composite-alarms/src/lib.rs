//! CloudWatch alarms of the site's checks, in which causes silence what follows from them.
//!
//! The prober tells of failures by itself, and better. These alarms are for when it can tell
//! no more: nothing of them needs a function of ours once the metrics are written.
//!
//! [`HealthAlarms::of`] makes them of the checks and their dependencies, [`HealthAlarms::yaml`]
//! writes them as resources of `template.yaml`, where a test compares them with what is there
//! between [`BEGIN`] and [`END`].
//!
//! # Which checks have alarms
//!
//! Those of the severity `page`, and all that they depend on. What may silence a page pages
//! itself, whatever its own severity: otherwise nobody would be told of the cause.
//!
//! # What is made of a check
//!
//! | it depends on | resources |
//! |---|---|
//! | nothing | an alarm on its metric, which notifies |
//! | one check | an alarm on its metric, which notifies nobody, and a composite alarm of it, which notifies unless the other check's alarm on its metric is on |
//! | several | besides, a composite alarm that is on while any of theirs is, to be silenced by: there can be only one such |
//!
//! - The metric is `HealthState` of the prober: 0 pass, 1 warn, 2 fail, each minute. Three
//!   minutes of it in a row are a failure. While nothing is known there is none, and the alarm
//!   stays as it is; that the prober is silent is an alarm of its own.
//! - Only what a check depends on directly silences it, by its alarm on the metric, which is
//!   on whether it is silenced or not. So of a chain that fails all the way only the last one
//!   notifies, and what works in between breaks the chain, as it does in `health-state`.
//! - An alarm waits [`WAIT_S`] for its cause, for causes are seen in the same minute, but not
//!   evaluated at the same time; and stays silent for [`EXTENSION_S`] after its cause is over,
//!   for it takes longer to recover. What still fails then notifies.
//!
//! Limits are those of
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html>.

mod alarms;
mod yaml;

pub use alarms::{
    AlarmsError, EXTENSION_S, HealthAlarm, HealthAlarms, MAX_CHILDREN, MAX_PARENTS, WAIT_S,
};
pub use yaml::{BEGIN, END, section};
