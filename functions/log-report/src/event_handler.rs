use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lambda_kit::{Deadline, Failure, now_ms};
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;
use telemetry::Unit;
use tracing::info;

use crate::compact_tables::compact_one_hour;
use crate::deps::Kept;
use crate::fold_pending::fold_pending;
use crate::publish_pages::{publish_hot_lists, publish_pages};
use crate::raise_alerts::{Raised, raise_alerts};
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
    let kept = &mut *deps.kept.lock().await;
    kept.forget_alerts(now_ms);
    kept.hours.refresh(deps, now_ms).await?;
    let folded = fold_pending(deps, &mut kept.hours, deadline, now_ms).await?;
    let mut metrics = deps.config.telemetry.metrics();
    metrics.add("PendingObjects", Unit::Count, folded.pending as f64);
    metrics.add("UnreadableDocuments", Unit::Count, folded.unreadable as f64);
    let mut outcome = Outcome {
        logs: folded.done.len(),
        hours: folded.touched.len(),
        ..Outcome::default()
    };
    if !folded.touched.is_empty() {
        let raised = tell(deps, kept, &folded.touched, deadline, now_ms).await?;
        outcome.alerts = raised.sent;
        metrics.add("Alerts", Unit::Count, raised.sent as f64);
        metrics.flush();
        // The documents stay: the next run tries to tell what this one could not.
        if let Some(fault) = raised.fault {
            return Err(fault);
        }
    }
    metrics.flush();
    deps.results.delete(&folded.done).await?;
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

/// Tells of hours that have changed: first of all, what may wake someone.
async fn tell(
    deps: &Deps,
    kept: &mut Kept,
    touched: &BTreeSet<i64>,
    deadline: Deadline,
    now_ms: i64,
) -> Result<Raised, ReportError> {
    let found = kept.hours.judge(deps, touched);
    let raised = raise_alerts(deps, &found, &mut kept.alerts, deadline).await;
    publish_pages(deps, &kept.hours, touched, now_ms).await?;
    publish_hot_lists(deps, &kept.hours, now_ms).await?;
    share_operators(deps, &kept.hours, &mut kept.shared, now_ms).await?;
    Ok(raised)
}
