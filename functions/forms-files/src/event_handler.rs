use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_kit::{Deadline, Failure, process_batch};
use lambda_runtime::LambdaEvent;

use crate::check_attachment::{check_scanned, check_uploaded};
use crate::files_event::FilesEvent;
use crate::settle_submission::settle_submission;
use crate::{Deps, FilesError};

/// Kept back from Lambda's deadline, to note the verdict and report the batch.
const RESERVE: Duration = Duration::from_secs(3);

/// Handles a batch of queue messages; those to be delivered again are reported.
///
/// # Errors
/// When the batch cannot be reported record by record.
pub async fn handle(
    event: LambdaEvent<SqsEvent>,
    deps: Arc<Deps>,
) -> Result<SqsBatchResponse, Failure> {
    let deadline = Deadline::of(&event.context, RESERVE);
    let response = process_batch(event.payload, |body| {
        let deps = Arc::clone(&deps);
        async move { handle_message(&body, &deps, deadline).await }
    });
    Ok(response.await?)
}

async fn handle_message(body: &str, deps: &Deps, deadline: Deadline) -> Result<(), FilesError> {
    let submission = match FilesEvent::read(body, &deps.config.forms_bucket)? {
        FilesEvent::Closed(submission) => submission,
        FilesEvent::Uploaded(place) => {
            check_uploaded(&place, deps, deadline).await?;
            place.submission
        }
        FilesEvent::Scanned {
            place,
            etag,
            result,
        } => {
            check_scanned(&place, &etag, result, deps, deadline).await?;
            place.submission
        }
    };
    settle_submission(&submission, deps).await
}
