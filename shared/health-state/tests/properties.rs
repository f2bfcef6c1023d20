//! What holds for all results in all orders.

use std::collections::BTreeMap;

use health_state::{
    CheckRules, CheckState, CloudEvent, DayRollup, Maintenance, Observation, Outcome, Schedule,
    Seconds, Step, Timeline, UnknownReason, UptimeHistory, replay,
};
use proptest::prelude::*;

const MINUTE: i64 = 60_000;
/// An hour before midnight, and a few milliseconds.
const START: i64 = 1_795_820_400_000 + 123;

fn observation(at_ms: i64, outcome: Outcome) -> Observation {
    Observation {
        at_ms,
        run_id: at_ms as u64,
        outcome,
        latency_us: Some(1),
        text: String::new(),
        evidence: Vec::new(),
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => Just(Outcome::Pass),
        1 => Just(Outcome::Warn),
        4 => Just(Outcome::Fail),
        1 => Just(Outcome::Unknown(UnknownReason::BudgetSpent)),
    ]
}

/// Results some seconds apart, sometimes with a gap.
fn observations() -> impl Strategy<Value = Vec<Observation>> {
    let pause = prop_oneof![8 => 30_000i64..90_000, 1 => 180_000i64..4_000_000];
    proptest::collection::vec((pause, outcome()), 1..120).prop_map(|results| {
        let mut at_ms = START;
        let result = |(pause, outcome)| {
            at_ms += pause;
            observation(at_ms, outcome)
        };
        results.into_iter().map(result).collect()
    })
}

fn rules() -> CheckRules {
    let window = Schedule::Once {
        from_ms: START + 50 * MINUTE,
        to_ms: START + 75 * MINUTE,
    };
    CheckRules {
        maintenance: Maintenance {
            schedules: vec![window],
        },
        ..CheckRules::default()
    }
}

#[derive(Default)]
struct Written {
    rollups: BTreeMap<i64, DayRollup>,
    timeline: Timeline,
}

impl Written {
    fn take(&mut self, step: &Step) {
        for day in step.days() {
            let rollup = self.rollups.entry(day);
            let rollup = rollup.or_insert_with(|| DayRollup::new(day));
            rollup.apply(step);
            // Written twice.
            assert!(!rollup.apply(step));
        }
        for span in &step.spans {
            self.timeline.record(span);
        }
    }

    fn seconds(&self) -> Vec<Seconds> {
        self.rollups.values().map(|rollup| rollup.seconds).collect()
    }
}

/// Seconds that are down, by another way: of all results at once, looking back.
fn down_s(outcomes: &[Outcome]) -> u32 {
    let (mut is_down, mut streak, mut passes) = (false, Vec::new(), 0);
    let mut down = vec![false; outcomes.len()];
    for (number, outcome) in outcomes.iter().enumerate() {
        match outcome.is_success() {
            Some(true) => {
                streak.clear();
                passes += 1;
                is_down &= passes < 2;
                down[number] = is_down;
            }
            Some(false) => {
                streak.push(number);
                passes = 0;
                is_down |= streak.len() >= 3;
                down[number] = is_down;
                if is_down {
                    streak.iter().for_each(|&number| down[number] = true);
                }
            }
            None => {}
        }
    }
    60 * down.iter().filter(|is_down| **is_down).count() as u32
}

