//! What a deployment of the template costs a month, in us-east-1, at list prices.
//!
//! - [`PriceList`] is the file `prices.toml`: unit prices, each with its source, its date and
//!   whether it was looked up.
//! - [`Quantities`] are counted from a render of the template: the template of one [`Class`] with
//!   parameters and conditions resolved. What was counted last is `quantities.json`.
//! - [`Assumptions`] are the file `assumptions.toml`: what the template does not say, such as how
//!   many requests are answered from caches.
//! - [`estimate`] multiplies them for a [`Load`].
//! - [`tables`] writes all of it down, and [`rewrite`] puts that into a page between its markers.
//!
//! No clock and no I/O. It is an estimate: no taxes, no support, no savings plans, and nothing of
//! a network of one's own.

mod assumption;
mod class;
mod error;
mod estimate;
mod markers;
mod price;
mod quantity;
mod quantity_table;
mod resource;
mod resource_types;
mod schedule;
mod tables;
mod usage;

pub use assumption::{Assumption, Assumptions};
pub use class::{Class, Load};
pub use error::CostError;
pub use estimate::{Estimate, estimate};
pub use markers::rewrite;
pub use price::{Group, Plan, Price, PriceList};
pub use quantity::{CountedClasses, Quantities};
pub use tables::{Table, tables};
