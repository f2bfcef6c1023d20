//! What workers see of the shared state.

use origin_limit::{Batch, Health, Limiter, Outcome, Rules, RulesError, Sample};
use proptest::prelude::*;

/// When all that a test tells of is past.
const LATER: i64 = 1_000_000;

fn limiter(rules: &Rules) -> Limiter {
    let mut limiter = Limiter::new(rules);
    limiter.hear(rules, Health::Good, 0);
    limiter.lease(rules, "a", 0);
    limiter
}

fn batch(worker: &str, first: u64, samples: Vec<Sample>) -> Batch {
    let worker = worker.to_owned();
    Batch {
        worker,
        first,
        samples,
    }
}

/// Answers one after another from a time on, as if 16 were in flight.
fn answers(from_ms: i64, ms: i64, count: i64) -> Vec<Sample> {
    let answer = |n: i64| Sample {
        started_ms: from_ms + n * ms,
        first_byte_ms: ms,
        in_flight: 16,
        outcome: Outcome::Ok,
    };
    (0..count).map(answer).collect()
}

fn refused(started_ms: i64, retry_after_ms: Option<i64>) -> Sample {
    Sample {
        started_ms,
        first_byte_ms: 5,
        in_flight: 1,
        outcome: Outcome::Throttled { retry_after_ms },
    }
}

/// Risen to 5 in the first 39 seconds.
fn risen(rules: &Rules) -> Limiter {
    let mut limiter = limiter(rules);
    for second in (9..39).step_by(9) {
        limiter.lease(rules, "a", second * 1000);
    }
    let now_ms = 39_000;
    assert!(limiter.fold(rules, &batch("a", 0, answers(0, 50, 780)), now_ms));
    limiter.lease(rules, "a", now_ms);
    assert!((limiter.limit() - 5.0).abs() < 1.0, "{}", limiter.limit());
    limiter
}

#[test]
fn good_windows_raise_the_limit_up_to_the_highest_and_bad_ones_lower_it() {
    let rules = Rules::default();
    let mut limiter = limiter(&rules);
    limiter.fold(&rules, &batch("a", 0, answers(0, 50, 4128)), LATER);
    assert_eq!(limiter.limit(), 16.0);
    let slow = answers(210_000, 100, 21);
    limiter.fold(&rules, &batch("a", 4128, slow), LATER);
    assert!((limiter.limit() - 9.6).abs() < 1e-9);
    limiter.fold(&rules, &batch("a", 4149, answers(300_000, 100, 900)), LATER);
    assert_eq!(limiter.limit(), rules.min);
    assert_eq!((limiter.slots("a", 1), limiter.rest_ms()), (1, 400));
}

#[test]
fn a_limit_that_nobody_uses_does_not_rise() {
    let rules = Rules::default();
    let mut limiter = limiter(&rules);
    let mut lone = answers(0, 50, 6000);
    lone.iter_mut().for_each(|sample| sample.in_flight = 1);
    limiter.fold(&rules, &batch("a", 0, lone), LATER);
    assert!(limiter.limit() < 3.0, "{}", limiter.limit());
}

#[test]
fn a_refusal_halves_once_for_all_that_were_in_flight() {
    let rules = Rules::default();
    let mut limiter = risen(&rules);
    let before = limiter.limit();
    let both = vec![refused(39_000, None), refused(39_001, Some(7000))];
    limiter.fold(&rules, &batch("a", 780, both), 39_010);
    assert_eq!(limiter.paused_until_ms(), 39_001 + 5 + 7000);
    assert_eq!(limiter.slots("a", 46_005), 0);
    assert_eq!(limiter.slots("a", 46_006), 1, "one goes first");
    limiter.fold(&rules, &batch("a", 782, answers(46_006, 50, 1)), 46_056);
    assert_eq!(limiter.limit(), before / 2.0);
}

