use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_kit::{Deadline, Failure, process_batch};
use lambda_runtime::LambdaEvent;
use warming::Chunk;

use crate::warm_chunk::{Ended, warm_chunk};
use crate::{Deps, PagesError};

/// Kept back from Lambda's deadline: longer than the longest GET, so that what is in flight is
/// read to its end and written down.
const RESERVE: Duration = Duration::from_secs(30);

/// Handles a batch of queue messages, of which those to be delivered again are reported.
///
/// # Errors
/// When the batch cannot be reported record by record.
pub async fn handle(
    event: LambdaEvent<SqsEvent>,
    deps: Arc<Deps>,
) -> Result<SqsBatchResponse, Failure> {
    let deadline = Deadline::of(&event.context, RESERVE);
    let request = event.context.request_id.clone();
    // Samples are numbered by worker: each message of a batch has one of its own.
    let number = AtomicU32::new(0);
    let response = process_batch(event.payload, |body| {
        let deps = Arc::clone(&deps);
        let number = number.fetch_add(1, Ordering::Relaxed);
        let worker = format!("{request}.{number}");
        async move { handle_message(&body, &worker, &deps, deadline).await }
    });
    Ok(response.await?)
}

/// A message that is handed back is acknowledged all the same, and a copy of it sent. Were it
/// returned to the queue, each return would count as a failed delivery, and a chunk that waits
/// for an hour until the site is well would end among the dead letters. Only what fails counts
/// there. Should the worker die after it has sent the copy, both are delivered: the chunk's row
/// gives it to one of them at a time.
async fn handle_message(
    body: &str,
    worker: &str,
    deps: &Arc<Deps>,
    deadline: Deadline,
) -> Result<(), PagesError> {
    let chunk: Chunk = serde_json::from_str(body).map_err(PagesError::Message)?;
    match Box::pin(warm_chunk(&chunk, worker, deps, deadline)).await? {
        Ended::Over => {}
        Ended::HandBack { after } => deps.lanes.send(&chunk, after).await?,
    }
    Ok(())
}
