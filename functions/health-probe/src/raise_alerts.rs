//! The use case: from how all checks are it is decided who is told what.

use std::collections::BTreeMap;
use std::time::Duration;

use health_checks::SiteChecks;
use health_state::{CheckState, Notice, NoticeKind, Watched};
use lambda_kit::Deadline;
use tracing::{info, warn};

use crate::in_parallel::within;
use crate::record_results::CheckNow;
use crate::{Deps, RunError};

/// Longest time to decide.
const LONGEST: Duration = Duration::from_secs(8);
const ACTION: &str = "decide who is told";

/// Decides, and puts down what is to be told; so many notices. Nothing is told by this.
///
/// # Errors
/// The table of health. What was not put down the next run decides again.
pub(crate) async fn raise_alerts(
    deps: &Deps,
    checks: &BTreeMap<String, CheckNow>,
    (now_ms, deadline): (i64, Deadline),
) -> Result<usize, RunError> {
    let states = judged(checks);
    let watched = watched(&deps.checks, &states);
    let destinations = deps.config.destinations();
    let work = async {
        let graph = &deps.checks.graph;
        let decided = deps.store.decide(now_ms, &watched, graph, &destinations);
        decided.await.map_err(|source| RunError::Table {
            action: ACTION,
            source,
        })
    };
    let notices = within(ACTION, LONGEST, deadline, work).await?;
    notices.iter().for_each(log);
    Ok(notices.len())
}

/// The states to decide from. Of what could not be recorded nothing is told, as if it were in
/// maintenance: it may have ended long ago, or not.
fn judged(checks: &BTreeMap<String, CheckNow>) -> BTreeMap<&str, CheckState> {
    let state = |now: &CheckNow| {
        let mut state = now.state.clone();
        state.maintenance |= !now.is_known;
        state
    };
    let states = checks.iter();
    states.map(|(id, now)| (id.as_str(), state(now))).collect()
}

fn watched<'a>(
    checks: &'a SiteChecks,
    states: &'a BTreeMap<&str, CheckState>,
) -> BTreeMap<String, Watched<'a>> {
    let watched = checks.checks.iter().filter_map(|check| {
        let watched = Watched {
            state: states.get(check.id.as_str())?,
            rule: &check.alert,
        };
        Some((check.id.clone(), watched))
    });
    watched.collect()
}

fn log(notice: &Notice) {
    let Notice {
        key,
        severity,
        title,
        text,
        ..
    } = notice;
    match notice.kind {
        NoticeKind::Raised | NoticeKind::Reminder => {
            warn!(notice.key = key, ?severity, text, "{title}");
        }
        NoticeKind::Resolved => info!(notice.key = key, ?severity, text, "{title}"),
    }
}

#[cfg(test)]
mod tests {
    use health_state::{Alerts, Observation, Outcome};

    use super::*;

    fn failing(site: &SiteChecks, id: &str) -> BTreeMap<String, CheckNow> {
        let of = |check: &health_checks::Check| {
            let mut state = CheckState::default();
            for run in 0..3 {
                let observation = Observation {
                    at_ms: 1_795_774_800_000 + run * 60_000,
                    run_id: run.unsigned_abs(),
                    outcome: if check.id == id {
                        Outcome::Fail
                    } else {
                        Outcome::Pass
                    },
                    latency_us: None,
                    text: String::new(),
                    evidence: Vec::new(),
                };
                state.observe(&observation, &check.rules);
            }
            let now = CheckNow {
                state,
                is_known: true,
                has_changed: true,
            };
            (check.id.clone(), now)
        };
        site.checks.iter().map(of).collect()
    }

    #[test]
    fn what_is_not_known_raises_and_resolves_nothing() {
        let site = SiteChecks::of_site().unwrap();
        let mut checks = failing(&site, "database");
        let mut alerts = Alerts::default();
        let mut decide = |checks: &BTreeMap<String, CheckNow>| {
            let states = judged(checks);
            let watched = watched(&site, &states);
            let notices = alerts.decide(1_795_774_921_000, &watched, &site.graph);
            let keys = notices
                .into_iter()
                .map(|notice| (notice.check, notice.kind));
            keys.collect::<Vec<_>>()
        };
        let raised = [("database".to_owned(), NoticeKind::Raised)];
        assert_eq!(decide(&checks), raised);
        // The table does not answer, and this process has never seen the check.
        checks.insert("database".to_owned(), CheckNow::default());
        assert!(decide(&checks).is_empty());
        let known = CheckNow {
            is_known: true,
            ..CheckNow::default()
        };
        checks.insert("database".to_owned(), known);
        assert_eq!(
            decide(&checks),
            [("database".to_owned(), NoticeKind::Resolved)]
        );
    }
}
