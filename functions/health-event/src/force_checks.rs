//! The use case: checks that an event concerns fail at once.

use cloud_events::{Meaning, Told};
use health_state::State;
use telemetry::Chain;
use tracing::{error, info};

use crate::event_handler::Outcome;
use crate::{Deps, EventError};

/// Lets all checks that it concerns take in what is told. The first fault is returned once all
/// of them were tried.
pub(crate) async fn force_checks(
    told: &Told,
    deps: &Deps,
    outcome: &mut Outcome,
) -> Result<(), EventError> {
    let checks: Vec<&str> = deps.sources.concerned(told).collect();
    if checks.is_empty() {
        info!(kind = told.kind.name(), word = told.word, names = ?told.names, "Took note of what concerns no check");
    }
    let mut fault = None;
    for check in checks {
        match force(check, told, deps).await {
            Ok(true) => outcome.failed.push(check.to_owned()),
            Ok(false) => outcome.unchanged.push(check.to_owned()),
            Err(failure) => {
                error!(check, error = %Chain(&failure), "Could not take in an event");
                fault.get_or_insert(failure);
            }
        }
    }
    fault.map_or(Ok(()), Err)
}

/// Returns whether the check fails since the event.
async fn force(check: &str, told: &Told, deps: &Deps) -> Result<bool, EventError> {
    let (kind, word, names) = (told.kind.name(), told.word, &told.names);
    let (Some(event), Some(of_check)) = (told.cloud_event(), deps.checks.check(check)) else {
        info!(check, kind, word, names = ?names, evidence = ?told.evidence, "Took note of what changes no state");
        return Ok(false);
    };
    let recorded = deps.store.force(check, &event, &of_check.rules).await;
    let recorded = recorded.map_err(|source| EventError::Store {
        check: check.to_owned(),
        source,
    })?;
    let begins = matches!(told.meaning, Meaning::Begins { .. });
    let is_new = recorded
        .transitions
        .iter()
        .any(|change| change.to == State::Fail);
    let state = recorded.state.state.name();
    info!(check, kind, word, names = ?names, state, at_ms = told.at_ms, "Took in what the cloud says");
    Ok(begins && is_new)
}
