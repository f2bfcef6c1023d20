//! Every item counts once, however often and in whatever pieces its results come; and parts of
//! a run add up to the same whole in any order.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use origin_limit::{Health, Limiter, Rules};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use warming::{
    Chunk, ChunkProgress, ChunkResult, Class, Completions, Failure, Item, ItemResult, Lane, Layer,
    MAX_ERRORS, MAX_SLOWEST, MAX_UNCACHEABLE, SkipReason, Stop, Uncacheable, Variant, Verdict,
    Visit,
};

fn chunk(items: usize) -> Chunk {
    let item = |number: usize| Item {
        path: format!("/p/{number}"),
        variant: ["br", "gzip.mobile"][number % 2].parse().unwrap(),
        value: 0.0,
    };
    Chunk {
        run: "shop-hot-1".to_owned(),
        target: "shop".to_owned(),
        lane: Lane::P1,
        chunk: 0,
        items: (0..items).map(item).collect(),
    }
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let class = select(vec![
        (Class::HitEdge, Layer::Edge),
        (Class::HitShield, Layer::Shield),
        (Class::Refreshed, Layer::Origin),
        (Class::Filled, Layer::Origin),
        (Class::Filled, Layer::Proxy),
        (Class::Uncacheable(Uncacheable::SetCookie), Layer::Origin),
        (Class::Redirect, Layer::Origin),
        (Class::Error(Failure::Status(404)), Layer::Origin),
        (Class::Error(Failure::Timeout), Layer::Origin),
    ]);
    let pop = select(vec![
        None,
        Some("FRA56-P3".to_owned()),
        Some("SEA19-C1".to_owned()),
    ]);
    (class, pop).prop_map(|((class, layer), pop)| Verdict {
        class,
        layer,
        fresh_for_ms: None,
        upstream_ms: None,
        pop,
    })
}

fn item_result() -> impl Strategy<Value = ItemResult> {
    let second = proptest::option::of(verdict());
    let visit = (
        verdict(),
        second,
        0..20_000u32,
        0..1_000_000u64,
        0..5_000u64,
    );
    let visited = visit.prop_map(|(first, second, first_byte_ms, bytes, origin_ms)| {
        ItemResult::Visited(Visit {
            requests: 1 + u32::from(second.is_some()),
            first,
            second,
            first_byte_ms,
            bytes,
            origin_ms,
        })
    });
    let reasons = vec![SkipReason::Budget, SkipReason::Brake, SkipReason::Deadline];
    prop_oneof![9 => visited, 1 => select(reasons).prop_map(ItemResult::Skipped)]
}

/// A part of a run: results of items, minutes of the limit, stops.
fn part() -> impl Strategy<Value = ChunkResult> {
    let results = vec(item_result(), 0..100);
    let minutes = vec((0..400i64, 1..16u32, any::<bool>()), 0..20);
    (results, minutes, 0..3usize).prop_map(|(results, minutes, stops)| {
        let mut progress = ChunkProgress::new(results.len() as u32);
        progress
            .advance(&chunk(results.len()), 0, &results)
            .unwrap();
        for (minute, max, is_good) in minutes {
            let rules = Rules {
                start: f64::from(max),
                ..Rules::default()
            };
            let mut limiter = Limiter::new(&rules);
            let health = if is_good { Health::Good } else { Health::Down };
            limiter.hear(&rules, health, 0);
            progress.note_limit(minute * 60_000, &limiter);
        }
        (0..stops).for_each(|stop| progress.note_stop(Stop::ALL[stop]));
        progress.result
    })
}

fn merged(parts: &[&ChunkResult]) -> ChunkResult {
    let mut whole = ChunkResult::default();
    parts.iter().for_each(|part| whole.merge(part));
    whole
}

