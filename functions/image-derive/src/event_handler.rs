use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use image_request::SourceKey;
use lambda_kit::{Deadline, Failure, Once, process_batch};
use lambda_runtime::LambdaEvent;
use object_event::{ObjectChange, ObjectEvent};
use telemetry::Metrics;
use tracing::info;

use crate::derive_set::derive_set;
use crate::remove_set::remove_set;
use crate::{Deps, DeriveError};

/// Kept back from Lambda's deadline, to write the reason and report the batch.
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

async fn handle_message(body: &str, deps: &Deps, deadline: Deadline) -> Result<(), DeriveError> {
    for event in ObjectEvent::parse(body)? {
        handle_event(&event, deps, deadline).await?;
    }
    Ok(())
}

async fn handle_event(
    event: &ObjectEvent,
    deps: &Deps,
    deadline: Deadline,
) -> Result<(), DeriveError> {
    if event.bucket != deps.config.media_bucket {
        return Err(DeriveError::OtherBucket {
            bucket: event.bucket.clone(),
            served: deps.config.media_bucket.clone(),
        });
    }
    // The S3 console makes "folders" as empty objects with a slash at the end.
    if event.object_key.ends_with('/') {
        return Ok(());
    }
    let key = SourceKey::from_object_key(&event.object_key).map_err(|source| DeriveError::Key {
        object_key: event.object_key.clone(),
        source,
    })?;
    let dedupe_key = event.dedupe_key("image-derive");
    let work = async {
        let mut metrics = Metrics::new(&deps.config.metrics_namespace, &deps.config.service);
        let outcome = match event.change {
            ObjectChange::Created => derive_set(event, &key, deps, deadline, &mut metrics).await,
            ObjectChange::Deleted => remove_set(event, &key, deps).await,
        };
        metrics.flush();
        outcome
    };
    match deps.idempotency.once(&dedupe_key, work).await? {
        Once::Done(outcome) => info!(object.key = %key, outcome, "Handled an event"),
        Once::DoneBefore(outcome) => {
            info!(object.key = %key, outcome, "Skipped an event that was handled before");
        }
        Once::InProgress => {
            return Err(DeriveError::InProgress {
                key: key.as_str().to_owned(),
            });
        }
    }
    Ok(())
}
