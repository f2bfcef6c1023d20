use health_checks::{Percent, Period};
use origin_limit::Budget;
use serde::Deserialize;

use crate::Item;

/// What warming may use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// In a UTC day, of all runs of a target.
    pub day: DayBudget,
    /// In one run.
    pub run: RunBudget,
}

/// What all runs of a target may use in a UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DayBudget {
    /// Requests.
    pub requests: u64,
    /// Bytes of answers.
    pub bytes: u64,
    /// Seconds that the origin works.
    pub origin_seconds: u64,
}

/// What one run may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunBudget {
    /// Requests.
    pub requests: u64,
    /// Bytes of answers.
    pub bytes: u64,
    /// Seconds that the origin works.
    pub origin_seconds: u64,
    /// From its start on.
    pub deadline: Period,
}

/// How it is found out whether warming worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Verify {
    /// The share of items that are looked at again.
    pub sample: Percent,
    /// Whether they are asked for once more right after, which shows whether the cache kept
    /// them.
    pub second_get: bool,
}

/// How long pages stay in the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FreshnessRules {
    /// How long a page is taken to stay, when values are reckoned.
    pub assume: Period,
    /// What stays at least so much longer is not asked for.
    pub margin: Period,
}

impl Default for DayBudget {
    fn default() -> Self {
        Self {
            requests: 20_000,
            bytes: 5_000_000_000,
            origin_seconds: 1_800,
        }
    }
}

impl Default for RunBudget {
    fn default() -> Self {
        Self {
            requests: 5_000,
            bytes: 1_000_000_000,
            origin_seconds: 600,
            deadline: Period::from_seconds(3_000),
        }
    }
}

impl Default for Verify {
    fn default() -> Self {
        Self {
            sample: Percent::of(5, 100),
            second_get: true,
        }
    }
}

impl Default for FreshnessRules {
    fn default() -> Self {
        Self {
            assume: Period::from_seconds(600),
            margin: Period::from_seconds(10),
        }
    }
}

impl DayBudget {
    /// As the target's account has it; no request starts from `until_ms` on.
    #[must_use]
    pub const fn budget(&self, until_ms: i64) -> Budget {
        Budget {
            requests: self.requests,
            bytes: self.bytes,
            origin_ms: self.origin_seconds.saturating_mul(1000),
            until_ms,
        }
    }
}

impl RunBudget {
    /// As an account of the run has it.
    #[must_use]
    pub fn budget(&self, started_ms: i64) -> Budget {
        Budget {
            requests: self.requests,
            bytes: self.bytes,
            origin_ms: self.origin_seconds.saturating_mul(1000),
            until_ms: self.until_ms(started_ms),
        }
    }

    /// When the time of a run is over.
    #[must_use]
    pub fn until_ms(&self, started_ms: i64) -> i64 {
        started_ms.saturating_add(self.deadline.signed_ms())
    }
}

impl Verify {
    /// Whether an item of a run is asked for a second time: the same answer whoever asks, so
    /// that a chunk that is done again has the same samples.
    #[must_use]
    pub fn is_sampled(&self, run: &str, item: &Item) -> bool {
        let variant = item.variant.to_string();
        let parts = [run, item.path.as_str(), variant.as_str()];
        let hash = parts.iter().fold(FNV_START, |hash, part| fnv(hash, part));
        // The high bits of an FNV hash of short texts are the mixed ones.
        let place = (hash >> 32) % 10_000;
        self.second_get && place < u64::from(self.sample.hundredths())
    }
}

/// <https://www.rfc-editor.org/rfc/rfc9923>
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// A hash that is the same in every build: samples must not change with the compiler.
fn fnv(hash: u64, text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
    // What is no text stands between the parts.
    text.bytes().chain([0xff]).fold(hash, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Variant;

    fn items() -> impl Iterator<Item = Item> {
        (0..10_000).map(|number| Item {
            path: format!("/products/{number}"),
            variant: Variant::default(),
            value: 0.0,
        })
    }

    #[test]
    fn samples_are_the_share_that_is_asked_for_and_the_same_again() {
        let verify = Verify::default();
        let sampled = |run: &str| -> Vec<bool> {
            items().map(|item| verify.is_sampled(run, &item)).collect()
        };
        let first = sampled("shop-hot-1");
        let count = first.iter().filter(|is_sampled| **is_sampled).count();
        assert!((400..600).contains(&count), "{count}");
        assert_eq!(first, sampled("shop-hot-1"));
        assert_ne!(first, sampled("shop-hot-2"));
    }

    #[test]
    fn nothing_and_everything_are_shares() {
        let all = Verify {
            sample: Percent::of(1, 1),
            second_get: true,
        };
        assert!(items().all(|item| all.is_sampled("r", &item)));
        let off = Verify {
            second_get: false,
            ..all
        };
        assert!(!items().any(|item| off.is_sampled("r", &item)));
    }

    #[test]
    fn a_run_ends_with_its_deadline() {
        let budget = RunBudget::default().budget(1000);
        assert_eq!(budget.until_ms, 3_001_000);
        assert_eq!(budget.origin_ms, 600_000);
    }
}
