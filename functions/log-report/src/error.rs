use lambda_kit::{Classified, ErrorClass, IdempotencyError};
use log_ledger::DocumentError;
use store::StoreError;
use submission_store::StoreError as GuardError;

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A bucket or the table of alerts failed.
    #[error("reach the results")]
    Store(#[from] StoreError),
    /// A ledger of ours cannot be read or written.
    #[error("use the document `{key}`")]
    Document {
        /// Its name.
        key: String,
        /// Why not.
        #[source]
        source: DocumentError,
    },
    /// A list could not be written as JSON.
    #[error("write the document `{key}`")]
    Json {
        /// Its name.
        key: String,
        /// The JSON writer's words.
        #[source]
        source: serde_json::Error,
    },
    /// The claim on sending an alert failed.
    #[error("claim the alert")]
    Idempotency(#[from] IdempotencyError),
    /// SNS failed.
    #[error("send the alert `{key}`")]
    Send {
        /// The alert.
        key: String,
        /// What SNS said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There was no time for all alerts.
    #[error("raise all alerts: there was no time left")]
    OutOfTime,
    /// The forms' table failed.
    #[error("list the operators for the forms")]
    Guard(#[from] GuardError),
    /// Table files could not be put together.
    #[error("compact `{prefix}`")]
    Compact {
        /// The partition.
        prefix: String,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Classified for ReportError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Store(source) => source.class(),
            Self::Idempotency(source) => source.class(),
            Self::Guard(source) => source.class(),
            Self::Send { .. } | Self::OutOfTime => ErrorClass::Transient,
            Self::Document { .. } | Self::Json { .. } | Self::Compact { .. } => {
                ErrorClass::Permanent
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Store(source) => source.code(),
            Self::Document { .. } => "report.document",
            Self::Json { .. } => "report.json",
            Self::Idempotency(source) => source.code(),
            Self::Send { .. } => "report.send",
            Self::OutOfTime => "report.out_of_time",
            Self::Guard(source) => source.code(),
            Self::Compact { .. } => "report.compact",
        }
    }
}
