use lambda_kit::{Classified, ErrorClass};
use submission_store::SubmissionId;

/// Why an attachment could not be looked at. What is wrong with an attachment is not
/// among these: that is noted with the submission.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The message is none of those that are known.
    #[error("read the message: an event of S3, a scan result or a finished upload is allowed")]
    Message(#[source] serde_json::Error),
    /// The event is of another bucket or another prefix.
    #[error(
        "read the event of `{key}`: `incoming/{{submission}}/{{1 to 99}}` of the forms bucket is allowed"
    )]
    OtherObject {
        /// The object.
        key: String,
    },
    /// The submission is not stored; it may wait while DynamoDB is away.
    #[error("find the submission {0} of an attachment")]
    NoSubmission(SubmissionId),
    /// The submission's form takes no attachments any more.
    #[error("find what the form `{form}` allows: it takes no attachments")]
    NoRule {
        /// The form.
        form: String,
    },
    /// The worker that encodes pictures died.
    #[error("encode the picture of submission {submission}")]
    Worker {
        /// The submission.
        submission: SubmissionId,
        /// What tokio says.
        #[source]
        source: tokio::task::JoinError,
    },
    /// The bucket failed.
    #[error("reach the attachments")]
    Bucket(#[from] store::StoreError),
    /// The table failed.
    #[error("note what was found")]
    Store(#[from] submission_store::StoreError),
}

impl Classified for FilesError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Message(_) | Self::OtherObject { .. } | Self::NoRule { .. } => {
                ErrorClass::Permanent
            }
            Self::NoSubmission(_) | Self::Worker { .. } => ErrorClass::Transient,
            Self::Bucket(error) => error.class(),
            Self::Store(error) => error.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Message(_) => "files.message",
            Self::OtherObject { .. } => "files.other_object",
            Self::NoSubmission(_) => "files.no_submission",
            Self::NoRule { .. } => "files.no_rule",
            Self::Worker { .. } => "files.worker",
            Self::Bucket(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
