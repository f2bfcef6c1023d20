//! A try of a check, and the second one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use health_checks::{Check, Judgement, Probe, Timings};
use health_state::{Outcome, UnknownReason};
use health_store::Heartbeat;
use telemetry::Chain;
use tokio::time::{Instant, timeout};

use crate::probe::ask::ask;
use crate::probe::phases::Phases;
use crate::probe::shared::Shared;
use crate::probe::{Clients, ProbeError};

/// Pieces of evidence at most.
const MAX_EVIDENCE: usize = 20;

/// What the probes of one run have in common.
pub(crate) struct Run {
    pub(crate) clients: Arc<Clients>,
    pub(crate) shared: Shared,
    pub(crate) heartbeats: BTreeMap<String, Heartbeat>,
    pub(crate) started_ms: i64,
    /// When the last answer must be there.
    pub(crate) until: Instant,
}

/// What a try came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// What was seen.
    pub(crate) judgement: Judgement,
    /// How long the answer took, where there was one and it matters.
    pub(crate) latency_us: Option<u32>,
}

impl Attempt {
    /// What was seen, and how long it took.
    pub(crate) fn timed(judgement: Judgement, timings: &Timings) -> Self {
        Self {
            judgement,
            latency_us: Some(timings.total_us()),
        }
    }

    /// What was seen where there is no answer, or it does not matter how long that took.
    pub(crate) const fn untimed(judgement: Judgement) -> Self {
        Self {
            judgement,
            latency_us: None,
        }
    }

    /// Nobody knows, and why.
    pub(crate) fn unknown(reason: UnknownReason) -> Self {
        Self::untimed(Judgement::unknown(reason))
    }
}

/// Asks. What opens a connection of its own is asked a second time, at once, when it fails: a
/// packet may be lost, a server may just have been replaced.
pub(crate) async fn look(run: &Run, check: &Check) -> Attempt {
    let first = attempt(run, check).await;
    if first.judgement.outcome != Outcome::Fail || !opens_connection(&check.probe) {
        return first;
    }
    let second = attempt(run, check).await;
    both(first, second)
}

/// AWS clients try again by themselves, and metrics do not change from one second to the next.
const fn opens_connection(probe: &Probe) -> bool {
    matches!(
        probe,
        Probe::Http(_)
            | Probe::Tcp(_)
            | Probe::Tls(_)
            | Probe::Dns(_)
            | Probe::Postgres(_)
            | Probe::Redis(_)
    )
}

/// The second try counts, as long as it tells anything. Both are evidence.
fn both(first: Attempt, second: Attempt) -> Attempt {
    let told = [("first", &first), ("second", &second)].map(|(which, attempt)| {
        let Judgement { text, evidence, .. } = &attempt.judgement;
        let text = format!("{which} try: {text}");
        std::iter::once(text).chain(evidence.iter().cloned())
    });
    let evidence: Vec<String> = told.into_iter().flatten().take(MAX_EVIDENCE).collect();
    let mut counts = match second.judgement.outcome {
        Outcome::Unknown(_) => first,
        _ => second,
    };
    counts.judgement.evidence = evidence;
    counts
}

async fn attempt(run: &Run, check: &Check) -> Attempt {
    let left = run.until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Attempt::unknown(UnknownReason::BudgetSpent);
    }
    let own = Duration::from_millis(check.timeout.ms());
    let phases = Phases::default();
    match timeout(own.min(left), ask(run, check, &phases)).await {
        Ok(Ok(attempt)) => attempt,
        Ok(Err(error)) => failed(&error, check, run),
        Err(_) if left < own => Attempt::unknown(UnknownReason::BudgetSpent),
        Err(_) => late(check, &phases),
    }
}

/// The prober's own faults tell nothing of what is asked.
fn failed(error: &ProbeError, check: &Check, run: &Run) -> Attempt {
    let secrets = secrets(check, run);
    let mut judgement = Judgement::no_answer(&Chain(error).to_string(), &secrets);
    if error.is_own() {
        judgement.outcome = Outcome::Unknown(UnknownReason::ProbeBroke);
    }
    Attempt::untimed(judgement)
}

fn late(check: &Check, phases: &Phases) -> Attempt {
    let present = phases.present();
    let present = present.map_or_else(String::new, |phase| format!(", while {phase}"));
    let text = format!("no answer within {}{present}", check.timeout);
    let mut judgement = Judgement::no_answer(&text, &[]);
    judgement.evidence = vec![phases.finish().text()];
    judgement.evidence.retain(|text| !text.is_empty());
    Attempt::untimed(judgement)
}

/// What errors of a check may quote and nobody may see.
fn secrets(check: &Check, run: &Run) -> Vec<String> {
    let variables = &run.clients.variables;
    match &check.probe {
        Probe::Http(check) => variables.secrets_of(check.headers.values()),
        Probe::Postgres(check) => variables.secrets_of([&check.url]),
        Probe::Redis(check) => variables.secrets_of([&check.url]),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(outcome: Outcome, text: &str, latency_us: Option<u32>) -> Attempt {
        let mut judgement = Judgement::no_answer(text, &[]);
        judgement.outcome = outcome;
        judgement.evidence = vec![format!("proof of {text}")];
        Attempt {
            judgement,
            latency_us,
        }
    }

    #[test]
    fn the_second_try_counts_and_both_are_told() {
        let first = attempt(Outcome::Fail, "refused", None);
        let counts = both(first, attempt(Outcome::Pass, "fine", Some(7)));
        assert_eq!(counts.judgement.outcome, Outcome::Pass);
        assert_eq!(
            (counts.judgement.text.as_str(), counts.latency_us),
            ("fine", Some(7))
        );
        assert_eq!(
            counts.judgement.evidence,
            [
                "first try: refused",
                "proof of refused",
                "second try: fine",
                "proof of fine"
            ]
        );
    }

    #[test]
    fn a_second_try_that_tells_nothing_takes_nothing_back() {
        let first = attempt(Outcome::Fail, "refused", None);
        let counts = both(first, Attempt::unknown(UnknownReason::BudgetSpent));
        assert_eq!(counts.judgement.outcome, Outcome::Fail);
        assert_eq!(counts.judgement.evidence[2], "second try: budget spent");
    }
}
