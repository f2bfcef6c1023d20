//! The queries whose answers are kept in Redis, as `warming.toml` defines them.
//!
//! A page that needs an answer and the function that keeps it warm look it up here, under the
//! same key and tags, and ask the same SQL: neither can drift from the other. PostgreSQL writes
//! the answer as JSON, so that nobody but the page has to know its type.

mod ask;
mod error;
mod queries;

pub use ask::{ask, select};
pub use error::QueryError;
pub use queries::SiteQueries;
