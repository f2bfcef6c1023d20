//! Functions that mind how checks are learn of it before the prober's next run.

use health_state::{CheckState, State};
use health_store::HealthNow;
use store::StoreError;
use telemetry::Chain;
use tracing::warn;

use crate::Deps;

/// Writes checks that have failed into the small item that other functions read. That they do
/// is worth a try, no more: the prober writes it anew each minute.
pub(crate) async fn hasten_now(failed: &[String], deps: &Deps) {
    if failed.is_empty() {
        return;
    }
    if let Err(failure) = rewrite(failed, deps).await {
        warn!(error = %Chain(&failure), "Left it to the prober to tell other functions");
    }
}

async fn rewrite(failed: &[String], deps: &Deps) -> Result<(), StoreError> {
    let Some(now) = deps.store.now().await? else {
        return Ok(());
    };
    let states = deps.store.states(failed).await?;
    let states = states.iter().map(|(check, state)| (check.as_str(), state));
    match hastened(now, states) {
        Some(now) => deps.store.put_now(&now).await,
        None => Ok(()),
    }
}

/// The item with the checks that fail; `None` when it has them already.
///
/// It stays as old as it was, up to a millisecond: what it says of other checks is that old,
/// and a silent prober must be seen. So whatever the prober writes meanwhile stays.
fn hastened<'a>(
    mut now: HealthNow,
    states: impl Iterator<Item = (&'a str, &'a CheckState)>,
) -> Option<HealthNow> {
    let mut has_changed = false;
    for (check, state) in states {
        if let Some(known) = now.checks.get_mut(check)
            && state.state == State::Fail
            && known.state != State::Fail
        {
            known.state = state.state;
            known.since_ms = state.since_ms;
            has_changed = true;
        }
    }
    now.made_ms = now.made_ms.saturating_add(1);
    has_changed.then_some(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use health_store::NowCheck;

    fn now(state: State) -> HealthNow {
        let check = NowCheck {
            state,
            since_ms: 1_000,
            maintenance: true,
        };
        HealthNow {
            made_ms: 60_000,
            checks: [("cache", check), ("database", check)]
                .map(|(id, check)| (id.to_owned(), check))
                .into(),
        }
    }

    fn failing() -> CheckState {
        let mut state = CheckState::default();
        state.state = State::Fail;
        state.since_ms = 62_000;
        state
    }

    #[test]
    fn what_fails_is_told_and_the_rest_stays_as_old_as_it_is() {
        let state = failing();
        let hastened = hastened(now(State::Pass), [("database", &state)].into_iter()).unwrap();
        assert_eq!(hastened.made_ms, 60_001);
        assert_eq!(hastened.checks["cache"], now(State::Pass).checks["cache"]);
        let database = hastened.checks["database"];
        assert_eq!((database.state, database.since_ms), (State::Fail, 62_000));
        assert!(database.maintenance);
    }

    #[test]
    fn what_is_known_or_not_watched_is_not_written_again() {
        let (state, passing) = (failing(), CheckState::default());
        let states = || [("database", &state), ("other", &state)].into_iter();
        assert_eq!(hastened(now(State::Fail), states()), None);
        assert_eq!(
            hastened(now(State::Pass), [("cache", &passing)].into_iter()),
            None
        );
    }
}
