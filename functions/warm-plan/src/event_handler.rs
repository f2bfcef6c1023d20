use std::sync::Arc;
use std::time::Duration;

use lambda_kit::{Classified, Deadline, Failure, now_ms};
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;
use telemetry::Chain;
use tracing::{error, info, warn};

use crate::close_runs::close_runs;
use crate::find_caches::find_caches;
use crate::plan_run::plan_run;
use crate::request_run::{Request, request_run};
use crate::start_due::start_due;
use crate::{Deps, PlanError};

/// Kept back from Lambda's deadline: longer than the longest wait for the site, so that where a
/// plan was cut is written down.
const RESERVE: Duration = Duration::from_secs(30);

/// What an invocation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Runs that were begun.
    pub begun: usize,
    /// Runs whose plan was finished.
    pub planned: usize,
    /// Runs that were closed.
    pub closed: usize,
    /// Runs that could not be gone on with; the next minute tries again.
    pub failed: usize,
}

/// Begins the runs that an event asks for, or those that are due, and goes on with all others.
///
/// # Errors
/// An event of another kind, and what a second try of Lambda's may not see.
pub async fn handle(event: LambdaEvent<Value>, deps: Arc<Deps>) -> Result<Outcome, Failure> {
    let deadline = Deadline::of(&event.context, RESERVE);
    let outcome = match Request::of_event(&event.payload)? {
        Some(request) => Box::pin(serve(&request, &deps, deadline)).await?,
        None => Box::pin(minute(&deps, deadline)).await?,
    };
    if outcome != Outcome::default() {
        let Outcome {
            begun,
            planned,
            closed,
            failed,
        } = outcome;
        info!(begun, planned, closed, failed, "Planned");
    }
    Ok(outcome)
}

/// Whoever made pages cold waits for them: their run is planned at once.
async fn serve(request: &Request, deps: &Deps, deadline: Deadline) -> Result<Outcome, PlanError> {
    let begun = request_run(request, deps, now_ms()).await?;
    let mut outcome = Outcome {
        begun: begun.len(),
        ..Outcome::default()
    };
    plan(&begun, deps, deadline, &mut outcome).await;
    Ok(outcome)
}

async fn minute(deps: &Deps, deadline: Deadline) -> Result<Outcome, PlanError> {
    find_caches(deps, now_ms()).await?;
    let mut outcome = Outcome::default();
    let mut open = deps.store.open_runs().await?;
    outcome.closed = close_runs(&mut open, deps, deadline, &mut outcome.failed).await;
    let begun = start_due(&open, deps, now_ms()).await?;
    outcome.begun = begun.len();
    open.extend(begun);
    plan(&open, deps, deadline, &mut outcome).await;
    Ok(outcome)
}

/// Goes on with the plans of runs. One that fails holds none of the others up.
async fn plan(runs: &[String], deps: &Deps, deadline: Deadline, outcome: &mut Outcome) {
    for run in runs {
        if deadline.has_passed() {
            return;
        }
        match Box::pin(plan_run(run, deps, deadline)).await {
            Ok(true) => outcome.planned += 1,
            Ok(false) => {}
            Err(failure) => outcome.failed += fail(run, deps, &failure),
        }
    }
}

/// Tells why a run could not be gone on with, and counts it as failed.
pub(crate) fn fail(run: &str, deps: &Deps, failure: &PlanError) -> usize {
    let code = failure.code();
    match failure {
        PlanError::Contended { .. } => {
            info!(run, "Left a run to another invocation");
            return 0;
        }
        PlanError::Site { .. } => {
            warn!(run, error.code = code, error = %Chain(failure), "Could not go on with a run");
        }
        _ => error!(run, error.code = code, error = %Chain(failure), "Could not go on with a run"),
    }
    let mut metrics = deps.config.telemetry.metrics();
    metrics.count("WarmPlanFailures");
    metrics.flush();
    1
}
