//! What is wrong, for the person who runs the command.

use anyhow::{Error, anyhow};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Error;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchError;

use super::S3Url;

/// Why a bucket cannot be listed.
pub(crate) fn listing_fault(error: SdkError<ListObjectsV2Error>, place: &S3Url) -> Error {
    let bucket = &place.bucket;
    let fault = match error.code() {
        Some("NoSuchBucket") => format!("there is no bucket {bucket}"),
        Some("AccessDenied") => {
            format!("access to the bucket {bucket} is denied: the credentials need s3:ListBucket")
        }
        Some("PermanentRedirect" | "AuthorizationHeaderMalformed") => {
            format!("the bucket {bucket} is in another region: name it by AWS_REGION")
        }
        _ => format!("list {place}"),
    };
    cause(error).context(fault)
}

/// Why a queue takes no messages.
pub(crate) fn sending_fault(error: SdkError<SendMessageBatchError>, queue: &str) -> Error {
    let fault = match error.code() {
        Some("QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue") => {
            format!("there is no queue {queue} in this region")
        }
        Some("AccessDenied" | "AccessDeniedException") => {
            format!("access to the queue {queue} is denied: the credentials need sqs:SendMessage")
        }
        _ => format!("send to the queue {queue}"),
    };
    cause(error).context(fault)
}

/// The service's words, or how the call failed.
fn cause<E>(error: SdkError<E>) -> Error
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => anyhow!("{code}: {message}"),
        (Some(code), None) => anyhow!("{code}"),
        (None, _) => error.into(),
    }
}
