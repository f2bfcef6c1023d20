use std::sync::Arc;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_kit::{Failure, process_batch};
use lambda_runtime::LambdaEvent;
use submission_store::Accepted;
use tracing::info;

use crate::accept_message::accept_message;
use crate::{Deps, DrainError};

/// Handles a batch of queue messages; those to be delivered again are reported.
///
/// # Errors
/// When the batch cannot be reported record by record.
pub async fn handle(
    event: LambdaEvent<SqsEvent>,
    deps: Arc<Deps>,
) -> Result<SqsBatchResponse, Failure> {
    let response = process_batch(event.payload, |body| {
        let deps = Arc::clone(&deps);
        async move {
            let accepted = accept_message(&body, &deps).await?;
            let mut metrics = deps.config.telemetry.metrics();
            metrics.count(match accepted {
                Accepted::Replayed(_) => "DrainedAgain",
                _ => "Drained",
            });
            metrics.flush();
            info!("Stored a submission that had waited");
            Ok::<(), DrainError>(())
        }
    });
    Ok(response.await?)
}
