//! Asks all checks of a run at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use health_checks::{Check, Judgement, Probe, SiteChecks};
use health_state::{Observation, Outcome, UnknownReason};
use health_store::Heartbeat;
use lambda_kit::{BoxFuture, Deadline};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tracing::error;

use crate::ProbeSettings;
use crate::probe::attempt::{Attempt, Run, look};
use crate::probe::guard::is_connected;
use crate::probe::memory::Memory;
use crate::probe::shared::Shared;
use crate::probe::slots::{Done, NoResult, in_slots};
use crate::probe::{Clients, Trust};

/// How long a check has a slot to itself: what is near and well answers sooner.
const PATIENCE: Duration = Duration::from_secs(1);
/// Probes end by themselves so long before the run's time is over, to tell what they saw.
const MARGIN: Duration = Duration::from_millis(100);

/// Asks what the site's checks are about. Made once per process.
pub struct Prober {
    clients: Arc<Clients>,
    memory: Mutex<Memory>,
}

impl Prober {
    /// Makes the clients. Nothing is sent yet.
    #[must_use]
    pub fn connect(aws: &SdkConfig, settings: ProbeSettings) -> Self {
        Self::with_trust(aws, settings, Trust::of_system())
    }

    pub(crate) fn with_trust(aws: &SdkConfig, settings: ProbeSettings, trust: Trust) -> Self {
        Self {
            clients: Arc::new(Clients::new(aws, settings, trust)),
            memory: Mutex::default(),
        }
    }

    /// Asks those of these checks that are due, and tells in their order what was seen.
    ///
    /// It ends when the run's budget or the deadline does. A check that had no time until then
    /// is unknown, as is one whose probe broke; and when nothing at all answers, nothing is
    /// known of checks that failed. Checks that were slow the last time are begun last.
    pub async fn run(
        &self,
        checks: &SiteChecks,
        heartbeats: &BTreeMap<String, Heartbeat>,
        started_ms: i64,
        run_id: u64,
        deadline: Deadline,
    ) -> Vec<(String, Observation)> {
        let budget = Duration::from_millis(checks.budget.total.ms());
        let left = deadline.remaining(SystemTime::now()).min(budget);
        let until = Instant::now() + left;
        let mut guard = JoinSet::new();
        guard.spawn(is_connected(checks.guard.clone()));
        let due = checks.checks.iter();
        let due = self.remember(|memory| {
            due.filter(|check| memory.is_due(check, started_ms))
                .cloned()
                .collect::<Vec<_>>()
        });
        let run = Arc::new(Run {
            clients: Arc::clone(&self.clients),
            shared: Shared::new(&due),
            heartbeats: heartbeats.clone(),
            started_ms,
            until: until.checked_sub(MARGIN).unwrap_or(until),
        });
        let slots = usize::from(checks.budget.parallel);
        let mut seen = self.look_at_all(&run, &due, slots, until).await;
        if due.iter().zip(&seen).any(has_failed) && is_cut_off(guard, until).await {
            for (check, attempt) in due.iter().zip(&mut seen) {
                if has_failed((check, attempt)) {
                    doubt(&mut attempt.judgement);
                }
            }
        }
        let observation = |(check, attempt): (Check, Attempt)| {
            let Attempt {
                judgement,
                latency_us,
            } = attempt;
            (
                check.id,
                judgement.observation(started_ms, run_id, latency_us),
            )
        };
        due.into_iter().zip(seen).map(observation).collect()
    }

    /// What each check came to, in their order.
    async fn look_at_all(
        &self,
        run: &Arc<Run>,
        checks: &[Check],
        slots: usize,
        until: Instant,
    ) -> Vec<Attempt> {
        let order = self.remember(|memory| memory.order(checks));
        let begun = order.iter().filter_map(|place| checks.get(*place));
        let jobs = begun.map(|check| job(Arc::clone(run), check.clone()));
        let ended = in_slots(jobs.collect(), slots, PATIENCE, until).await;
        let mut seen: Vec<(usize, Attempt)> = Vec::with_capacity(checks.len());
        for (place, result) in order.into_iter().zip(ended) {
            if let Some(check) = checks.get(place) {
                let is_slow = !matches!(&result, Ok(done) if !done.is_slow);
                self.remember(|memory| memory.saw(&check.id, is_slow));
                seen.push((place, attempt(check, result)));
            }
        }
        seen.sort_by_key(|(place, _)| *place);
        seen.into_iter().map(|(_, attempt)| attempt).collect()
    }

    fn remember<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        // What a panicking run left behind is only an order.
        work(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn attempt(check: &Check, result: Result<Done<Attempt>, NoResult>) -> Attempt {
    match result {
        Ok(done) => done.result,
        Err(NoResult::OutOfTime) => Attempt::unknown(UnknownReason::BudgetSpent),
        Err(NoResult::Broke) => {
            error!(check.id = %check.id, "A probe panicked");
            Attempt::unknown(UnknownReason::ProbeBroke)
        }
    }
}

fn job(run: Arc<Run>, check: Check) -> BoxFuture<'static, Attempt> {
    Box::pin(async move { look(&run, &check).await })
}

/// Whether a check failed for what may be the prober's own fault. What jobs push was heard of by
/// others.
fn has_failed((check, attempt): (&Check, &Attempt)) -> bool {
    attempt.judgement.outcome == Outcome::Fail && !matches!(check.probe, Probe::Push(_))
}

/// Whether nothing answered that proves connectivity. A guard that broke proves nothing.
async fn is_cut_off(mut guard: JoinSet<bool>, until: Instant) -> bool {
    match timeout_at(until, guard.join_next()).await {
        Ok(Some(Ok(is_connected))) => !is_connected,
        Ok(_) => false,
        Err(_) => true,
    }
}

/// The fault may be the prober's own. What it saw is still told.
fn doubt(judgement: &mut Judgement) {
    let unknown = Judgement::unknown(UnknownReason::ConnectivityLost);
    let seen = std::mem::replace(judgement, unknown);
    judgement.evidence = seen.evidence;
    judgement.evidence.insert(0, seen.text);
}
