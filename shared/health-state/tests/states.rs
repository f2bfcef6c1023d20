//! The states of a check, one result after the other.

use health_state::{
    CheckRules, CheckState, CloudEvent, Incident, Observation, Outcome, Seconds, State, Step,
    Timeline, UnknownReason,
};

const MINUTE: i64 = 60_000;
const UNKNOWN: Outcome = Outcome::Unknown(UnknownReason::ProbeBroke);
use Outcome::{Fail, Pass, Warn};

#[derive(Default)]
struct Check {
    state: CheckState,
    rules: CheckRules,
    timeline: Timeline,
}

impl Check {
    fn take(&mut self, step: Step) -> Step {
        step.spans
            .iter()
            .for_each(|span| self.timeline.record(span));
        step
    }

    /// A result at a minute.
    fn see(&mut self, minute: i64, outcome: Outcome) -> Step {
        let observation = Observation {
            at_ms: minute * MINUTE,
            run_id: minute as u64,
            outcome,
            latency_us: None,
            text: format!("result {minute}"),
            evidence: vec![format!("evidence {minute}")],
        };
        let step = self.state.observe(&observation, &self.rules);
        self.take(step)
    }

    /// Results from a minute on, and the states that they lead to.
    fn states(&mut self, minute: i64, outcomes: &[Outcome]) -> Vec<State> {
        let minutes = (minute..).zip(outcomes);
        minutes
            .map(|(minute, outcome)| {
                self.see(minute, *outcome);
                self.state.state
            })
            .collect()
    }

    fn force(&mut self, at_ms: i64, minutes: i64) -> Step {
        let event = CloudEvent {
            at_ms,
            limit_ms: minutes * MINUTE,
            text: "failing-over".to_owned(),
            evidence: vec!["RDS-EVENT-0013".to_owned()],
        };
        let step = self.state.force(&event, &self.rules);
        self.take(step)
    }

    fn advance(&mut self, minute: i64) -> Step {
        let step = self.state.advance(minute * MINUTE, &self.rules);
        self.take(step)
    }

    fn seconds(&self) -> Seconds {
        self.timeline.seconds(0, i64::MAX)
    }
}

#[test]
fn failures_and_successes_are_confirmed() {
    let mut check = Check::default();
    let states = check.states(1, &[Pass, Warn, Fail, Fail, Pass, Fail, Fail, Fail, Fail]);
    use State::{Recovering, Suspect};
    assert_eq!(
        states,
        [
            State::Pass,
            State::Warn,
            Suspect,
            Suspect,
            State::Pass,
            Suspect,
            Suspect,
            State::Fail,
            State::Fail
        ]
    );
    assert_eq!(check.state.since_ms, 6 * MINUTE);
    let states = check.states(10, &[Pass, Fail, Warn, Pass]);
    assert_eq!(states, [Recovering, State::Fail, Recovering, State::Pass]);
    assert_eq!(check.state.recovered_ms, Some(13 * MINUTE));
    assert_eq!(check.seconds(), Seconds::from([5 * 60, 7 * 60, 0, 0]));
}

#[test]
fn a_confirmed_failure_carries_its_evidence_from_the_first_probe_on() {
    let mut check = Check::default();
    check.states(1, &[Pass, Fail, Fail]);
    let step = check.see(4, Fail);
    let [change] = &step.transitions[..] else {
        panic!("{step:?}")
    };
    assert_eq!((change.from, change.to), (State::Suspect, State::Fail));
    assert_eq!((change.at_ms, change.decided_ms), (2 * MINUTE, 4 * MINUTE));
    assert_eq!(change.evidence, ["evidence 2", "evidence 3", "evidence 4"]);
    let incident = Incident {
        since_ms: 2 * MINUTE,
        confirmed_ms: 4 * MINUTE,
        text: "result 4".to_owned(),
        evidence: change.evidence.clone(),
    };
    assert_eq!(check.state.incident, Some(incident));
    assert_eq!(step.version, 4);
}

#[test]
fn what_tells_nothing_neither_confirms_nor_clears() {
    let mut check = Check::default();
    check.states(1, &[Fail, UNKNOWN, Fail, UNKNOWN, Fail, UNKNOWN]);
    assert_eq!(check.state.state, State::Unknown);
    assert_eq!(check.state.failing_since_ms(), None);
    assert_eq!(
        check.state.incident.as_ref().map(|i| i.since_ms),
        Some(MINUTE)
    );
    let states = check.states(7, &[Pass, UNKNOWN, Pass]);
    assert_eq!(states, [State::Recovering, State::Unknown, State::Pass]);
    assert_eq!(check.seconds(), Seconds::from([0, 4 * 60, 4 * 60, 0]));
}