#[test]
fn a_storm_of_503_stops_all_sixteen_at_once() {
    let rules = Rules::default();
    let mut limiter = limiter(&rules);
    limiter.fold(&rules, &batch("a", 0, answers(0, 50, 4128)), LATER);
    assert_eq!(limiter.limit(), 16.0);
    let storm = (0..16).map(|n| refused(200_000 + n, None)).collect();
    limiter.fold(&rules, &batch("a", 4128, storm), LATER);
    assert_eq!(limiter.limit(), 1.0);
    assert_eq!(
        limiter.paused_until_ms(),
        200_002 + 5 + rules.error_pause_ms
    );
}

#[test]
fn health_brakes_until_it_is_told_otherwise_and_only_by_later_news() {
    let rules = Rules::default();
    assert_eq!(Limiter::new(&rules).limit(), 1.0);
    let mut limiter = risen(&rules);
    limiter.hear(&rules, Health::Down, 20_000);
    assert_eq!((limiter.limit(), limiter.slots("a", 20_000)), (0.0, 0));
    limiter.hear(&rules, Health::Good, 19_999);
    assert_eq!(limiter.health(), Health::Down);
    for health in [Health::Degraded, Health::Unknown, Health::Good] {
        limiter.hear(&rules, health, 20_001);
        assert_eq!((limiter.limit(), limiter.slots("a", 20_001)), (1.0, 1));
    }
}

#[test]
fn live_workers_divide_the_limit_and_one_has_at_least_one() {
    let rules = Rules::default();
    let mut limiter = limiter(&rules);
    let parts = |limiter: &Limiter, now_ms| ["a", "b", "c"].map(|w| limiter.slots(w, now_ms));
    limiter.fold(&rules, &batch("a", 0, answers(0, 50, 4128)), LATER);
    for worker in ["a", "c", "b"] {
        limiter.lease(&rules, worker, LATER);
    }
    assert_eq!(limiter.limit(), 8.0, "resumed at half");
    assert_eq!(parts(&limiter, LATER), [3, 3, 2]);
    limiter.release("b", LATER + 4);
    assert_eq!(parts(&limiter, LATER + 4), [4, 0, 4]);
    limiter.lease(&rules, "c", LATER + 5);
    assert_eq!(parts(&limiter, LATER + 10_000), [0, 0, 8]);
    assert_eq!(parts(&limiter, LATER + 10_005), [0, 0, 0]);
    limiter.hear(&rules, Health::Degraded, LATER);
    for worker in ["a", "c", "b"] {
        limiter.lease(&rules, worker, LATER + 70_000);
    }
    assert_eq!(parts(&limiter, LATER + 70_000), [1, 0, 0]);
}

#[test]
fn the_next_invocation_resumes_at_half_and_long_after_from_the_start() {
    let rules = Rules::default();
    let mut limiter = risen(&rules);
    let limit = limiter.limit();
    limiter.lease(&rules, "b", 40_000);
    assert_eq!(limiter.limit(), limit, "others are at work");
    limiter.lease(&rules, "c", 100_000);
    assert_eq!(limiter.limit(), limit / 2.0);
    limiter.lease(&rules, "d", 100_000 + rules.baseline_age_ms);
    assert_eq!(limiter.limit(), rules.start);
}

#[test]
fn a_stale_update_is_folded_into_the_newer_state_and_only_once() {
    let rules = Rules::default();
    let read = risen(&rules);
    let (mut of_a, mut of_b) = (read.clone(), read.clone());
    let from_a = batch("a", 780, answers(39_000, 50, 90));
    let from_b = batch("b", 0, vec![refused(39_100, Some(9000))]);
    of_a.fold(&rules, &from_a, 44_000);
    of_b.fold(&rules, &from_b, 44_000);
    assert!(of_a.version() > read.version() && of_b.version() > read.version());
    // `a` was first; `b` reads again.
    let mut stored = of_a;
    assert!(stored.fold(&rules, &from_b, 44_000));
    let version = stored.version();
    assert!(!stored.fold(&rules, &from_b, 44_000), "the answer was lost");
    assert!(!stored.fold(&rules, &from_a, 44_000));
    assert_eq!(stored.version(), version);
    assert_eq!(stored.paused_until_ms(), 39_105 + 9000);
    // More of the same worker, with what is known already.
    let more = vec![refused(39_100, Some(9000)), refused(39_200, Some(20_000))];
    assert!(stored.fold(&rules, &batch("b", 0, more), 44_000));
    assert_eq!(stored.paused_until_ms(), 39_205 + 20_000);
}

