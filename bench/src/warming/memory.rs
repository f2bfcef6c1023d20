//! Memory by time.

use serde::Serialize;

use super::warmer::Resident;

/// What the warmer had in memory at a moment.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Moment {
    pub(super) seconds: f64,
    /// Pages that were asked for so far.
    pub(super) pages: u64,
    /// KiB of the process that plans.
    pub(super) plan_kib: u64,
    /// KiB of the larger of those that ask for pages.
    pub(super) pages_kib: u64,
}

impl Moment {
    pub(super) const fn new(seconds: f64, pages: u64, resident: Resident) -> Self {
        Self {
            seconds,
            pages,
            plan_kib: resident.plan,
            pages_kib: resident.pages,
        }
    }
}

/// The largest of a third of the moments, of the last third and the first: memory is flat where
/// they are alike, however much there was to do between them. `None` for too few moments.
pub(super) fn growth(moments: &[Moment], kib: fn(&Moment) -> u64) -> Option<f64> {
    let third = moments.len() / 3;
    let largest = |part: &[Moment]| part.iter().map(kib).max().unwrap_or(0);
    let first = largest(moments.get(..third)?);
    let last = largest(moments.get(moments.len() - third..)?);
    (first > 0).then(|| last as f64 / first as f64)
}

/// Some of the moments, with the first and the last.
pub(super) fn sampled(moments: &[Moment], rows: usize) -> Vec<Moment> {
    let step = moments.len().div_ceil(rows).max(1);
    let mut sampled: Vec<_> = moments.iter().step_by(step).copied().collect();
    let last = moments.last().filter(|last| {
        let is_there = |moment: &Moment| moment.seconds.total_cmp(&last.seconds).is_eq();
        !sampled.last().is_some_and(is_there)
    });
    sampled.extend(last);
    sampled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(kib: impl Fn(u64) -> u64) -> Vec<Moment> {
        let moment = |seconds: u64| Moment {
            seconds: seconds as f64,
            pages: seconds * 100,
            plan_kib: 0,
            pages_kib: kib(seconds),
        };
        (0..90).map(moment).collect()
    }

    #[test]
    fn what_grows_is_told_from_what_does_not() {
        let of = |kib: fn(u64) -> u64| growth(&moments(kib), |moment| moment.pages_kib).unwrap();
        // Each new process begins small.
        assert!((of(|second| 9_000 + second % 20 * 10) - 1.0).abs() < 0.01);
        assert!(of(|second| 9_000 + second * 100) > 1.4);
        assert!(growth(&[], |moment| moment.pages_kib).is_none());
        assert!(growth(&moments(|_| 0), |moment| moment.pages_kib).is_none());
    }

    #[test]
    fn the_first_and_the_last_moment_are_shown() {
        let rows = sampled(&moments(|_| 1), 10);
        assert!(rows.len() <= 11);
        assert_eq!(rows.first().map(|row| row.pages), Some(0));
        assert_eq!(rows.last().map(|row| row.pages), Some(8_900));
        assert!(sampled(&[], 10).is_empty());
    }
}
