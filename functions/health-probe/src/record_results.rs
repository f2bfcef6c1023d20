//! The use case: what checks say becomes their states.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use health_checks::Check;
use health_state::{CheckState, Observation};
use health_store::{Recorded, Seen};
use lambda_kit::{BoxFuture, Deadline};

use crate::error::Faults;
use crate::in_parallel::{in_parallel, within};
use crate::{Deps, RunError};

/// Checks that are recorded at once.
const PARALLEL: usize = 16;
/// Longest time for one.
const LONGEST: Duration = Duration::from_secs(8);
const ACTION: &str = "record a result";

/// How a check is, after it was recorded.
#[derive(Debug, Clone, Default)]
pub(crate) struct CheckNow {
    /// Its state, as of now.
    pub(crate) state: CheckState,
    /// Whether that is stored; else it is what was known last.
    pub(crate) is_known: bool,
    /// Whether this run has changed it.
    pub(crate) has_changed: bool,
}

/// Records what checks say, each by itself, and lets time pass for those that say nothing.
/// `kept` has the states of the last run, and then those of this one.
pub(crate) async fn record_results(
    deps: &Arc<Deps>,
    observations: Vec<(String, Observation)>,
    kept: &mut BTreeMap<String, CheckState>,
    (now_ms, deadline): (i64, Deadline),
    faults: &mut Faults,
) -> BTreeMap<String, CheckNow> {
    let mut observations: BTreeMap<String, Observation> = observations.into_iter().collect();
    let work = (0..deps.checks.checks.len()).filter_map(|place| {
        let id = &deps.checks.checks.get(place)?.id;
        Some(record(
            deps,
            place,
            observations.remove(id),
            (now_ms, deadline),
        ))
    });
    let work: Vec<_> = work.collect();
    let mut recorded = BTreeMap::new();
    for (id, result) in in_parallel(work, PARALLEL).await {
        recorded.extend(faults.note(result).map(|done| (id, done)));
    }
    let checks = deps.checks.checks.iter();
    checks
        .map(|check| {
            let now = how(check, recorded.remove(&check.id), kept, now_ms);
            (check.id.clone(), now)
        })
        .collect()
}

type Named = (String, Result<Recorded, RunError>);

fn record(
    deps: &Arc<Deps>,
    place: usize,
    observation: Option<Observation>,
    (now_ms, deadline): (i64, Deadline),
) -> BoxFuture<'static, Named> {
    let deps = Arc::clone(deps);
    Box::pin(async move {
        let Some(check) = deps.checks.checks.get(place) else {
            return (String::new(), Err(RunError::NothingKnown));
        };
        let work = async {
            let (id, rules) = (&check.id, &check.rules);
            let recorded = match &observation {
                Some(observation) => deps.store.observe(id, observation, rules).await,
                None => deps.store.advance(id, now_ms, rules).await,
            };
            recorded.map_err(|source| RunError::Table {
                action: ACTION,
                source,
            })
        };
        let result = within(ACTION, LONGEST, deadline, work).await;
        (check.id.clone(), result)
    })
}

/// How a check is. What could not be recorded is as it was, and unknown once that is too long
/// ago.
fn how(
    check: &Check,
    recorded: Option<Recorded>,
    kept: &mut BTreeMap<String, CheckState>,
    now_ms: i64,
) -> CheckNow {
    let is_known = recorded.is_some();
    let mut has_changed = false;
    if let Some(recorded) = recorded {
        has_changed = !recorded.transitions.is_empty();
        kept.insert(check.id.clone(), recorded.state);
    }
    let mut state = kept.get(&check.id).cloned().unwrap_or_default();
    // Not stored: the seconds since are counted with the next result.
    state.advance(now_ms, &check.rules);
    CheckNow {
        state,
        is_known,
        has_changed,
    }
}

/// The checks, for what is decided from them.
pub(crate) fn seen(checks: &BTreeMap<String, CheckNow>) -> BTreeMap<String, Seen<'_>> {
    let seen = |(id, now)| {
        let (id, now): (&String, &CheckNow) = (id, now);
        let seen = Seen {
            state: &now.state,
            is_known: now.is_known,
        };
        (id.clone(), seen)
    };
    checks.iter().map(seen).collect()
}

#[cfg(test)]
mod tests {
    use health_checks::SiteChecks;
    use health_state::{CheckRules, Outcome, State};

    use super::*;

    const NOW_MS: i64 = 1_795_774_830_000;

    #[test]
    fn what_cannot_be_recorded_is_as_it_was_until_that_is_too_long_ago() {
        let checks = SiteChecks::of_site().unwrap();
        let check = &checks.checks[0];
        let mut state = CheckState::default();
        let observation = Observation {
            at_ms: NOW_MS,
            run_id: 1,
            outcome: Outcome::Pass,
            latency_us: None,
            text: String::new(),
            evidence: Vec::new(),
        };
        let step = state.observe(&observation, &CheckRules::default());
        let recorded = Recorded {
            state,
            transitions: step.transitions,
        };
        let mut kept = BTreeMap::new();
        let now = how(check, Some(recorded), &mut kept, NOW_MS + 1000);
        assert!(now.is_known && now.has_changed && now.state.state == State::Pass);
        let next = how(check, None, &mut kept, NOW_MS + 61_000);
        assert!(!next.is_known && !next.has_changed && next.state.state == State::Pass);
        let later = how(check, None, &mut kept, NOW_MS + 241_000);
        assert_eq!(later.state.state, State::Unknown);
        let never = how(check, None, &mut BTreeMap::new(), NOW_MS);
        assert_eq!(never.state, CheckState::default());
    }
}
