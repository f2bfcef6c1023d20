//! The reference site behind Lambda's wiring.
//!
//! - Trigger: the load balancer, for every path that no other function has.
//! - Dedupe key: none. Reads may be repeated; a change is refused when its version is not
//!   the present one.
//! - Failure: pages come from the cache while PostgreSQL is away; without either, 503.

mod config;

pub use config::Config;
