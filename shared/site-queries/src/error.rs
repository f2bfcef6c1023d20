use database::DatabaseError;
use lambda_kit::{Classified, ErrorClass};
use warming::WarmingError;

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// `warming.toml` has faults.
    #[error("read the queries of warming.toml")]
    Registry(#[from] WarmingError),
    /// There is no such query.
    #[error("find the query `{id}` in warming.toml")]
    Unknown {
        /// Its id.
        id: String,
    },
    /// It has another number of names.
    #[error("ask the query `{id}` with {given} values: its `paths` has {expected} names")]
    Values {
        /// Its id.
        id: String,
        /// How many names it has.
        expected: usize,
        /// How many values there are.
        given: usize,
    },
    /// The answer is not one row.
    #[error("read an answer: it has {rows} rows, one with one column `json` is allowed")]
    Rows {
        /// How many rows it has.
        rows: usize,
    },
    /// The database failed, refused, or gave something else than was expected.
    #[error("ask the database for an answer")]
    Database(#[from] DatabaseError),
}

impl Classified for QueryError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Database(error) => error.class(),
            _ => ErrorClass::Permanent,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Registry(_) => "query.registry",
            Self::Unknown { .. } => "query.unknown",
            Self::Values { .. } => "query.values",
            Self::Rows { .. } => "query.rows",
            Self::Database(error) => error.code(),
        }
    }
}
