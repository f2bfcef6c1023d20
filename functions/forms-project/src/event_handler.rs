use std::sync::Arc;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_kit::{Failure, process_batch};
use lambda_runtime::LambdaEvent;
use serde::Deserialize;
use submission_store::{DeliveryKey, SubmissionId};
use tracing::info;

use crate::project_submission::{erase, project_submission};
use crate::{Deps, ProjectError};

/// A message of the queue.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Erase { erase: Vec<SubmissionId> },
    Project(DeliveryKey),
}

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
            match serde_json::from_str(&body).map_err(ProjectError::Message)? {
                Message::Project(key) => Box::pin(project_submission(&key, &deps)).await,
                Message::Erase { erase: ids } => {
                    erase(&ids, &deps).await?;
                    info!(submissions = ids.len(), "Erased rows of PostgreSQL");
                    Ok(())
                }
            }
        }
    });
    Ok(response.await?)
}
