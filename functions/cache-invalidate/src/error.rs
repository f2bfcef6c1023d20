use cache::CacheError;
use database::DatabaseError;
use lambda_kit::{Classified, ErrorClass};

/// Why caches could not be made to forget, yet.
#[derive(Debug, thiserror::Error)]
pub enum InvalidateError {
    /// The database failed.
    #[error("work off the outbox")]
    Database(#[from] DatabaseError),
    /// Redis failed.
    #[error("invalidate tags in the cache")]
    Cache(#[from] CacheError),
    /// CloudFront failed or refused.
    #[error("{action} the invalidation `{reference}`")]
    Edge {
        /// `create` or `look for`.
        action: &'static str,
        /// Its name.
        reference: String,
        /// What that means.
        class: ErrorClass,
        /// What CloudFront said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The event bus failed.
    #[error("ask for the pages of `{reference}` to be warmed")]
    Event {
        /// The invalidation.
        reference: String,
        /// What EventBridge said, where the whole call failed.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A step took too long.
    #[error("take the next step of `{reference}`: it took longer than {seconds} s")]
    Timeout {
        /// The invalidation.
        reference: String,
        /// The limit.
        seconds: u64,
    },
}

impl Classified for InvalidateError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Database(error) => error.class(),
            Self::Cache(error) => error.class(),
            Self::Edge { class, .. } => *class,
            Self::Event { .. } | Self::Timeout { .. } => ErrorClass::Transient,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Database(error) => error.code(),
            Self::Cache(error) => error.code(),
            Self::Edge { .. } => "invalidate.edge",
            Self::Event { .. } => "invalidate.event",
            Self::Timeout { .. } => "invalidate.timeout",
        }
    }
}
