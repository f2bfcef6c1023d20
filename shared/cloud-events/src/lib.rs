//! What events of AWS say of what the site's health checks look at.
//!
//! [`read`] takes an event as a function gets it, from EventBridge or SNS, and says what is
//! [told](Told): of whom, since when, and whether a failure begins or ends with it.
//! [`EventSources`] say which checks it concerns. Both only look at the event: what follows is
//! decided by `health-state`.
//!
//! | event | begins | ends |
//! |---|---|---|
//! | RDS instance, cluster, proxy | failover, shutdown, recovery, storage full, stopped, failed | completed, restarted, recovered, started |
//! | ElastiCache, by SNS | a node is replaced | replaced, failed over, rebooted |
//! | Auto Scaling | no instance could be launched; one was taken out for its health | launched |
//! | CloudWatch alarm | `ALARM` | `OK` |
//!
//! A beginning makes a check fail at once, and probes have the last word: they end the failure
//! when they pass. So an end need not end anything. It is the mark that what began before it is
//! over, should that come later: events come in any order.
//!
//! What may be a failure soon, but is none, such as storage that runs low, is told as
//! [information](Meaning::Informs): a check that failed for it would lower the uptime of what
//! works.

mod alarm;
mod auto_scaling;
mod elasticache;
mod envelope;
mod rds;
mod sources;
mod told;

pub use envelope::{Reading, read};
pub use sources::EventSources;
pub use told::{Meaning, Told};
