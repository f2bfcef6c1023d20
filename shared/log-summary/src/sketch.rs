use serde::{Deserialize, Serialize};

/// Steps between two powers of two: a percentile is off by at most 1 in 64, 1.6 %.
const STEPS_LOG2: u32 = 5;
const STEPS: u32 = 1 << STEPS_LOG2;

/// A distribution of durations that merges without loss: sums of integers, so the order of
/// what is added does not matter, as it does where a sketch keeps floating-point sums.
///
/// Buckets are log-linear, as in HdrHistogram: each power of two has 32 of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LatencySketch {
    counts: Vec<u64>,
    total: u64,
}

impl LatencySketch {
    /// Adds a duration in microseconds.
    #[inline]
    pub fn add(&mut self, us: u32) {
        let bucket = bucket_of(us);
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
    }

    /// Adds another distribution.
    pub fn merge(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.total += other.total;
    }

    /// How many durations there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.total
    }

    /// The duration, in microseconds, that a share of all do not exceed: `0.99` is the 99th
    /// percentile. The middle of its bucket; `None` when there are no durations.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<u32> {
        let rank = (self.total as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        let (low, high) = (lowest_of(bucket), lowest_of(bucket + 1));
        u32::try_from(low + (high - low) / 2).ok()
    }
}

#[inline]
fn bucket_of(us: u32) -> usize {
    if us < STEPS {
        return us as usize;
    }
    let exponent = us.ilog2() - STEPS_LOG2;
    ((exponent << STEPS_LOG2) + (us >> exponent)) as usize
}

/// The smallest value of a bucket.
fn lowest_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let steps = u64::from(STEPS);
    if bucket < 2 * steps {
        return bucket;
    }
    let exponent = (bucket >> STEPS_LOG2) - 1;
    (bucket - (exponent << STEPS_LOG2)) << exponent
}

/// Pairs of bucket and count: most buckets are empty.
impl Serialize for LatencySketch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let filled = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0);
        serializer.collect_seq(filled)
    }
}

impl<'de> Deserialize<'de> for LatencySketch {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut sketch = Self::default();
        for (bucket, count) in Vec::<(usize, u64)>::deserialize(deserializer)? {
            if bucket > bucket_of(u32::MAX) {
                return Err(serde::de::Error::custom(
                    "a bucket beyond the largest duration",
                ));
            }
            if bucket >= sketch.counts.len() {
                sketch.counts.resize(bucket + 1, 0);
            }
            sketch.counts[bucket] += count;
            sketch.total += count;
        }
        Ok(sketch)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sketch(values: &[u32]) -> LatencySketch {
        let mut sketch = LatencySketch::default();
        values.iter().for_each(|value| sketch.add(*value));
        sketch
    }

    #[test]
    fn buckets_follow_each_other_without_gaps() {
        for bucket in 0..=bucket_of(u32::MAX) {
            let lowest = u32::try_from(lowest_of(bucket)).unwrap();
            assert_eq!(bucket_of(lowest), bucket);
            if lowest > 0 {
                assert_eq!(bucket_of(lowest - 1), bucket - 1);
            }
        }
    }

    #[test]
    fn an_empty_sketch_has_no_percentile() {
        assert_eq!(sketch(&[]).quantile(0.5), None);
        assert_eq!(sketch(&[7]).quantile(0.0), Some(7));
    }

    proptest! {
        #[test]
        fn percentiles_are_within_two_percent(mut values in proptest::collection::vec(1u32.., 1..200), share in 0.01f64..1.0) {
            let estimate = f64::from(sketch(&values).quantile(share).unwrap());
            values.sort_unstable();
            let rank = ((values.len() as f64 * share).ceil() as usize).max(1);
            let exact = f64::from(values[rank - 1]);
            prop_assert!((estimate - exact).abs() <= exact * 0.0157 + 1.0, "{estimate} {exact}");
        }

        #[test]
        fn merging_and_storing_lose_nothing(values in proptest::collection::vec(any::<u32>(), 0..100), at in 0usize..100) {
            let (one, other) = values.split_at(at.min(values.len()));
            let mut merged = sketch(other);
            merged.merge(&sketch(one));
            prop_assert_eq!(merged.count(), values.len() as u64);
            let whole = sketch(&values);
            for share in [0.1, 0.5, 0.99] {
                prop_assert_eq!(merged.quantile(share), whole.quantile(share));
            }
            let stored = serde_json::to_string(&whole).unwrap();
            prop_assert_eq!(serde_json::from_str::<LatencySketch>(&stored).unwrap(), whole);
        }
    }
}
