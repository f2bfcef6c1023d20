use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_kit::{Deadline, Failure};
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;
use telemetry::Unit;
use tracing::info;

use crate::compact_tables::compact_one_hour;
use crate::fold_pending::fold_pending;
use crate::publish_pages::{publish_hot_lists, publish_pages};
use crate::raise_alerts::raise_alerts;
use crate::share_operators::share_operators;
use crate::{Deps, ReportError};

/// Kept back from Lambda's deadline, to tell what was folded.
const RESERVE: Duration = Duration::from_secs(40);

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Logs that were folded.
    pub logs: usize,
    /// Hours that have changed.
    pub hours: usize,
    /// Alerts that were sent.
    pub alerts: usize,
    /// Table files that were put together.
    pub compacted: usize,
}

/// Reports what has come since the last run.
///
/// # Errors
/// What the next minute may not see, and faults of ours.
pub async fn handle(event: LambdaEvent<Value>, deps: Arc<Deps>) -> Result<Outcome, Failure> {
    let deadline = Deadline::of(&event.context, RESERVE);
    Ok(Box::pin(report(&deps, deadline, now_ms())).await?)
}

async fn report(deps: &Deps, deadline: Deadline, now_ms: i64) -> Result<Outcome, ReportError> {
    let mut kept = deps.kept.lock().await;
    let mut metrics = deps.config.telemetry.metrics();
    kept.hours.refresh(deps, now_ms).await?;
    let folded = fold_pending(deps, &mut kept.hours, deadline, now_ms).await?;
    let mut outcome = Outcome {
        logs: folded.done.len(),
        hours: folded.touched.len(),
        ..Outcome::default()
    };
    metrics.add("PendingObjects", Unit::Count, folded.pending as f64);
    if !folded.touched.is_empty() {
        // First of all, what may wake someone.
        let found = kept.hours.judge(deps, &folded.touched);
        outcome.alerts = raise_alerts(deps, &found).await?;
        metrics.add("Alerts", Unit::Count, outcome.alerts as f64);
        publish_pages(deps, &kept.hours, &folded.touched, now_ms).await?;
        publish_hot_lists(deps, &kept.hours, now_ms).await?;
        let kept = &mut *kept;
        share_operators(deps, &kept.hours, &mut kept.shared, now_ms).await?;
    }
    deps.results.delete(&folded.done).await?;
    metrics.flush();
    if !deadline.has_passed() {
        outcome.compacted = compact_one_hour(deps, &mut kept.hours, deadline, now_ms).await?;
    }
    if outcome != Outcome::default() {
        let Outcome {
            logs,
            hours,
            alerts,
            compacted,
        } = outcome;
        info!(logs, hours, alerts, compacted, "Reported");
    }
    Ok(outcome)
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