#[test]
fn a_gap_ends_a_suspicion_but_no_failure() {
    let mut check = Check::default();
    check.states(1, &[Pass, Fail, Fail]);
    assert!(check.advance(6).transitions.is_empty());
    let step = check.advance(60);
    assert_eq!(step.transitions[0].to, State::Unknown);
    assert_eq!(step.transitions[0].at_ms, 6 * MINUTE);
    assert_eq!(
        check.advance(60),
        Step {
            version: step.version,
            ..Step::default()
        }
    );
    assert_eq!(check.states(60, &[Fail]), [State::Suspect]);
    check.states(61, &[Fail, Fail]);
    // Failed from 60 to 65, then nothing is known.
    assert_eq!(check.states(100, &[Fail]), [State::Fail]);
    assert_eq!(
        check.seconds(),
        Seconds::from([5 * 60, 5 * 60, (54 + 35) * 60, 0])
    );
    // After a gap with nothing known before it, nothing is one after the other either.
    let mut check = Check::default();
    check.states(1, &[Fail, Fail, UNKNOWN]);
    assert_eq!(check.states(60, &[Fail]), [State::Suspect]);
}

#[test]
fn an_event_fails_a_check_until_probes_pass() {
    let mut check = Check::default();
    check.states(1, &[Pass]);
    let step = check.force(MINUTE + 30_000, 10);
    assert_eq!(step.transitions[0].to, State::Fail);
    assert_eq!(step.transitions[0].text, "failing-over");
    assert!(check.state.forced.is_some());
    // The event comes twice, and a probe that ran before it.
    assert_eq!(check.force(MINUTE + 30_000, 10).transitions, []);
    let early = Observation {
        at_ms: MINUTE + 10_000,
        run_id: 99,
        ..check.state.last.clone().unwrap()
    };
    check.state.observe(&early, &check.rules);
    assert_eq!((check.state.late, check.state.state), (1, State::Fail));
    let states = check.states(2, &[UNKNOWN, Pass, Pass]);
    assert_eq!(states, [State::Fail, State::Recovering, State::Pass]);
    assert!(check.state.forced.is_none() && check.state.incident.is_none());
    assert_eq!(check.seconds(), Seconds::from([30, 150, 0, 0]));
    // It comes again after that.
    check.force(MINUTE + 30_000, 10);
    assert_eq!(check.state.state, State::Pass);
}

#[test]
fn an_event_without_probes_ends_with_its_time() {
    let mut check = Check::default();
    let step = check.force(0, 10);
    assert_eq!(step.transitions[0].to, State::Fail);
    let step = check.advance(20);
    assert_eq!(step.transitions[0].to, State::Unknown);
    assert_eq!(step.transitions[0].at_ms, 10 * MINUTE);
    assert_eq!(check.state.incident, None);
    assert_eq!(check.seconds(), Seconds::from([0, 600, 600, 0]));
    // One success is enough when the time is over.
    check.force(20 * MINUTE, 3);
    check.states(22, &[Pass]);
    assert_eq!(check.advance(23).transitions[0].to, State::Pass);
}

#[test]
fn an_event_that_probes_confirm_does_not_end_with_its_time() {
    let mut check = Check::default();
    check.states(1, &[Pass, Fail]);
    // The suspicion was right: it fails since then.
    let step = check.force(2 * MINUTE + 1000, 3);
    assert_eq!(step.transitions[0].at_ms, 2 * MINUTE);
    assert_eq!(check.states(3, &[Fail, Fail, Fail, Fail]), [State::Fail; 4]);
    assert!(check.state.forced.is_none() && check.state.incident.is_some());
    assert_eq!(
        check.states(7, &[Pass, Pass]),
        [State::Recovering, State::Pass]
    );
    assert_eq!(check.seconds(), Seconds::from([60, 360, 0, 0]));
}

#[test]
fn an_event_that_comes_late_has_no_effect_once_probes_passed() {
    let mut check = Check::default();
    check.states(1, &[Pass, Pass, Pass]);
    assert_eq!(check.force(MINUTE + 30_000, 10).transitions, []);
    let step = check.force(2 * MINUTE + 30_000, 10);
    assert_eq!(step.transitions[0].at_ms, 3 * MINUTE);
}

#[test]
fn a_check_flaps_while_half_of_its_results_change() {
    let mut check = Check::default();
    check.states(0, &[Pass; 20]);
    let alternate: Vec<_> = [Fail, Pass].into_iter().cycle().take(10).collect();
    check.states(20, &alternate[..9]);
    assert_eq!(check.state.flapping_since_ms, None);
    check.states(29, &alternate[9..]);
    assert_eq!(check.state.flapping_since_ms, Some(29 * MINUTE));
    check.states(30, &[Pass; 14]);
    assert_eq!(check.state.flapping_since_ms, Some(29 * MINUTE));
    check.states(44, &[Pass; 2]);
    assert_eq!(check.state.flapping_since_ms, None);
}
