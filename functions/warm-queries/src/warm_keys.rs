//! Computes what is not warm, a few at a time.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cache::{Refill, Warmed};
use lambda_kit::{Classified, Deadline};
use serde::Serialize;
use serde_json::value::RawValue;
use site_queries::{QueryError, ask};
use telemetry::{Chain, Metrics, Unit};
use tracing::warn;

use crate::plan_calls::Planned;
use crate::{Deps, WarmError};

/// Queries at a time when all is well: the database is the visitors'.
pub(crate) const CONCURRENCY: usize = 2;
/// Failures in a row after which a run ends.
const FAILURES: usize = 3;

/// What became of the answers of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Were computed and are there.
    pub warmed: usize,
    /// Were there, and young.
    pub young: usize,
    /// Are being computed by somebody else.
    pub busy: usize,
    /// Were computed in vain: what they are made of changed meanwhile.
    pub void: usize,
    /// Are too large to be kept.
    pub unfit: usize,
    /// Could not be computed.
    pub failed: usize,
    /// Were not come to: no time, too many failures, or a site that is not well.
    pub left: usize,
}

/// What the workers of a run share.
struct Run<'a> {
    queue: VecDeque<Planned<'a>>,
    outcome: Outcome,
    /// How long each query took, in milliseconds.
    query_ms: Vec<f64>,
    failures_in_a_row: usize,
    ended_by: Option<WarmError>,
}

/// Computes what is not warm, `workers` at a time (one or two).
///
/// # Errors
/// When Redis cannot be asked, or three queries in a row failed.
pub(crate) async fn warm_keys(
    deps: &Deps,
    planned: Vec<Planned<'_>>,
    workers: usize,
    deadline: Deadline,
    metrics: &mut Metrics,
) -> Result<Outcome, WarmError> {
    let run = Mutex::new(Run {
        queue: planned.into(),
        outcome: Outcome::default(),
        query_ms: Vec::new(),
        failures_in_a_row: 0,
        ended_by: None,
    });
    let second = async {
        if workers >= CONCURRENCY {
            work(deps, &run, deadline).await;
        }
    };
    tokio::join!(work(deps, &run, deadline), second);
    let run = run.into_inner().unwrap_or_else(PoisonError::into_inner);
    let outcome = Outcome {
        left: run.queue.len(),
        ..run.outcome
    };
    report(&outcome, &run.query_ms, metrics);
    run.ended_by.map_or(Ok(outcome), Err)
}

/// One after the other, until none is left or the run has ended.
async fn work(deps: &Deps, run: &Mutex<Run<'_>>, deadline: Deadline) {
    loop {
        let next = {
            let mut run = locked(run);
            let is_over = run.ended_by.is_some() || deadline.has_passed();
            if is_over { None } else { run.queue.pop_front() }
        };
        let Some(planned) = next else {
            return;
        };
        let warmed = warm(deps, &planned, run).await;
        locked(run).note(&planned, warmed);
    }
}

async fn warm(
    deps: &Deps,
    planned: &Planned<'_>,
    run: &Mutex<Run<'_>>,
) -> Result<Warmed, QueryError> {
    let Planned { query, call } = planned;
    let limit = Duration::from_millis(query.timeout.ms());
    let policy = query.policy();
    let refill = Refill {
        key: &call.key,
        policy: &policy,
        tags: &call.tags,
        every: Duration::from_millis(query.every.ms()),
        limit: limit.saturating_mul(2),
    };
    let database = deps.database.within(limit);
    let compute = || async move {
        let began = Instant::now();
        // As PostgreSQL writes it: only pages know its type.
        let answer: Box<RawValue> = ask(&database, query, &call.params).await?;
        locked(run)
            .query_ms
            .push(began.elapsed().as_secs_f64() * 1_000.0);
        Ok(answer)
    };
    deps.cache.warm(&refill, compute).await
}

impl Run<'_> {
    fn note(&mut self, planned: &Planned<'_>, warmed: Result<Warmed, QueryError>) {
        let outcome = &mut self.outcome;
        match warmed {
            Ok(Warmed::Filled) => outcome.warmed += 1,
            Ok(Warmed::Young) => outcome.young += 1,
            Ok(Warmed::Busy) => outcome.busy += 1,
            Ok(Warmed::Void) => outcome.void += 1,
            Ok(Warmed::Unfit) => outcome.unfit += 1,
            Ok(Warmed::Unreachable) => {
                outcome.left += 1;
                self.ended_by.get_or_insert(WarmError::Unreachable);
                return;
            }
            Err(error) => {
                outcome.failed += 1;
                return self.note_failure(planned, error);
            }
        }
        self.failures_in_a_row = 0;
    }

    fn note_failure(&mut self, planned: &Planned<'_>, source: QueryError) {
        let key = planned.call.key.clone();
        warn!(cache.key = key, query = planned.query.id, error = %Chain(&source), error.code = source.code(), "Could not warm an answer");
        self.failures_in_a_row += 1;
        if self.failures_in_a_row >= FAILURES {
            self.ended_by
                .get_or_insert(WarmError::Query { key, source });
        }
    }
}

fn report(outcome: &Outcome, query_ms: &[f64], metrics: &mut Metrics) {
    let counts = [
        ("KeysWarmed", outcome.warmed),
        ("KeysYoung", outcome.young),
        ("KeysBusy", outcome.busy),
        ("KeysVoid", outcome.void),
        ("KeysUnfit", outcome.unfit),
        ("KeysFailed", outcome.failed),
        ("KeysLeft", outcome.left),
    ];
    for (name, count) in counts {
        metrics.add(name, Unit::Count, count as f64);
    }
    for ms in query_ms {
        metrics.add("QueryMs", Unit::Milliseconds, *ms);
    }
}

fn locked<'a, 'b>(run: &'a Mutex<Run<'b>>) -> MutexGuard<'a, Run<'b>> {
    // What a panicking worker left behind is a run like any other.
    run.lock().unwrap_or_else(PoisonError::into_inner)
}
