use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde_json::json;
use submission_store::DeliveryKey;

use crate::stream_event::Work;
use crate::{Deps, DispatchError};

/// Most messages of one call:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>.
const BATCH: usize = 10;

/// The kind of deliveries that PostgreSQL gets.
const DATABASE: &str = "database";

/// Puts work into its queues.
///
/// # Errors
/// A queue that did not take all of its messages; some may be there.
pub(crate) async fn enqueue(work: &[Work], deps: &Deps) -> Result<(), DispatchError> {
    let (mut deliveries, mut rows, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for item in work {
        match item {
            Work::Deliver(key) if key.kind == DATABASE => rows.push(message(key)?),
            Work::Deliver(key) => deliveries.push(message(key)?),
            Work::CheckFiles(id) => files.push(json!({"closed": id}).to_string()),
        }
    }
    send(&deps.config.delivery_queue_url, &deliveries, deps).await?;
    send(&deps.config.projection_queue_url, &rows, deps).await?;
    send(&deps.config.files_queue_url, &files, deps).await
}

fn message(key: &DeliveryKey) -> Result<String, DispatchError> {
    Ok(serde_json::to_string(key)?)
}

async fn send(queue: &str, bodies: &[String], deps: &Deps) -> Result<(), DispatchError> {
    for chunk in bodies.chunks(BATCH) {
        let failed = |refused, source| DispatchError::Queue {
            queue: queue.to_owned(),
            refused,
            source,
        };
        let mut request = deps.queues.send_message_batch().queue_url(queue);
        for (index, body) in chunk.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(body)
                .build()
                .map_err(|error| failed(chunk.len(), Some(error.into())))?;
            request = request.entries(entry);
        }
        let output = request
            .send()
            .await
            .map_err(|error| failed(chunk.len(), Some(error.into())))?;
        if !output.failed().is_empty() {
            return Err(failed(output.failed().len(), None));
        }
    }
    Ok(())
}
