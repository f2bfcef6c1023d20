use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use lambda_kit::{Classified, ErrorClass};

/// Why a table could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A call failed.
    #[error("{action} in table `{table}`")]
    Call {
        /// What was tried, such as `accept the submission`.
        action: &'static str,
        /// The table.
        table: String,
        /// Whether a later try may succeed.
        class: ErrorClass,
        /// What DynamoDB said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A row of ours cannot be understood.
    #[error("read a row of `{pk}`: attribute `{attribute}` is missing or wrong")]
    Row {
        /// The row's partition.
        pk: String,
        /// The attribute.
        attribute: &'static str,
    },
    /// The same post is being stored by somebody else right now, again and again.
    #[error("accept the submission: the same post is being stored at this moment")]
    Contended,
    /// A submission could not be written down.
    #[error("write the submission as JSON")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    pub(crate) fn call<E, R>(action: &'static str, table: &str, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let class = match error.code() {
            Some(
                "ThrottlingException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded",
            ) => ErrorClass::Throttled,
            // A missing grant or table does not mend itself between two tries.
            Some("AccessDeniedException" | "ResourceNotFoundException" | "ValidationException") => {
                ErrorClass::Permanent
            }
            _ => ErrorClass::Transient,
        };
        Self::Call {
            action,
            table: table.to_owned(),
            class,
            source: Box::new(error),
        }
    }

    /// A request that could not be put together: a fault of ours.
    pub(crate) fn request(
        action: &'static str,
        table: &str,
        error: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::Call {
            action,
            table: table.to_owned(),
            class: ErrorClass::Permanent,
            source: Box::new(error),
        }
    }
}

impl Classified for StoreError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Call { class, .. } => *class,
            Self::Contended => ErrorClass::Transient,
            Self::Row { .. } | Self::Json(_) => ErrorClass::Permanent,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Call { .. } => "submissions.call",
            Self::Row { .. } => "submissions.row",
            Self::Contended => "submissions.contended",
            Self::Json(_) => "submissions.json",
        }
    }
}
