use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lambda_kit::{Classified, Deadline, ErrorClass, Failure};
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;
use telemetry::{Chain, Metrics, Unit};
use tracing::{info, warn};

use crate::step::{Step, take_step};
use crate::take_events::take_events;
use crate::{Deps, InvalidateError};

/// Kept back from Lambda's deadline: a step that is begun is ended, and nobody waits for more.
const RESERVE: Duration = Duration::from_secs(15);
/// Between two looks for events that another transaction keeps back.
const LOOK: Duration = Duration::from_secs(1);
/// Shortest wait.
const BLINK: Duration = Duration::from_millis(50);

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Rows of the outbox that were taken.
    pub events: usize,
    /// Purges that are done.
    pub purges: usize,
    /// Whether something is left for a later run.
    pub is_more: bool,
    /// The age of the oldest change that a cache may not know, in milliseconds; 0 when all know.
    pub lag_ms: u64,
}

/// Makes caches forget what the outbox says, whatever the event holds. Waits for what is due
/// within seconds; the rest is for the next run.
///
/// # Errors
/// The first step that failed, after all others were tried.
pub async fn handle(event: LambdaEvent<Value>, deps: Arc<Deps>) -> Result<Outcome, Failure> {
    let deadline = Deadline::of(&event.context, RESERVE);
    let mut metrics = deps.config.telemetry.metrics();
    let outcome = Box::pin(run(&deps, deadline, &mut metrics)).await;
    metrics.flush();
    match outcome {
        // Nothing can have been changed yet.
        Err(InvalidateError::Database(error)) if error.is_undefined() => {
            info!("The site has not made its tables yet");
            Ok(Outcome::default())
        }
        outcome => Ok(outcome?),
    }
}

async fn run(
    deps: &Deps,
    deadline: Deadline,
    metrics: &mut Metrics,
) -> Result<Outcome, InvalidateError> {
    let mut run = Run {
        deps,
        deadline,
        outcome: Outcome::default(),
        failure: None,
        patience: deps.patience,
    };
    while run.round(metrics).await? {}
    if let Err(error) = deps.purges.forget().await {
        warn!(error = %Chain(&error), "Kept what was done a week ago");
    }
    let Outcome {
        events,
        purges,
        is_more,
        lag_ms,
    } = run.outcome;
    if events + purges > 0 {
        info!(events, purges, is_more, lag_ms, "Invalidated");
    }
    run.failure.map_or(Ok(run.outcome), Err)
}

struct Run<'a> {
    deps: &'a Deps,
    deadline: Deadline,
    outcome: Outcome,
    /// The first step that failed.
    failure: Option<InvalidateError>,
    /// How long events that cannot be taken yet are still waited for.
    patience: Duration,
}

impl Run<'_> {
    /// Takes what can be taken and every step that is due, and waits for what is due soon.
    /// Whether there is another round.
    async fn round(&mut self, metrics: &mut Metrics) -> Result<bool, InvalidateError> {
        let is_full = match take_events(self.deps, metrics).await {
            Ok(taken) => {
                self.outcome.events += taken.events;
                taken.is_full
            }
            Err(error) => {
                // What was taken before need not wait for Redis.
                self.patience = Duration::ZERO;
                self.note(error);
                false
            }
        };
        self.take_steps(metrics).await?;
        let outlook = self.deps.purges.outlook().await?;
        let lag = outlook.oldest_change.unwrap_or_default().as_millis();
        self.outcome.lag_ms = u64::try_from(lag).unwrap_or(u64::MAX);
        metrics.add("OutboxLagMs", Unit::Milliseconds, lag as f64);
        self.outcome.is_more = outlook.next_in.is_some() || outlook.oldest_event.is_some();
        let left = self.deadline.remaining(SystemTime::now());
        if is_full && !left.is_zero() {
            return Ok(true);
        }
        let next_event = outlook.oldest_event.map(|_| LOOK);
        let next_event = next_event.filter(|wait| *wait <= self.patience);
        let next_step = outlook.next_in.filter(|wait| *wait <= self.deps.patience);
        let Some(wait) = next_event.into_iter().chain(next_step).min() else {
            return Ok(false);
        };
        let wait = wait.max(BLINK);
        if wait >= left || self.deps.patience.is_zero() {
            return Ok(false);
        }
        if next_event.is_some() {
            self.patience = self.patience.saturating_sub(wait);
        }
        tokio::time::sleep(wait).await;
        Ok(true)
    }

    async fn take_steps(&mut self, metrics: &mut Metrics) -> Result<(), InvalidateError> {
        while !self.deadline.has_passed() {
            let Some(purge) = self.deps.purges.claim().await? else {
                return Ok(());
            };
            match take_step(self.deps, &purge, metrics).await {
                Ok(Step::Done) => self.outcome.purges += 1,
                Ok(Step::Next) => {}
                Err(error) => self.note(error),
            }
        }
        Ok(())
    }

    fn note(&mut self, error: InvalidateError) {
        let class = error.class();
        warn!(error = %Chain(&error), error.code = error.code(), ?class, "Left a step to a later run");
        // To be asked to wait is no failure.
        if self.failure.is_none() && class != ErrorClass::Throttled {
            self.failure = Some(error);
        }
    }
}