proptest! {
    #[test]
    fn parts_add_up_to_the_same_whole_in_any_order(a in part(), b in part(), c in part()) {
        prop_assert_eq!(merged(&[&a, &b, &c]), merged(&[&c, &a, &b]));
        prop_assert_eq!(merged(&[&a, &b, &c]), merged(&[&a, &merged(&[&b, &c])]));
        prop_assert_eq!(merged(&[&ChunkResult::default(), &a]), a);
    }

    #[test]
    fn a_whole_has_bounds_and_counts_everything(parts in vec(part(), 0..8)) {
        let parts: Vec<_> = parts.iter().collect();
        let whole = merged(&parts);
        prop_assert!(whole.slowest.len() <= MAX_SLOWEST);
        prop_assert!(whole.errors.len() <= MAX_ERRORS);
        prop_assert!(whole.uncacheable.len() <= MAX_UNCACHEABLE);
        prop_assert!(whole.limits.len() <= 240 && whole.pops.len() <= 20);
        prop_assert_eq!(whole.errors.len() as u64, whole.failed.min(MAX_ERRORS as u64));
        prop_assert_eq!(whole.items(), parts.iter().map(|part| part.items()).sum::<u64>());
        prop_assert_eq!(whole.classes.values().sum::<u64>(), whole.done + whole.failed);
        prop_assert_eq!(whole.first_byte.count(), whole.done + whole.failed);
        let of_variants: u64 = whole.variants.values().map(|v| v.done + v.failed + v.skipped).sum();
        prop_assert_eq!(of_variants, whole.items());
        prop_assert!(whole.verified_hits <= whole.verified);
    }

    #[test]
    fn whatever_is_delivered_again_counts_once(
        results in vec(item_result(), 1..100),
        deliveries in vec((any::<prop::sample::Index>(), 1..40usize), 0..40),
    ) {
        let chunk = chunk(results.len());
        let mut whole = ChunkProgress::new(results.len() as u32);
        whole.advance(&chunk, 0, &results).unwrap();
        let mut progress = ChunkProgress::new(results.len() as u32);
        for (first, length) in deliveries {
            let first = first.index(results.len());
            let last = (first + length).min(results.len());
            let answer = progress.advance(&chunk, first as u32, &results[first..last]);
            prop_assert_eq!(answer.is_ok(), first as u32 <= progress.next);
            prop_assert_eq!(progress.result.items(), u64::from(progress.next));
            // It is stored and read by another worker.
            let stored = serde_json::to_string(&progress).unwrap();
            progress = serde_json::from_str(&stored).unwrap();
        }
        let next = progress.next as usize;
        progress.advance(&chunk, next as u32, &results[next..]).unwrap();
        prop_assert!(progress.is_done);
        prop_assert_eq!(progress, whole);
    }

    #[test]
    fn answers_out_of_order_are_handed_over_in_order(
        order in Just((0..60u32).collect::<Vec<_>>()).prop_shuffle(),
        taken in vec(any::<bool>(), 60),
    ) {
        let mut completions = Completions::new(10);
        let mut next = 10;
        for (index, takes) in order.into_iter().zip(taken) {
            completions.put(index, ItemResult::Skipped(SkipReason::Brake));
            if takes && let Some((first, results)) = completions.take() {
                prop_assert_eq!(first, next);
                next += results.len() as u32;
            }
        }
        next += completions.take().map_or(0, |(_, results)| results.len() as u32);
        prop_assert_eq!((next, completions.waiting()), (60, 0));
    }
}

#[test]
fn results_that_leave_a_gap_are_refused_whole() {
    let skipped = || ItemResult::Skipped(SkipReason::Brake);
    let mut progress = ChunkProgress::new(3);
    let gap = progress.advance(&chunk(3), 1, &[skipped()]).unwrap_err();
    assert_eq!((gap.first, gap.next), (1, 0));
    let four = [skipped(), skipped(), skipped(), skipped()];
    assert!(progress.advance(&chunk(3), 0, &four).is_err());
    assert_eq!(progress, ChunkProgress::new(3));
}

#[test]
fn one_worker_at_a_time_has_a_chunk() {
    let mut progress = ChunkProgress::new(1);
    progress.take("p1-a", 1000, 0).unwrap();
    assert_eq!(progress.take("p1-b", 2000, 999).unwrap_err().until_ms, 1000);
    progress.take("p1-a", 1500, 999).unwrap();
    progress.release("p1-b");
    assert!(progress.is_held(1499) && !progress.is_held(1500));
    progress.take("p1-b", 2000, 1500).unwrap();
    progress.release("p1-b");
    assert!(!progress.is_held(1500));
}

#[test]
fn what_was_not_there_again_is_named() {
    let of = |class, layer| Verdict {
        class,
        layer,
        ..Verdict::failed(Failure::Connect)
    };
    let filled = || of(Class::Filled, Layer::Origin);
    let seconds = [
        of(Class::HitEdge, Layer::Edge),
        filled(),
        of(Class::Uncacheable(Uncacheable::ZeroLifetime), Layer::Origin),
        Verdict::failed(Failure::Timeout),
    ];
    let results = seconds.map(|second| {
        ItemResult::Visited(Visit {
            first: filled(),
            second: Some(second),
            first_byte_ms: 1,
            bytes: 1,
            requests: 2,
            origin_ms: 1,
        })
    });
    let mut progress = ChunkProgress::new(4);
    progress.advance(&chunk(4), 0, &results).unwrap();
    let result = &progress.result;
    assert_eq!((result.verified, result.verified_hits), (3, 1));
    let reasons: Vec<_> = result.uncacheable_reasons.keys().copied().collect();
    assert_eq!(reasons, [Uncacheable::ZeroLifetime, Uncacheable::NotKept]);
    assert_eq!((result.done, result.requests), (4, 8));
    let variant: Variant = "br".parse().unwrap();
    assert_eq!(result.variants[&variant].done, 2);
}
