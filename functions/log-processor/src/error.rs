use lambda_kit::{Classified, ErrorClass, IdempotencyError};
use log_formats::SubscriptionError;
use log_ingest::IngestError;
use log_ledger::DocumentError;
use object_event::EventError;
use store::StoreError;

/// Why a log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The event is none of those that trigger the function.
    #[error("read the event: it is neither of SQS nor of CloudWatch Logs")]
    Event(#[source] serde_json::Error),
    /// The message is not an S3 event.
    #[error(transparent)]
    Message(#[from] EventError),
    /// The event is about another bucket.
    #[error("read a log of bucket `{bucket}`: this function reads `{served}`")]
    OtherBucket {
        /// The event's bucket.
        bucket: String,
        /// Ours.
        served: String,
    },
    /// Nothing says what wrote the log.
    #[error(
        "read `{origin}`: what wrote it is told by the first folder, or by the filter's name: {allowed}"
    )]
    Source {
        /// The log.
        origin: String,
        /// All names.
        allowed: String,
    },
    /// It is where digests are, and has no digest's name.
    #[error("read `{key}`: no digest of CloudTrail has such a name")]
    DigestName {
        /// Its key.
        key: String,
    },
    /// CloudTrail does not tell its public keys.
    #[error("ask CloudTrail what it signs digests with")]
    PublicKeys(#[source] StoreError),
    /// The subscription's data cannot be read.
    #[error(transparent)]
    Subscription(#[from] SubscriptionError),
    /// It is no log, or is compressed as no log is.
    #[error("read `{origin}`")]
    Ingest {
        /// The log.
        origin: String,
        /// Why not.
        #[source]
        source: IngestError,
    },
    /// The invocation has no time left.
    #[error("read `{origin}`: there was no time left")]
    OutOfTime {
        /// The log.
        origin: String,
    },
    /// Another run has the log.
    #[error("read `{origin}`: another run is at it")]
    InProgress {
        /// The log.
        origin: String,
    },
    /// A bucket failed.
    #[error("reach the bucket")]
    Store(#[from] StoreError),
    /// The claim failed.
    #[error("claim the log")]
    Idempotency(#[from] IdempotencyError),
    /// The results could not be written as a document.
    #[error("write what the log adds up to")]
    Document(#[from] DocumentError),
    /// There is no room for table files.
    #[error("make a folder for table files")]
    Disk(#[source] std::io::Error),
    /// The worker thread ended early: a panic, which is a fault of ours.
    #[error("read `{origin}`: the worker stopped")]
    Worker {
        /// The log.
        origin: String,
        /// How it ended.
        #[source]
        source: tokio::task::JoinError,
    },
}

impl Classified for ProcessError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Event(_)
            | Self::Message(_)
            | Self::OtherBucket { .. }
            | Self::Source { .. }
            | Self::DigestName { .. }
            | Self::Subscription(_)
            | Self::Ingest {
                source: IngestError::Open(_),
                ..
            } => ErrorClass::Invalid,
            Self::OutOfTime { .. } | Self::InProgress { .. } | Self::Disk(_) => {
                ErrorClass::Transient
            }
            Self::Store(source) | Self::PublicKeys(source) => source.class(),
            Self::Idempotency(source) => source.class(),
            Self::Ingest { .. } | Self::Document(_) | Self::Worker { .. } => ErrorClass::Permanent,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Event(_) => "event.unknown",
            Self::Message(_) => "event.message",
            Self::OtherBucket { .. } => "event.other_bucket",
            Self::Source { .. } => "log.source",
            Self::DigestName { .. } => "digest.name",
            Self::PublicKeys(_) => "digest.public_keys",
            Self::Subscription(_) => "event.subscription",
            Self::Ingest { .. } => "log.ingest",
            Self::OutOfTime { .. } => "log.out_of_time",
            Self::InProgress { .. } => "event.in_progress",
            Self::Store(source) => source.code(),
            Self::Idempotency(source) => source.code(),
            Self::Document(_) => "log.document",
            Self::Disk(_) => "log.disk",
            Self::Worker { .. } => "log.worker",
        }
    }
}
