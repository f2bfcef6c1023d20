use std::sync::Arc;
use std::time::Duration;

use lambda_kit::{Classified, Deadline, Failure};
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};
use telemetry::Chain;
use tracing::{error, info};

use crate::enqueue::enqueue;
use crate::stream_event::{StreamEvent, Work};
use crate::sweep::sweep;
use crate::{Deps, DispatchError};

/// Kept back from Lambda's deadline, to finish what was begun.
const RESERVE: Duration = Duration::from_secs(5);

/// Handles a batch of the stream, or the schedule's call for a sweep.
///
/// A stream's batch is answered with the first record that failed: Lambda sends it and
/// those behind it again
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>).
///
/// # Errors
/// An event of another kind; a sweep that failed.
pub async fn handle(event: LambdaEvent<Value>, deps: Arc<Deps>) -> Result<Value, Failure> {
    let deadline = Deadline::of(&event.context, RESERVE);
    if event.payload.get("Records").is_some() {
        let batch = serde_json::from_value(event.payload).map_err(|_| DispatchError::Event)?;
        return Ok(relay(&batch, &deps).await);
    }
    if event.payload.get("sweep") != Some(&Value::Bool(true)) {
        return Err(DispatchError::Event.into());
    }
    let mut metrics = deps.config.telemetry.metrics();
    let enqueued = sweep(&deps, deadline, &mut metrics).await;
    metrics.flush();
    let enqueued = enqueued?;
    info!(enqueued, "Swept the outbox");
    Ok(json!({"enqueued": enqueued}))
}

/// Enqueues what a batch asks for.
async fn relay(batch: &StreamEvent, deps: &Deps) -> Value {
    let work: Vec<Work> = batch
        .records
        .iter()
        .filter_map(|record| record.work())
        .collect();
    let outcome = enqueue(&work, deps).await;
    match outcome {
        Ok(()) => {
            info!(enqueued = work.len(), "Relayed a batch of the stream");
            json!({"batchItemFailures": []})
        }
        Err(failure) => {
            error!(error.code = failure.code(), error = %Chain(&failure), "Could not relay a batch of the stream");
            // Enqueuing twice does no harm, so the whole batch comes again.
            let first = batch.records.first().map(|record| record.sequence_number());
            json!({"batchItemFailures": [{"itemIdentifier": first}]})
        }
    }
}
