//! What logs add up to: counts, percentiles and rankings that merge.
//!
//! A [`Summary`] is made of one log file by an [`Observer`], stored, and merged with
//! those of other files: the sum does not depend on their order, nor on how requests were
//! spread over files, as long as the rankings hold all their keys. Memory does not grow
//! with the log: rankings are bounded, and so are the hours of one file.

mod activity;
mod agent;
mod browser;
mod counters;
mod frequent;
mod groups;
mod hour;
mod live;
mod negotiation;
mod network;
mod observer;
mod operator;
mod page;
mod page_name;
mod path;
mod rules;
mod sketch;
mod summary;

pub use activity::{Activity, ActivityKey};
pub use agent::AgentClass;
pub use counters::Counters;
pub use frequent::{Frequent, Merge};
pub use hour::{
    AgentStats, ClientStats, HOUR_MS, Hour, MINUTES, Minute, RouteStats, WINDOW_MS, WINDOWS, Window,
};
pub use negotiation::{Device, Encoding, Negotiation, Picture};
pub use network::Network;
pub use observer::Observer;
pub use operator::OperatorSums;
pub use page::PageStats;
pub(crate) use path::PathTraits;
pub use rules::{Route, RuleError, Site, SummaryRules};
pub use sketch::LatencySketch;
pub use summary::{HourKey, Summary};
