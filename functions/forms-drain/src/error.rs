use lambda_kit::{Classified, ErrorClass};
use submission_store::StoreError;

/// Why a submission could not be drained.
#[derive(Debug, thiserror::Error)]
pub enum DrainError {
    /// The message is neither a submission nor an event of S3.
    #[error("read the message: a submission or an event of `accepted/` is allowed")]
    Message(#[source] serde_json::Error),
    /// The event is of another bucket or another prefix.
    #[error("read the event: `accepted/` of the forms bucket is allowed")]
    OtherObject,
    /// The object is too large to be a submission.
    #[error("read the submission: it has {bytes} bytes, at most {allowed} are allowed")]
    TooLarge {
        /// Its size.
        bytes: i64,
        /// The cap.
        allowed: i64,
    },
    /// The bucket failed.
    #[error("reach the forms bucket")]
    Bucket(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The table failed.
    #[error("store the submission")]
    Store(#[from] StoreError),
}

impl Classified for DrainError {
    fn class(&self) -> ErrorClass {
        match self {
            // Nothing that a visitor was promised may vanish: somebody has to look.
            Self::Message(_) | Self::OtherObject | Self::TooLarge { .. } => ErrorClass::Permanent,
            Self::Bucket(_) => ErrorClass::Transient,
            Self::Store(error) => error.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Message(_) => "drain.message",
            Self::OtherObject => "drain.other_object",
            Self::TooLarge { .. } => "drain.too_large",
            Self::Bucket(_) => "drain.bucket",
            Self::Store(error) => error.code(),
        }
    }
}
