//! How the run went and how the checks are, as metrics.

use std::collections::BTreeMap;

use health_state::{Observation, Outcome, State, UnknownReason};
use telemetry::{Metrics, Service, Unit};

use crate::record_results::CheckNow;
use crate::send_notices::Sent;

/// What a run was.
pub(crate) struct Run<'a> {
    /// How long it took, in milliseconds.
    pub(crate) took_ms: i64,
    /// What checks said.
    pub(crate) observations: &'a [(String, Observation)],
    /// How they are.
    pub(crate) checks: &'a BTreeMap<String, CheckNow>,
    /// What became of notices.
    pub(crate) sent: Sent,
}

/// Writes the run's metrics. That there are none for minutes is what wakes somebody when
/// nothing runs.
pub(crate) fn emit_metrics(run: &Run<'_>, telemetry: &Service) {
    of_run(run, telemetry).flush();
    for (id, now) in run.checks {
        of_check(id, now, run.observations, telemetry).flush();
    }
}

fn of_run(run: &Run<'_>, telemetry: &Service) -> Metrics {
    let mut metrics = telemetry.metrics();
    let spent = Outcome::Unknown(UnknownReason::BudgetSpent);
    let spent = run
        .observations
        .iter()
        .filter(|(_, seen)| seen.outcome == spent);
    metrics.count("HealthRuns");
    metrics.add("HealthRunMs", Unit::Milliseconds, run.took_ms as f64);
    metrics.add("HealthBudgetExhausted", Unit::Count, spent.count() as f64);
    metrics.add("NoticesSent", Unit::Count, run.sent.told as f64);
    metrics.add("NoticesFailed", Unit::Count, run.sent.failed as f64);
    metrics.add("NoticesDead", Unit::Count, run.sent.dead as f64);
    metrics
}

/// The metrics of one check: checks are those of a file that is reviewed, so their number is
/// bounded, as a dimension's must be.
fn of_check(
    id: &str,
    now: &CheckNow,
    observations: &[(String, Observation)],
    telemetry: &Service,
) -> Metrics {
    let mut metrics = telemetry.metrics();
    metrics.dimension("Check", id.to_owned());
    if let (true, Some(state)) = (now.is_known, state(now.state.state)) {
        metrics.add("HealthState", Unit::Count, state);
    }
    let seen = observations.iter().find(|(check, _)| check == id);
    if let Some(us) = seen.and_then(|(_, seen)| seen.latency_us) {
        metrics.add("LatencyMs", Unit::Milliseconds, f64::from(us) / 1000.0);
    }
    metrics
}

/// How bad a state is; nothing where nothing is known.
const fn state(state: State) -> Option<f64> {
    match state {
        State::Unknown => None,
        State::Pass => Some(0.0),
        State::Warn | State::Suspect => Some(1.0),
        State::Fail | State::Recovering => Some(2.0),
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use health_state::CheckState;

    use super::*;

    #[test]
    fn a_check_that_is_known_has_a_state_and_a_latency() {
        let vars = BTreeMap::new();
        let telemetry = Service::read(&settings::Reader::new(&vars), "health-probe");
        let observation = Observation {
            at_ms: 1_795_774_830_000,
            run_id: 1,
            outcome: Outcome::Warn,
            latency_us: Some(12_500),
            text: String::new(),
            evidence: Vec::new(),
        };
        let mut state = CheckState::default();
        state.observe(&observation, &health_state::CheckRules::default());
        let mut now = CheckNow {
            state,
            is_known: true,
            has_changed: true,
        };
        let seen = [("home".to_owned(), observation)];
        let document = |now: &CheckNow| {
            let metrics = of_check("home", now, &seen, &telemetry);
            metrics.documents(SystemTime::UNIX_EPOCH).remove(0)
        };
        let of_known = document(&now);
        assert_eq!(of_known["Check"], "home");
        assert_eq!(of_known["HealthState"][0], 1.0);
        assert_eq!(of_known["LatencyMs"][0], 12.5);
        now.is_known = false;
        assert!(document(&now).get("HealthState").is_none());
    }
}
