use lambda_kit::{Classified, ErrorClass};
use site_queries::QueryError;
use store::StoreError;

/// Why answers could not be warmed.
#[derive(Debug, thiserror::Error)]
pub enum WarmError {
    /// The event asks for something in another form.
    #[error("read the event's detail")]
    Event(#[source] serde_json::Error),
    /// A hot list cannot be had.
    #[error("read the hot list")]
    Store(#[from] StoreError),
    /// Queries failed, and the run ended early.
    #[error("warm `{key}`, and those before it")]
    Query {
        /// The last one's key.
        key: String,
        /// Why it failed.
        #[source]
        source: QueryError,
    },
    /// Redis cannot be asked: there is nothing to warm.
    #[error("reach the cache")]
    Unreachable,
}

impl Classified for WarmError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Event(_) => ErrorClass::Invalid,
            Self::Store(error) => error.class(),
            Self::Query { source, .. } => source.class(),
            Self::Unreachable => ErrorClass::Transient,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Event(_) => "warm.event",
            Self::Store(error) => error.code(),
            Self::Query { source, .. } => source.code(),
            Self::Unreachable => "warm.unreachable",
        }
    }
}
