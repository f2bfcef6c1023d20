use lambda_kit::{Classified, ErrorClass};
use submission_store::StoreError;

/// Why something could not be dispatched.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// The event is neither a stream's nor the schedule's.
    #[error("read the event: DynamoDB stream records or {{\"sweep\": true}} are allowed")]
    Event,
    /// A queue did not take its messages.
    #[error("put {refused} messages into the queue `{queue}`")]
    Queue {
        /// The queue.
        queue: String,
        /// How many were left.
        refused: usize,
        /// What SQS said, where the whole call failed.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The table failed.
    #[error("look for due deliveries")]
    Store(#[from] StoreError),
    /// A message could not be written.
    #[error("write a message")]
    Json(#[from] serde_json::Error),
}

impl Classified for DispatchError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Event => ErrorClass::Invalid,
            Self::Queue { .. } => ErrorClass::Transient,
            Self::Store(error) => error.class(),
            Self::Json(_) => ErrorClass::Permanent,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Event => "dispatch.event",
            Self::Queue { .. } => "dispatch.queue",
            Self::Store(error) => error.code(),
            Self::Json(_) => "dispatch.json",
        }
    }
}
