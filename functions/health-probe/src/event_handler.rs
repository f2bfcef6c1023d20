use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use health_checks::{Probe, SiteChecks};
use health_state::Observation;
use jiff::Timestamp;
use lambda_kit::{Deadline, Failure, now_ms};
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;
use tracing::info;

use crate::deps::Kept;
use crate::emit_metrics::{Run, emit_metrics};
use crate::error::Faults;
use crate::in_parallel::within;
use crate::publish_status::publish_status;
use crate::raise_alerts::raise_alerts;
use crate::record_results::{CheckNow, record_results};
use crate::send_notices::{Sent, send_notices};
use crate::{Deps, RunError};

/// Kept back from Lambda's deadline, to write metrics.
const RESERVE: Duration = Duration::from_secs(2);
/// Kept back from that while results are recorded, to tell of them.
const TELL: Duration = Duration::from_secs(18);
/// Longest time for a call of the table.
const LONGEST: Duration = Duration::from_secs(5);
/// How much longer than its budget probing may take before it is given up.
const GRACE: Duration = Duration::from_secs(1);
/// An event that is older is not the schedule's, but a sample.
const RECENT_MS: u64 = 300_000;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Checks that said something.
    pub checks: usize,
    /// Checks of which it is recorded how they are.
    pub recorded: usize,
    /// Notices that were decided.
    pub notices: usize,
    /// How often somebody was told.
    pub told: usize,
}

/// Asks all checks, records what they say, and tells what has changed.
///
/// # Errors
/// The first part of the run that failed. The others were done all the same.
pub async fn handle(event: LambdaEvent<Value>, deps: Arc<Deps>) -> Result<Outcome, Failure> {
    let started_ms = now_ms();
    let deadline = Deadline::of(&event.context, RESERVE);
    let run_id = run_id(&event.payload, started_ms);
    Ok(Box::pin(run(&deps, started_ms, run_id, deadline)).await?)
}

async fn run(
    deps: &Arc<Deps>,
    started_ms: i64,
    run_id: u64,
    deadline: Deadline,
) -> Result<Outcome, RunError> {
    let kept = &mut *deps.kept.lock().await;
    let mut faults = Faults::default();
    let observations = observe(deps, started_ms, run_id, deadline, &mut faults).await;
    let until = earlier(deadline, TELL);
    let checks = record_results(
        deps,
        observations.clone(),
        &mut kept.states,
        (now_ms(), until),
        &mut faults,
    )
    .await;
    let recorded = checks.values().filter(|now| now.is_known).count();
    let mut outcome = Outcome {
        checks: observations.len(),
        recorded,
        ..Outcome::default()
    };
    let mut sent = Sent::default();
    if recorded > 0 {
        let raised = raise_alerts(deps, &checks, (now_ms(), deadline)).await;
        outcome.notices = faults.note(raised).unwrap_or_default();
        sent = tell(deps, &checks, kept, deadline, &mut faults).await;
        outcome.told = sent.told;
    } else {
        // The page stays as it is, and says itself that it is old.
        faults.note::<()>(Err(RunError::NothingKnown));
    }
    let run = Run {
        took_ms: now_ms() - started_ms,
        observations: &observations,
        checks: &checks,
        sent,
    };
    emit_metrics(&run, &deps.config.telemetry);
    let Outcome { notices, told, .. } = outcome;
    info!(
        run.id = run_id,
        checks = outcome.checks,
        recorded,
        notices,
        told,
        faults = faults.count(),
        duration_ms = run.took_ms,
        "Looked at the site"
    );
    faults.end().map(|()| outcome)
}

/// Asks all checks. What a job said of itself must be known to judge those that wait for it.
async fn observe(
    deps: &Deps,
    started_ms: i64,
    run_id: u64,
    deadline: Deadline,
    faults: &mut Faults,
) -> Vec<(String, Observation)> {
    let pushed = pushed(&deps.checks);
    let heartbeats = async {
        let beats = deps.store.heartbeats(&pushed).await;
        beats.map_err(|source| RunError::Table {
            action: "get the heartbeats",
            source,
        })
    };
    let heartbeats = within("get the heartbeats", LONGEST, deadline, heartbeats).await;
    let heartbeats = faults.note(heartbeats);
    let budget = Duration::from_millis(deps.checks.budget.total.ms());
    let until = Deadline::at(SystemTime::now() + budget);
    let nobody = BTreeMap::new();
    let asked = async {
        let beats = heartbeats.as_ref().unwrap_or(&nobody);
        let run = deps
            .prober
            .run(&deps.checks, beats, started_ms, run_id, until);
        Ok(Box::pin(run).await)
    };
    let asked = within("ask the checks", budget + GRACE, deadline, asked).await;
    let mut observations = faults.note(asked).unwrap_or_default();
    if heartbeats.is_none() {
        observations.retain(|(id, _)| !pushed.contains(id));
    }
    observations
}

/// The checks that wait for a job to say something.
fn pushed(checks: &SiteChecks) -> Vec<String> {
    let checks = checks.checks.iter();
    let pushed = checks.filter(|check| matches!(check.probe, Probe::Push(_)));
    pushed.map(|check| check.id.clone()).collect()
}

/// Tells people, and the page, at once: neither waits for the other.
async fn tell(
    deps: &Arc<Deps>,
    checks: &BTreeMap<String, CheckNow>,
    kept: &mut Kept,
    deadline: Deadline,
    faults: &mut Faults,
) -> Sent {
    let now_ms = now_ms();
    let sending = within("tell of notices", Duration::MAX, deadline, async {
        Box::pin(send_notices(deps, (now_ms, deadline))).await
    });
    let publishing = within("publish the status page", Duration::MAX, deadline, async {
        let publish = publish_status(deps, checks, &mut kept.published, now_ms);
        Ok(Box::pin(publish).await)
    });
    let (sent, published) = tokio::join!(sending, publishing);
    if let Some(more) = faults.note(published) {
        faults.add(more);
    }
    faults.note(sent).unwrap_or_default()
}

/// The number of the run: when the schedule wanted it, so that what is delivered twice is one
/// run. A sample, which is always of the same time, is a run of its own each time.
fn run_id(event: &Value, started_ms: i64) -> u64 {
    let started_ms = u64::try_from(started_ms).unwrap_or(0);
    let time = event.get("time").and_then(Value::as_str);
    let time = time.and_then(|time| time.parse::<Timestamp>().ok());
    let scheduled_ms = time.and_then(|time| u64::try_from(time.as_millisecond()).ok());
    scheduled_ms
        .filter(|at_ms| at_ms.abs_diff(started_ms) <= RECENT_MS)
        .unwrap_or(started_ms)
}

fn earlier(deadline: Deadline, by: Duration) -> Deadline {
    let now = SystemTime::now();
    Deadline::at(now + deadline.remaining(now).saturating_sub(by))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_delivered_twice_is_one_run_and_a_sample_is_not() {
        let event = json!({"time": "2026-11-27T10:20:00Z"});
        let at_ms = 1_795_774_800_000;
        assert_eq!(run_id(&event, at_ms + 900), 1_795_774_800_000);
        assert_eq!(run_id(&event, at_ms + 90_000), 1_795_774_800_000);
        assert_eq!(run_id(&event, at_ms + 86_400_000), 1_795_861_200_000);
        assert_eq!(run_id(&json!({"time": "now"}), 7), 7);
        assert_eq!(run_id(&Value::Null, 7), 7);
    }
}
