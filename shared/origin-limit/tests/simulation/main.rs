//! The limiter against an origin, in simulated time.

mod origin;
mod random;
mod scenario;

use std::ops::Range;

use origin::run;
use origin_limit::{Outcome, Rules};
use scenario::{Run, Scenario, Service};

const SEEDS: Range<u64> = 1..5;

/// Eight servers of 50 ms a page, ten minutes.
fn scenario(seed: u64, load: f64) -> Scenario {
    Scenario {
        seed,
        servers: 8,
        service: Service::Lognormal,
        loads: vec![(600, load)],
        storm: 0..0,
        workers: 1,
        rules: Rules::default(),
    }
}

/// Times that users wait longer at the median and the 99th percentile, and the share of the
/// idle capacity that the warmer used.
#[derive(Debug, Default)]
struct Effect {
    p50: f64,
    p99: f64,
    used: f64,
}

/// Compares runs with and without the warmer, and asserts that users hardly notice: on the
/// whole, and, with a little more tolerance, in the ten minutes that went worst.
fn effect(scenario: impl Fn(u64) -> Scenario, load: f64, ms: Range<i64>) -> Effect {
    let mut mean = Effect::default();
    let runs = (SEEDS.end - SEEDS.start) as f64;
    for seed in SEEDS {
        let scenario = scenario(seed);
        let with = run(&scenario);
        let without = run(&Scenario {
            workers: 0,
            ..scenario.clone()
        });
        let times = |percentile| {
            with.user_ms(percentile, ms.clone()) / without.user_ms(percentile, ms.clone())
        };
        let (p50, p99) = (times(50.0), times(99.0));
        assert!(p50 <= 1.25 && p99 <= 1.2, "seed {seed}: {p50} and {p99}");
        mean.p50 += p50 / runs;
        mean.p99 += p99 / runs;
        let idle_rps = scenario.capacity_rps() * (1.0 - load);
        mean.used += with.warmed_rps(ms.clone()) / idle_rps / runs;
    }
    assert!(mean.p50 <= 1.15 && mean.p99 <= 1.10, "{mean:?}");
    mean
}

const ALL: Range<i64> = 0..600_000;

#[test]
fn without_visitors_most_of_the_capacity_is_used() {
    for seed in SEEDS {
        let idle = scenario(seed, 0.0);
        let used = run(&idle).warmed_rps(ALL) / idle.capacity_rps();
        assert!(used >= 0.6, "seed {seed}: {used}");
    }
}

#[test]
fn at_half_load_visitors_do_not_notice_and_idle_capacity_is_used() {
    let effect = effect(|seed| scenario(seed, 0.5), 0.5, ALL);
    assert!(effect.used >= 0.4, "{effect:?}");
}

#[test]
fn at_high_load_visitors_do_not_notice() {
    let effect = effect(|seed| scenario(seed, 0.78), 0.78, ALL);
    assert!(effect.used >= 0.1, "{effect:?}");
}

#[test]
fn three_workers_that_share_the_row_are_no_worse_than_one() {
    for (load, least) in [(0.5, 0.4), (0.78, 0.1)] {
        let three = |seed| Scenario {
            workers: 3,
            ..scenario(seed, load)
        };
        let effect = effect(three, load, ALL);
        assert!(effect.used >= least, "{effect:?}");
    }
}

#[test]
fn when_visitors_come_the_warmer_gives_way_and_takes_up_again() {
    let day = |seed| Scenario {
        loads: vec![(300, 0.5), (300, 0.78), (300, 0.5)],
        ..scenario(seed, 0.0)
    };
    effect(day, 0.78, 300_000..600_000);
    let after = effect(day, 0.5, 600_000..900_000);
    assert!(after.used >= 0.2, "{after:?}");
}

#[test]
fn answers_that_differ_widely_make_it_careful_rather_than_wrong() {
    for load in [0.5, 0.78] {
        let wide = |seed| Scenario {
            service: Service::Exponential,
            ..scenario(seed, load)
        };
        let effect = effect(wide, load, ALL);
        assert!(effect.used >= 0.05, "{effect:?}");
    }
}

#[test]
fn it_is_the_same_each_time() {
    let of = |run: Run| (run.users, run.samples, run.limits);
    let scenario = scenario(7, 0.5);
    assert_eq!(of(run(&scenario)), of(run(&scenario)));
}

/// 90 seconds of 503, from the first minute on.
fn storm(seed: u64, workers: usize) -> Run {
    run(&Scenario {
        storm: 60_000..150_000,
        workers,
        ..scenario(seed, 0.3)
    })
}

#[test]
fn a_storm_of_503_brings_it_to_one_in_two_seconds_and_stops_it_in_five() {
    let mut highest: f64 = 0.0;
    for seed in SEEDS {
        for workers in [1, 3] {
            let run = storm(seed, workers);
            highest = highest.max(run.limit_at(59_999));
            let refused: Vec<i64> = run
                .samples
                .iter()
                .filter(|sample| sample.outcome != Outcome::Ok)
                .map(|sample| sample.started_ms)
                .collect();
            assert!(run.limit_at(refused[0] + 2000) <= 1.0);
            let late = refused.iter().filter(|ms| (65_000..119_000).contains(*ms));
            assert_eq!(late.count(), 0, "{refused:?}");
            // Tried once a worker at most when the pause ends, then after twice as long.
            let tried = refused.iter().filter(|ms| **ms >= 119_000).count();
            assert!(tried <= workers, "{refused:?}");
        }
    }
    assert!(highest >= 2.0, "it was never above {highest}");
}

#[test]
fn after_a_storm_it_takes_up_again() {
    let (mut before, mut recovered) = (0.0, 0.0);
    for seed in SEEDS {
        let run = storm(seed, 1);
        assert_eq!(run.warmed_rps(70_000..180_000), 0.0);
        before += run.warmed_rps(10_000..60_000);
        recovered += run.warmed_rps(400_000..600_000);
    }
    assert!(recovered > before / 2.0, "{before} then {recovered}");
}
