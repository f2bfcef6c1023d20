use serde::{Deserialize, Serialize};

use crate::Weekly;

/// Windows that follow each other without a gap, at most, until an end is looked for no longer.
const CHAIN: usize = 100;

/// When a window is open. Its end is no longer part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// From one moment up to another, in milliseconds since 1970.
    Once {
        /// The beginning.
        from_ms: i64,
        /// The end.
        to_ms: i64,
    },
    /// Every week, by the clock of a time zone.
    Weekly(Weekly),
}

impl Schedule {
    /// The windows that are open between two moments, as beginnings and ends.
    fn windows(&self, from_ms: i64, to_ms: i64) -> Vec<(i64, i64)> {
        match self {
            Self::Once {
                from_ms: start,
                to_ms: end,
            } => {
                let is_open = *start < to_ms && *end > from_ms && start < end;
                is_open.then_some((*start, *end)).into_iter().collect()
            }
            Self::Weekly(weekly) => weekly.windows(from_ms, to_ms),
        }
    }
}

/// When a check is in maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Maintenance {
    /// Any of which counts.
    pub schedules: Vec<Schedule>,
}

impl Maintenance {
    /// Whether a moment is in a window.
    #[must_use]
    pub fn is_at(&self, at_ms: i64) -> bool {
        self.end_of_window_at(at_ms).is_some()
    }

    /// When the maintenance that a moment is in ends, windows that overlap or follow at once
    /// included; `None` when it is in none.
    #[must_use]
    pub fn ends_ms(&self, at_ms: i64) -> Option<i64> {
        let mut end = self.end_of_window_at(at_ms)?;
        for _ in 0..CHAIN {
            let Some(later) = self.end_of_window_at(end) else {
                break;
            };
            end = later;
        }
        Some(end)
    }

    fn end_of_window_at(&self, at_ms: i64) -> Option<i64> {
        let windows = |schedule: &Schedule| schedule.windows(at_ms, at_ms.saturating_add(1));
        let ends = self.schedules.iter().flat_map(windows).map(|(_, end)| end);
        ends.max()
    }

    /// The seconds between two that are in a window, as ordered pieces that do not touch.
    pub(crate) fn within_s(&self, from_s: i64, to_s: i64) -> Vec<(i64, i64)> {
        let (from_ms, to_ms) = (from_s.saturating_mul(1000), to_s.saturating_mul(1000));
        let windows = |schedule: &Schedule| schedule.windows(from_ms, to_ms);
        let clip = |(start, end): (i64, i64)| {
            let (start, end) = (start.div_euclid(1000), end.div_euclid(1000));
            (start.max(from_s), end.min(to_s))
        };
        let all = self.schedules.iter().flat_map(windows).map(clip);
        let mut pieces: Vec<(i64, i64)> = all.filter(|(start, end)| start < end).collect();
        pieces.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::new();
        for (start, end) in pieces {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        merged
    }
}
