//! States as rows.

use health_state::State;

use super::*;
use crate::item::text;

fn observed(outcomes: &[Outcome]) -> CheckState {
    let mut state = CheckState::default();
    for (minute, outcome) in (0..).zip(outcomes) {
        let observation = Observation {
            at_ms: 1_795_774_800_000 + minute * 60_000,
            run_id: minute.unsigned_abs(),
            outcome: *outcome,
            latency_us: Some(1000),
            text: "status 503 instead of 200".to_owned(),
            evidence: vec!["dns 1 ms, connect 2 ms".to_owned(); 3],
        };
        state.observe(&observation, &CheckRules::default());
    }
    state
}

#[test]
fn a_state_reads_back_as_written_and_takes_little() {
    let state = observed(&[Outcome::Fail; 25]);
    assert_eq!(state.state, State::Fail);
    let item = write_state("home", &state, 1_795_774_800_000).unwrap();
    assert_eq!(read_state(&item), state);
    let bytes = string(&item, STATE).unwrap().len();
    assert!(bytes < 2_500, "{bytes}");
}

#[test]
fn a_state_that_cannot_be_read_begins_anew_under_its_version() {
    let mut item = write_state("home", &observed(&[Outcome::Pass]), 0).unwrap();
    item.insert(STATE.to_owned(), text("{"));
    let state = read_state(&item);
    assert_eq!((state.version, state.state), (1, State::Unknown));
}

#[test]
fn time_that_changes_nothing_is_not_written() {
    let rules = CheckRules::default();
    let mut state = observed(&[Outcome::Pass]);
    let before = state.clone();
    advance(&mut state, 1_795_774_860_000, &rules);
    assert_eq!(state, before);
    let step = advance(&mut state, 1_795_775_800_000, &rules);
    assert_eq!((state.state, step.transitions.len()), (State::Unknown, 1));
}
