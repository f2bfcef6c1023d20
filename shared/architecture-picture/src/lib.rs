//! The picture of the architecture, drawn from what the template says.
//!
//! [`Architecture::read`] finds in a render of the template (parameters, conditions and mappings
//! gone) the road of a request, from CloudFront's behaviours over the load balancer's rules and the
//! instances to the database and the cache, and each function with what invokes it and what its
//! role lets it store. [`Architecture::svg`] draws that, [`Architecture::routes`] lists the load
//! balancer's rules.
//!
//! Places are fixed: tiers from left to right, functions below in a panel for each concern, which
//! is the first word of their names. Lines run inside a row only, so that none cross.
//!
//! Not in it: dead letter queues, alarms, keys, secrets, networks, and queues that a function only
//! counts. No clock and no I/O.

mod access;
mod architecture;
mod edge;
mod error;
mod events;
mod function;
mod instances;
mod kind;
mod listener;
mod resource;
mod svg;

pub use architecture::Architecture;
pub use error::PictureError;
