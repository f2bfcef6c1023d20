use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use lambda_kit::{Classified, ErrorClass};

/// A cause, on the heap: SDK errors are large.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the bucket or the table could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The object is larger than the reader may hold.
    #[error("read `{key}`: it has {bytes} bytes, at most {allowed} are allowed")]
    TooLarge {
        /// The object's name.
        key: String,
        /// Its size.
        bytes: u64,
        /// The cap.
        allowed: u64,
    },
    /// A call failed.
    #[error("{action} `{name}`")]
    Call {
        /// What was tried, such as `put the object`.
        action: &'static str,
        /// The object or row.
        name: String,
        /// Whether a later try may succeed.
        class: ErrorClass,
        /// What the service said.
        #[source]
        source: Cause,
    },
    /// The object was written by another run since it was read.
    #[error("write `{key}`: another run has written it")]
    Conflict {
        /// The object's name.
        key: String,
    },
    /// A row of ours cannot be understood.
    #[error("read the row of `{key}`: attribute `{attribute}` is missing")]
    Row {
        /// What the row is about.
        key: String,
        /// The attribute.
        attribute: &'static str,
    },
}

impl StoreError {
    /// A failed call of a service.
    #[must_use]
    pub fn call<E, R>(action: &'static str, name: &str, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let class = match error.code() {
            Some(
                "SlowDown"
                | "ThrottlingException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded",
            ) => ErrorClass::Throttled,
            // A missing grant or bucket does not mend itself between two tries.
            Some(
                "AccessDenied"
                | "AccessDeniedException"
                | "NoSuchBucket"
                | "ResourceNotFoundException",
            ) => ErrorClass::Permanent,
            _ => ErrorClass::Transient,
        };
        Self::Call {
            action,
            name: name.to_owned(),
            class,
            source: Box::new(error),
        }
    }
}

impl Classified for StoreError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::TooLarge { .. } => ErrorClass::Invalid,
            Self::Call { class, .. } => *class,
            Self::Conflict { .. } => ErrorClass::Conflict,
            Self::Row { .. } => ErrorClass::Permanent,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "store.too_large",
            Self::Call { .. } => "store.call",
            Self::Conflict { .. } => "store.conflict",
            Self::Row { .. } => "store.row",
        }
    }
}
