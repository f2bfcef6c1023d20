use std::sync::Arc;

use cloud_events::{Reading, read};
use lambda_kit::Failure;
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;
use tracing::{debug, info};

use crate::force_checks::force_checks;
use crate::hasten_now::hasten_now;
use crate::{Deps, EventError};

/// What an event changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The checks that fail since it.
    pub failed: Vec<String>,
    /// The checks that it concerns, and that are as they were.
    pub unchanged: Vec<String>,
    /// How many events in it are of another kind.
    pub other: usize,
}

/// Takes in an event.
///
/// # Errors
/// What a later try may do away with.
pub async fn handle(event: LambdaEvent<Value>, deps: Arc<Deps>) -> Result<Outcome, Failure> {
    Ok(Box::pin(take_in(&event.payload, &deps)).await?)
}

async fn take_in(event: &Value, deps: &Deps) -> Result<Outcome, EventError> {
    for variable in deps.sources.missing() {
        debug!(variable, "Not set: events of it concern no check");
    }
    let (mut outcome, mut fault) = (Outcome::default(), None);
    let mut metrics = deps.config.telemetry.metrics();
    for reading in read(event) {
        match reading {
            Reading::Told(told) => {
                metrics.count("HealthEvents");
                fault = force_checks(&told, deps, &mut outcome)
                    .await
                    .err()
                    .or(fault);
            }
            Reading::Other(what) => {
                outcome.other += 1;
                info!(what, "Took note of an event of another kind");
            }
        }
    }
    metrics.flush();
    hasten_now(&outcome.failed, deps).await;
    fault.map_or(Ok(outcome), Err)
}
