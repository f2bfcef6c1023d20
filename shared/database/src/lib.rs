//! PostgreSQL behind a small pool that survives frozen connections.
//!
//! - Every statement goes out in one flight, unnamed and with its parameters' types
//!   (`query_typed`): nothing is prepared, so RDS Proxy never pins a connection.
//! - A connection that was idle is asked for a sign of life, for a quarter of a second at
//!   most, before it is used; a dead one is replaced. A read that meets a dead connection all
//!   the same is asked once more on a new one; a write is not.
//! - With IAM, the password is a token that is signed for each new connection.
//! - TLS is verified, always: by the roots of the operating system, or by those of a file.
//!
//! No library pool does this: deadpool's own hook for new connections can only fail with an
//! error of PostgreSQL, and it asks for a sign of life each time or never.

mod connect;
mod error;
mod migrate;
mod pool;
mod query;
mod settings;

pub use error::DatabaseError;
pub use migrate::{Migration, migrate};
pub use pool::Database;
pub use query::{Connection, Parameters, Transaction, column};
pub use settings::{DatabaseAuth, DatabaseSettings};
pub use tokio_postgres::Row;
pub use tokio_postgres::types::{Json, Type};
