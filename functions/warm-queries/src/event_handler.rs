use std::sync::Arc;
use std::time::Duration;

use lambda_kit::{Deadline, Failure, now_ms};
use lambda_runtime::LambdaEvent;
use origin_limit::Health;
use serde_json::Value;
use telemetry::Chain;
use tracing::{info, warn};
use warming::CheckNow;

use crate::hot_pages::hot_lists;
use crate::plan_calls::{Request, plan_calls};
use crate::warm_keys::{CONCURRENCY, Outcome, warm_keys};
use crate::{Deps, WarmError};

/// Kept back from Lambda's deadline: longer than a query may take by its role.
const RESERVE: Duration = Duration::from_secs(8);
/// What the events of cache-invalidate and of deployments are called; others are the schedule's.
const REQUESTS: [&str; 2] = ["warm.requested", "answers.invalidated"];

/// Warms what an event asks for, or everything that is due.
///
/// # Errors
/// An event of another form; Redis, a bucket or the database that is away.
pub async fn handle(event: LambdaEvent<Value>, deps: Arc<Deps>) -> Result<Outcome, Failure> {
    let deadline = Deadline::of(&event.context, RESERVE);
    Ok(Box::pin(run(event.payload, &deps, deadline)).await?)
}

async fn run(mut event: Value, deps: &Deps, deadline: Deadline) -> Result<Outcome, WarmError> {
    let request = match event.get("detail-type").and_then(Value::as_str) {
        Some(name) if REQUESTS.contains(&name) => {
            let detail = event.get_mut("detail").map_or(Value::Null, Value::take);
            Some(serde_json::from_value::<Request>(detail).map_err(WarmError::Event)?)
        }
        _ => None,
    };
    let mut metrics = deps.config.telemetry.metrics();
    let workers = match health(deps).await {
        Health::Good => CONCURRENCY,
        Health::Degraded | Health::Unknown => 1,
        Health::Down => {
            // What is not warm is computed by the pages that need it, if any can be made.
            metrics.count("WarmingHeldBack");
            metrics.flush();
            warn!("Warmed nothing: the site is not well");
            return Ok(Outcome::default());
        }
    };
    let lists = hot_lists(deps).await?;
    let planned = plan_calls(&deps.warming.queries, &lists, request.as_ref());
    let count = planned.len();
    let outcome = warm_keys(deps, planned, workers, deadline, &mut metrics).await;
    metrics.flush();
    let outcome = outcome?;
    let Outcome {
        warmed,
        void,
        failed,
        left,
        ..
    } = outcome;
    info!(
        planned = count,
        warmed, void, failed, left, "Warmed answers"
    );
    Ok(outcome)
}

/// How the site is, by the checks that `warming.toml` names.
async fn health(deps: &Deps) -> Health {
    let now = match deps.health.now().await {
        Ok(now) => now,
        Err(error) => {
            warn!(error = %Chain(&error), "Warm gently: nobody says how the site is");
            None
        }
    };
    let made_ms = now.as_ref().map(|now| now.made_ms);
    deps.warming.brakes.health(made_ms, now_ms(), |id| {
        let check = now.as_ref()?.checks.get(id)?;
        Some(CheckNow {
            state: check.state,
            is_maintenance: check.maintenance,
        })
    })
}