#[test]
fn rules_that_cannot_work_are_refused() {
    let fault = |change: fn(&mut Rules)| {
        let mut rules = Rules::default();
        change(&mut rules);
        rules.check()
    };
    assert_eq!(fault(|_| {}), Ok(()));
    assert_eq!(fault(|r| r.max = 0.5), Err(RulesError::Limits));
    assert_eq!(fault(|r| r.min = f64::NAN), Err(RulesError::Limits));
    assert_eq!(fault(|r| r.down = 1.0), Err(RulesError::Thresholds));
    assert_eq!(
        fault(|r| r.glance_down = 101.0),
        Err(RulesError::Thresholds)
    );
    assert_eq!(fault(|r| r.factor = 1.0), Err(RulesError::Pace));
    assert_eq!(fault(|r| r.glance = 61), Err(RulesError::Windows));
    assert_eq!(
        fault(|r| r.error_pause_ms = 900_001),
        Err(RulesError::Times)
    );
    assert!(
        serde_json::from_str::<Rules>(r#"{"max": 8}"#)
            .unwrap()
            .check()
            .is_ok()
    );
    assert!(serde_json::from_str::<Rules>(r#"{"maximum": 8}"#).is_err());
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let outcome = prop_oneof![
        8 => Just(Outcome::Ok),
        1 => any::<u16>().prop_map(Outcome::ServerError),
        1 => any::<Option<i64>>().prop_map(|retry_after_ms| Outcome::Throttled { retry_after_ms }),
        1 => Just(Outcome::TimedOut),
    ];
    let time = prop_oneof![9 => 0..1_000_000_i64, 1 => any::<i64>()];
    (time.clone(), time, any::<u32>(), outcome).prop_map(
        |(started_ms, first_byte_ms, in_flight, outcome)| Sample {
            started_ms,
            first_byte_ms,
            in_flight,
            outcome,
        },
    )
}

proptest! {
    #[test]
    fn whatever_comes_the_limit_stays_in_its_bounds_and_is_stored(
        samples in prop::collection::vec(any_sample(), 0..400),
        now_ms in any::<i64>(),
    ) {
        let rules = Rules::default();
        let mut limiter = limiter(&rules);
        limiter.lease(&rules, "b", now_ms);
        limiter.fold(&rules, &batch("b", 0, samples), now_ms);
        prop_assert!((rules.min..=rules.max).contains(&limiter.limit()));
        prop_assert!(limiter.rest_ms() >= 0);
        let slots = limiter.slots("a", now_ms) + limiter.slots("b", now_ms);
        prop_assert!(f64::from(slots) <= limiter.limit().max(1.0));
        let json = serde_json::to_string(&limiter).unwrap();
        prop_assert!(json.len() < 8000, "a row of {} bytes", json.len());
        prop_assert_eq!(serde_json::from_str::<Limiter>(&json).unwrap(), limiter);
    }

    #[test]
    fn batches_cut_anywhere_come_to_the_same(
        samples in prop::collection::vec(any_sample(), 0..200),
        cut in 0..200_usize,
    ) {
        let rules = Rules::default();
        let (mut whole, mut cut_up) = (limiter(&rules), limiter(&rules));
        whole.fold(&rules, &batch("a", 0, samples.clone()), LATER);
        cut_up.fold(&rules, &batch("a", 0, samples[..cut.min(samples.len())].to_vec()), LATER);
        cut_up.fold(&rules, &batch("a", 0, samples), LATER);
        prop_assert_eq!(whole.limit(), cut_up.limit());
        prop_assert_eq!(whole.paused_until_ms(), cut_up.paused_until_ms());
    }
}