proptest! {
    #[test]
    fn a_replay_does_not_depend_on_order_or_duplicates(
        (original, shuffled) in observations().prop_flat_map(|all| {
            let doubled: Vec<_> = all.iter().chain(&all).cloned().collect();
            (Just(all), Just(doubled).prop_shuffle())
        })
    ) {
        let until = original.last().unwrap().at_ms + MINUTE;
        prop_assert_eq!(replay(&original, &rules(), until), replay(&shuffled, &rules(), until));
    }

    #[test]
    fn one_by_one_comes_to_the_same_and_every_second_is_counted_once(all in observations()) {
        let (mut state, mut written) = (CheckState::default(), Written::default());
        for observation in &all {
            written.take(&state.observe(observation, &rules()));
        }
        let until = all.last().unwrap().at_ms + 10 * MINUTE;
        written.take(&state.advance(until, &rules()));
        let replayed = replay(&all, &rules(), until);
        prop_assert_eq!(&replayed.state, &state);
        prop_assert_eq!(&replayed.timeline, &written.timeline);
        let of_timeline: Vec<_> = written.timeline.days().iter().map(|day| day.seconds).collect();
        prop_assert_eq!(written.seconds(), of_timeline);
        let total: u64 = written.seconds().iter().map(Seconds::total).sum();
        prop_assert_eq!(total as i64, until / 1000 - all[0].at_ms / 1000);
    }

    #[test]
    fn time_may_pass_between_results(all in observations()) {
        let mut written = [Written::default(), Written::default()];
        let mut states = [CheckState::default(), CheckState::default()];
        for observation in &all {
            for (number, (state, written)) in states.iter_mut().zip(&mut written).enumerate() {
                if number == 1 {
                    written.take(&state.advance(observation.at_ms - 20_000, &rules()));
                    written.take(&state.advance(observation.at_ms - 1, &rules()));
                }
                written.take(&state.observe(observation, &rules()));
            }
        }
        let [plain, advanced] = written;
        prop_assert_eq!(plain.seconds(), advanced.seconds());
        prop_assert_eq!(states[0].state, states[1].state);
        prop_assert_eq!(&states[0].incident, &states[1].incident);
    }

    #[test]
    fn duplicates_change_nothing(all in observations(), back in 0usize..20) {
        let mut state = CheckState::default();
        for (number, observation) in all.iter().enumerate() {
            state.observe(observation, &rules());
            let before = state.clone();
            let again = &all[number.saturating_sub(back)];
            let other = Observation { at_ms: again.at_ms + 1, outcome: Outcome::Fail, ..again.clone() };
            prop_assert_eq!(state.observe(again, &rules()), Step { version: before.version, ..Step::default() });
            state.observe(&other, &rules());
            prop_assert_eq!(&state, &before);
        }
    }

    #[test]
    fn late_results_are_counted_and_not_judged(all in observations().prop_shuffle()) {
        let (mut state, mut kept) = (CheckState::default(), CheckState::default());
        let (mut newest, mut late, mut total) = (i64::MIN, 0, 0i64);
        for observation in &all {
            let step = state.observe(observation, &rules());
            total += step.spans.iter().filter(|span| span.was.is_none()).map(|span| span.to_s - span.from_s).sum::<i64>();
            if observation.at_ms > newest {
                newest = observation.at_ms;
                kept.observe(observation, &rules());
            } else {
                prop_assert!(step.transitions.is_empty() && step.spans.is_empty());
                late += 1;
            }
        }
        prop_assert_eq!((state.state, state.since_ms, &state.incident), (kept.state, kept.since_ms, &kept.incident));
        prop_assert_eq!((state.late, total), (late, newest / 1000 - all[0].at_ms / 1000));
    }

    #[test]
    fn only_confirmed_failures_are_down(outcomes in proptest::collection::vec(outcome(), 1..100)) {
        let at = |number: usize| START + number as i64 * MINUTE;
        let all: Vec<_> = outcomes.iter().enumerate().map(|(number, outcome)| observation(at(number), *outcome)).collect();
        let replayed = replay(&all, &CheckRules::default(), at(all.len()));
        let mut seconds = Seconds::default();
        replayed.timeline.days().iter().for_each(|day| seconds.merge(&day.seconds));
        let unknown = outcomes.iter().filter(|outcome| outcome.is_success().is_none()).count() as u32 * 60;
        let down = down_s(&outcomes);
        prop_assert_eq!(seconds, Seconds::from([60 * all.len() as u32 - unknown - down, down, unknown, 0]));
    }

    #[test]
    fn a_stored_state_goes_on_as_before(all in observations(), at in 0usize..120) {
        let (mut state, mut stored) = (CheckState::default(), CheckState::default());
        for (number, observation) in all.iter().enumerate() {
            if number == at {
                stored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
            }
            prop_assert_eq!(state.observe(observation, &rules()), stored.observe(observation, &rules()));
        }
        prop_assert_eq!(state, stored);
    }

    #[test]
    fn histories_merge_in_any_order(days in proptest::collection::vec((0i64..500, any::<[u16; 4]>()), 0..60), at in 0usize..60) {
        let history = |days: &[(i64, [u16; 4])]| {
            let mut history = UptimeHistory::default();
            for (day, seconds) in days {
                let rollup = DayRollup { seconds: seconds.map(u32::from).into(), ..DayRollup::new(*day) };
                history.merge(&[rollup].iter().collect());
            }
            history
        };
        let (left, right) = days.split_at(at.min(days.len()));
        let (mut forth, mut back) = (history(left), history(right));
        forth.merge(&history(right));
        back.merge(&history(left));
        prop_assert_eq!(&forth, &history(&days));
        prop_assert_eq!(&forth, &back);
        forth.prune(450);
        prop_assert_eq!(forth.seconds(0..=50).total(), 0);
        prop_assert_eq!(forth.seconds(51..=500), back.seconds(51..=500));
    }
}

proptest! {
    // Each gap is 400 days to write.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_moment_is_too_odd(times in proptest::collection::vec((any::<i64>(), outcome(), any::<i64>()), 1..20)) {
        let (mut state, mut written) = (CheckState::default(), Written::default());
        for (at_ms, outcome, other_ms) in times {
            written.take(&state.observe(&observation(at_ms, outcome), &rules()));
            let event = CloudEvent { at_ms: other_ms, limit_ms: at_ms, text: String::new(), evidence: Vec::new() };
            written.take(&state.force(&event, &rules()));
            written.take(&state.advance(other_ms, &rules()));
        }
        let of_timeline: Vec<_> = written.timeline.days().iter().map(|day| day.seconds).collect();
        prop_assert_eq!(written.seconds(), of_timeline);
    }
}

#[test]
fn four_hundred_days_are_stored_in_thirteen_kilobytes_at_most() {
    let mut history = UptimeHistory::default();
    for day in 20_000..20_400 {
        let seconds = Seconds::from([70_000, 10_000, 5_000, 1_400]);
        history.put(&DayRollup {
            seconds,
            ..DayRollup::new(day)
        });
    }
    let text = serde_json::to_string(&history).unwrap();
    assert!(text.len() < 13_000, "{}", text.len());
    assert_eq!(
        serde_json::from_str::<UptimeHistory>(&text).unwrap(),
        history
    );
}
