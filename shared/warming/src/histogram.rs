use serde::{Deserialize, Serialize};

/// Upper bounds of the classes in milliseconds; there is one more for all above.
const BOUNDS_MS: [u32; 11] = [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120];

/// How many answers took how long to their first byte, in classes that each reach twice as far
/// as the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Histogram([u64; 12]);

impl Histogram {
    /// Counts an answer.
    pub fn add(&mut self, ms: u32) {
        let class = BOUNDS_MS.iter().position(|bound| ms <= *bound);
        let class = class.unwrap_or(BOUNDS_MS.len());
        if let Some(count) = self.0.get_mut(class) {
            *count += 1;
        }
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        let pairs = self.0.iter_mut().zip(other.0);
        pairs.for_each(|(count, more)| *count += more);
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The classes, each with its upper bound in milliseconds; the last has none.
    pub fn classes(&self) -> impl Iterator<Item = (Option<u32>, u64)> {
        let bounds = BOUNDS_MS.iter().copied().map(Some).chain([None]);
        bounds.zip(self.0)
    }

    /// The upper bound, in milliseconds, of the class that this share of answers does not
    /// exceed; for the last class, its lower bound. `None` where nothing was counted.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<u32> {
        let total = self.count();
        if total == 0 {
            return None;
        }
        let rank = ((total as f64 * share).ceil() as u64).clamp(1, total);
        let mut sum = 0;
        for (bound, count) in self.classes() {
            sum += count;
            if sum >= rank {
                return bound.or(BOUNDS_MS.last().copied());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_bounds_of_classes() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), None);
        for ms in [1, 5, 6, 300, 9_000] {
            histogram.add(ms);
        }
        assert_eq!(histogram.quantile(0.0), Some(5));
        assert_eq!(histogram.quantile(0.5), Some(10));
        assert_eq!(histogram.quantile(0.8), Some(320));
        assert_eq!(histogram.quantile(1.0), Some(5_120));
        assert_eq!(histogram.count(), 5);
    }
}
