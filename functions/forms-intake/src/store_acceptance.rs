//! Three places, one name: DynamoDB, else a queue, else a bucket.

use aws_sdk_s3::primitives::ByteStream;
use submission_store::{Acceptance, Accepted, StoreError};
use telemetry::Chain;
use tracing::{error, warn};

use crate::{Deps, IntakeError};

/// Longest message that SQS takes, in bytes, with room for its attributes:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>.
const MAX_MESSAGE: usize = 250 * 1024;

/// Where a submission is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In its table; this is what the table knew.
    Table(Accepted),
    /// In the queue, to be put into the table.
    Queue,
    /// In the bucket, to be put into the table.
    Bucket,
}

/// Stores a submission in the first place that takes it.
///
/// # Errors
/// All three refused.
pub(crate) async fn store(acceptance: &Acceptance, deps: &Deps) -> Result<Place, IntakeError> {
    let failure = match deps.submissions.accept(&deps.guard, acceptance).await {
        Ok(accepted) => return Ok(Place::Table(accepted)),
        Err(failure) => failure,
    };
    warn!(
        submission = %acceptance.submission.id,
        error = %Chain(&failure),
        "DynamoDB did not take a submission: trying the queue"
    );
    let body = serde_json::to_string(acceptance)
        .map_err(|error| IntakeError::NotStored(StoreError::from(error)))?;
    if body.len() <= MAX_MESSAGE && send(&body, acceptance, deps).await {
        return Ok(Place::Queue);
    }
    if put(body, acceptance, deps).await {
        return Ok(Place::Bucket);
    }
    Err(IntakeError::NotStored(failure))
}

async fn send(body: &str, acceptance: &Acceptance, deps: &Deps) -> bool {
    let request = deps
        .queue
        .send_message()
        .queue_url(&deps.config.accept_queue_url)
        .message_body(body);
    let Err(error) = request.send().await else {
        return true;
    };
    warn!(
        submission = %acceptance.submission.id,
        error = %Chain(&error),
        "The queue did not take a submission: trying the bucket"
    );
    false
}

async fn put(body: String, acceptance: &Acceptance, deps: &Deps) -> bool {
    let request = deps
        .objects
        .put_object()
        .bucket(&deps.config.forms_bucket)
        .key(format!("accepted/{}.json", acceptance.submission.id))
        .content_type("application/json")
        .body(ByteStream::from(body.into_bytes()));
    let Err(error) = request.send().await else {
        return true;
    };
    error!(
        submission = %acceptance.submission.id,
        error = %Chain(&error),
        "The bucket did not take a submission either"
    );
    false
}
