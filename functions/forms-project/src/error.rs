use lambda_kit::{Classified, ErrorClass};
use submission_store::StoreError;

/// Why something could not be projected.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The message is of another kind.
    #[error("read the message: a delivery or submissions to erase are allowed")]
    Message(#[source] serde_json::Error),
    /// PostgreSQL failed.
    #[error("write to PostgreSQL")]
    Database(#[from] tokio_postgres::Error),
    /// PostgreSQL did not answer in time.
    #[error("write to PostgreSQL: it did not answer within {seconds} s")]
    Timeout {
        /// The limit.
        seconds: u64,
    },
    /// The table failed.
    #[error("look after the delivery")]
    Store(#[from] StoreError),
}

impl Classified for ProjectError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Message(_) => ErrorClass::Invalid,
            Self::Database(_) | Self::Timeout { .. } => ErrorClass::Transient,
            Self::Store(error) => error.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Message(_) => "project.message",
            Self::Database(_) => "project.database",
            Self::Timeout { .. } => "project.timeout",
            Self::Store(error) => error.code(),
        }
    }
}
