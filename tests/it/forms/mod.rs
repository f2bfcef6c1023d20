//! The forms end to end: posted through the distribution and the load balancer, stored,
//! delivered, reviewed.

mod bad_input;
mod browser;
mod delivery;
mod files;
mod intake;
mod newsletter;
mod outage;
mod owner;
pub(crate) mod visitor;
