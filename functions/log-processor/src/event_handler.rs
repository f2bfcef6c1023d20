use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_kit::{Classified, Deadline, Failure, process_batch};
use lambda_runtime::LambdaEvent;
use object_event::{ObjectChange, ObjectEvent};
use serde::Deserialize;
use serde_json::Value;
use telemetry::Chain;
use tracing::error;

use crate::process_delivery::process_delivery;
use crate::process_object::process_object;
use crate::{Deps, ProcessError};

/// Kept back from Lambda's deadline, to report the batch.
const RESERVE: Duration = Duration::from_secs(5);

/// What CloudWatch Logs sends.
#[derive(Deserialize)]
struct LogsEvent {
    awslogs: LogsData,
}

#[derive(Deserialize)]
struct LogsData {
    data: String,
}

/// Handles a batch of queue messages, of which those to be delivered again are reported, or a
/// delivery of CloudWatch Logs.
///
/// # Errors
/// When the event is neither, when the batch cannot be reported record by record, and when a
/// delivery may be read later.
pub async fn handle(
    event: LambdaEvent<Value>,
    deps: Arc<Deps>,
) -> Result<SqsBatchResponse, Failure> {
    let deadline = Deadline::of(&event.context, RESERVE);
    if event.payload.get("awslogs").is_some() {
        let event = LogsEvent::deserialize(event.payload).map_err(ProcessError::Event)?;
        handle_delivery(&event.awslogs.data, &deps).await?;
        return Ok(SqsBatchResponse::default());
    }
    let event = SqsEvent::deserialize(event.payload).map_err(ProcessError::Event)?;
    let response = process_batch(event, |body| {
        let deps = Arc::clone(&deps);
        async move { handle_message(&body, &deps, deadline).await }
    });
    Ok(response.await?)
}

async fn handle_message(
    body: &str,
    deps: &Arc<Deps>,
    deadline: Deadline,
) -> Result<(), ProcessError> {
    for event in ObjectEvent::parse(body)? {
        // The S3 console makes "folders" as empty objects with a slash at the end.
        if event.change == ObjectChange::Created && !event.object_key.ends_with('/') {
            process_object(&event, deps, deadline).await?;
        }
    }
    Ok(())
}

/// Lambda repeats a delivery that failed: one that never will be read counts as handled.
async fn handle_delivery(data: &str, deps: &Arc<Deps>) -> Result<(), ProcessError> {
    match process_delivery(data, deps).await {
        Err(failure) if !failure.class().returns_to_queue() => {
            error!(error.code = failure.code(), error = %Chain(&failure), "Gave up on a delivery");
            Ok(())
        }
        outcome => outcome,
    }
}
