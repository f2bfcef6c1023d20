use image_codecs::CodecError;
use image_request::RequestError;
use lambda_kit::{Classified, ErrorClass, IdempotencyError};
use object_event::EventError;
use store::StoreError;

/// Why an event could not be handled.
#[derive(Debug, thiserror::Error)]
pub enum DeriveError {
    /// The message is not an S3 event.
    #[error(transparent)]
    Message(#[from] EventError),
    /// The event is about another bucket.
    #[error("handle an event of bucket `{bucket}`: this function serves `{served}`")]
    OtherBucket {
        /// The event's bucket.
        bucket: String,
        /// Ours.
        served: String,
    },
    /// The object's name cannot be a photo's.
    #[error("use the object `{object_key}`")]
    Key {
        /// The object's name.
        object_key: String,
        /// Why not.
        #[source]
        source: RequestError,
    },
    /// The photo cannot be used.
    #[error("derive from `{key}`")]
    Picture {
        /// The photo.
        key: String,
        /// Why not.
        #[source]
        source: CodecError,
    },
    /// Another run has the event.
    #[error("handle the event of `{key}`: another run is at it")]
    InProgress {
        /// The photo.
        key: String,
    },
    /// The bucket or the table failed.
    #[error("reach the media store")]
    Store(#[from] StoreError),
    /// The idempotency record failed.
    #[error("guard the event")]
    Idempotency(#[from] IdempotencyError),
    /// A manifest could not be written or read as JSON.
    #[error("write the manifest of `{key}`")]
    Manifest {
        /// The photo.
        key: String,
        /// The JSON writer's words.
        #[source]
        source: serde_json::Error,
    },
    /// The worker thread ended early: a panic, which is a fault of ours.
    #[error("derive from `{key}`: the worker stopped")]
    Worker {
        /// The photo.
        key: String,
        /// How it ended.
        #[source]
        source: tokio::task::JoinError,
    },
}

impl Classified for DeriveError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Message(_) | Self::OtherBucket { .. } | Self::Key { .. } => ErrorClass::Invalid,
            Self::Picture { source, .. } => picture_class(source),
            Self::InProgress { .. } => ErrorClass::Transient,
            Self::Store(source) => source.class(),
            Self::Idempotency(source) => source.class(),
            Self::Manifest { .. } | Self::Worker { .. } => ErrorClass::Permanent,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Message(_) => "event.message",
            Self::OtherBucket { .. } => "event.other_bucket",
            Self::Key { .. } => "event.key",
            Self::Picture { source, .. } => source.code(),
            Self::InProgress { .. } => "event.in_progress",
            Self::Store(source) => source.code(),
            Self::Idempotency(source) => source.code(),
            Self::Manifest { .. } => "image.manifest",
            Self::Worker { .. } => "image.worker",
        }
    }
}

pub(crate) fn picture_class(error: &CodecError) -> ErrorClass {
    match error {
        CodecError::UnsupportedFormat { .. }
        | CodecError::LimitExceeded { .. }
        | CodecError::Corrupt { .. }
        | CodecError::UnsupportedFeature { .. } => ErrorClass::Invalid,
        CodecError::TimeLimit { .. } => ErrorClass::Transient,
        CodecError::Encode { .. } => ErrorClass::Permanent,
    }
}
