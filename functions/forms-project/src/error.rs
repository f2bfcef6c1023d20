use database::DatabaseError;
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
    Database(#[from] DatabaseError),
    /// The table failed.
    #[error("look after the delivery")]
    Store(#[from] StoreError),
}

impl Classified for ProjectError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Message(_) => ErrorClass::Invalid,
            Self::Database(error) => error.class(),
            Self::Store(error) => error.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Message(_) => "project.message",
            Self::Database(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
