use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{Seconds, Step};

/// Days that are kept.
pub const HISTORY_DAYS: i64 = 400;

/// Bars of the status page, a day each.
pub const BAR_DAYS: i64 = 90;

/// The seconds of one check on one day of UTC.
///
/// Written with the state's step, at once or again: a step that it has taken in already has no
/// effect. Steps must come in the order of their versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRollup {
    /// Days since 1970.
    pub day: i64,
    /// What they were.
    pub seconds: Seconds,
    /// The version of the last step that changed it.
    pub version: u64,
}

impl DayRollup {
    /// A day of which nothing is known.
    #[must_use]
    pub fn new(day: i64) -> Self {
        Self {
            day,
            seconds: Seconds::default(),
            version: 0,
        }
    }

    /// Takes in what of a step is on this day; whether that changed anything.
    pub fn apply(&mut self, step: &Step) -> bool {
        let is_touched = step.spans.iter().any(|span| span.seconds_on(self.day) > 0);
        if step.version <= self.version || !is_touched {
            return false;
        }
        for span in &step.spans {
            self.seconds.count(span, self.day);
        }
        self.version = step.version;
        true
    }
}

/// A bar of the status page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Days since 1970.
    pub day: i64,
    /// What its seconds were; none at all when it was not observed.
    pub seconds: Seconds,
}

/// The days of a check. Histories of different times merge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UptimeHistory {
    days: BTreeMap<i64, Seconds>,
}

impl UptimeHistory {
    /// Puts a day in, instead of what was known of it.
    pub fn put(&mut self, rollup: &DayRollup) {
        self.days.insert(rollup.day, rollup.seconds);
    }

    /// Adds another's seconds, which must be of other times.
    pub fn merge(&mut self, other: &Self) {
        for (day, seconds) in &other.days {
            self.days.entry(*day).or_default().merge(seconds);
        }
    }

    /// Forgets days that are no longer kept.
    pub fn prune(&mut self, today: i64) {
        let first = today.saturating_sub(HISTORY_DAYS - 1);
        self.days = self.days.split_off(&first);
    }

    /// What the seconds of some days were.
    #[must_use]
    pub fn seconds(&self, days: RangeInclusive<i64>) -> Seconds {
        let mut sum = Seconds::default();
        if days.start() <= days.end() {
            for seconds in self.days.range(days).map(|(_, seconds)| seconds) {
                sum.merge(seconds);
            }
        }
        sum
    }

    /// The uptime of the last days, today included; `None` when nothing is known.
    #[must_use]
    pub fn uptime(&self, today: i64, days: i64) -> Option<f64> {
        let first = today.saturating_sub(days.saturating_sub(1));
        self.seconds(first..=today).uptime()
    }

    /// The last [`BAR_DAYS`], today last.
    #[must_use]
    pub fn bars(&self, today: i64) -> Vec<Bar> {
        let first = today.saturating_sub(BAR_DAYS - 1);
        let bar = |day| Bar {
            day,
            seconds: self.days.get(&day).copied().unwrap_or_default(),
        };
        (first..=today).map(bar).collect()
    }
}

impl<'a> FromIterator<&'a DayRollup> for UptimeHistory {
    fn from_iter<I: IntoIterator<Item = &'a DayRollup>>(rollups: I) -> Self {
        let mut history = Self::default();
        for rollup in rollups {
            history.put(rollup);
        }
        history
    }
}
