use lambda_kit::{Classified, ErrorClass};
use submission_store::{IdError, StoreError};

/// Why a delivery could not be worked on. What the other side does wrong is not among
/// these: that is noted with the delivery.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The message names no delivery.
    #[error("read the message: submission, kind and sink are allowed")]
    Message(#[source] serde_json::Error),
    /// The submission's name is none.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The table failed.
    #[error("look after the delivery")]
    Store(#[from] StoreError),
}

impl Classified for DeliverError {
    fn class(&self) -> ErrorClass {
        match self {
            // The row is the truth, and the sweep finds it: a broken pointer can go.
            Self::Message(_) | Self::Id(_) => ErrorClass::Invalid,
            Self::Store(error) => error.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Message(_) => "deliver.message",
            Self::Id(_) => "deliver.id",
            Self::Store(error) => error.code(),
        }
    }
}
