//! The use case: a run of which nothing is left to do is closed, and reported.

use lambda_kit::{Deadline, now_ms};
use tracing::info;
use warming::Report;

use crate::event_handler::fail;
use crate::publish_report::{emit, publish};
use crate::{Deps, PlanError};

/// Closes what can be closed of the open runs, takes it from them, and counts it. One that
/// fails holds none of the others up.
pub(crate) async fn close_runs(
    open: &mut Vec<String>,
    deps: &Deps,
    deadline: Deadline,
    failed: &mut usize,
) -> usize {
    let mut closed = Vec::new();
    for run in &*open {
        if deadline.has_passed() {
            break;
        }
        match Box::pin(close_run(run, deps)).await {
            Ok(true) => closed.push(run.clone()),
            Ok(false) => {}
            Err(failure) => *failed += fail(run, deps, &failure),
        }
    }
    open.retain(|run| !closed.contains(run));
    closed.len()
}

/// Closes a run if nothing is left to do. The report is written before the run is closed:
/// whoever dies in between writes it again.
async fn close_run(id: &str, deps: &Deps) -> Result<bool, PlanError> {
    let now_ms = now_ms();
    let budget = &deps.site.budget.run;
    let Some(mut stored) = deps.store.run(id).await? else {
        return Ok(false);
    };
    let run = &stored.value;
    // Most minutes this is all there is to read: chunks are many and large.
    let is_over = run.is_over(budget, now_ms);
    if !is_over && (!run.is_planned || deps.store.done_chunks(id).await? < run.plan.chunks) {
        return Ok(false);
    }
    let chunks = deps.store.chunks(id).await?;
    if !run.may_close(&chunks, budget, now_ms) {
        return Ok(false);
    }
    let report = Report::close(run, &chunks, now_ms);
    // Of a run that found nothing to ask for there is nothing to say.
    let has_pages = run.plan.requested > 0;
    if has_pages {
        publish(&report, deps).await?;
    }
    stored.value.closed_ms = Some(now_ms);
    if !deps.store.close_run(&stored, now_ms).await? {
        return Err(PlanError::Contended { run: id.to_owned() });
    }
    // Only now, and by the one that closed it: metrics are added up, not replaced.
    if has_pages {
        emit(&report, &deps.config.telemetry);
    }
    info!(
        run = id,
        requested = stored.value.plan.requested,
        "Closed a run"
    );
    Ok(true)
}
