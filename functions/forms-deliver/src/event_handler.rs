use std::sync::Arc;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_kit::{Failure, process_batch};
use lambda_runtime::LambdaEvent;

use crate::deliver::deliver;
use crate::{DeliverError, Deps};

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
            let key = serde_json::from_str(&body).map_err(DeliverError::Message)?;
            Box::pin(deliver(&key, &deps)).await
        }
    });
    Ok(response.await?)
}
