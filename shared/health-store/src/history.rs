use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use health_state::{DAY_S, HISTORY_DAYS, Seconds, UptimeHistory};
use lambda_kit::BoxFuture;
use log_summary::LatencySketch;
use store::StoreError;

use crate::HealthStore;
use crate::check_rows::partition;
use crate::day_row::{DAY, DayRow, HOUR_S, sort_key};
use crate::item::text;

/// For how long rows of checks are kept, in seconds.
pub(crate) const KEPT_S: i64 = HISTORY_DAYS * DAY_S;

/// What days of a check were.
///
/// Of days before yesterday little changes, except when a failure is confirmed that began
/// then: a process may keep them and [`merge`](Self::merge) what it reads again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    days: BTreeMap<i64, DayRow>,
}

/// Within how many microseconds how many of the answers came that were as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatencyPercentiles {
    /// Half of them.
    pub p50_us: u32,
    /// 95 %.
    pub p95_us: u32,
    /// 99 %.
    pub p99_us: u32,
}

impl History {
    /// Puts days of another one in, instead of what was known of them.
    pub fn merge(&mut self, newer: Self) {
        self.days.extend(newer.days);
    }

    /// Forgets what was before a day, in days since 1970.
    pub fn forget_before(&mut self, day: i64) {
        self.days = self.days.split_off(&day);
    }

    /// The days' seconds, for bars and uptime by the day.
    #[must_use]
    pub fn uptime(&self) -> UptimeHistory {
        self.days.values().map(|row| &row.rollup).collect()
    }

    /// The share of the last 24 hours that it worked, of the time of which that is known.
    /// Whole hours count, and the one that goes on: up to 25 of them.
    #[must_use]
    pub fn last_24_hours(&self, now_ms: i64) -> Option<f64> {
        let now_hour = now_ms.div_euclid(1000).div_euclid(HOUR_S);
        let mut sum = Seconds::default();
        for hour in now_hour - 24..=now_hour {
            let row = self.days.get(&hour.div_euclid(24));
            let place = usize::try_from(hour.rem_euclid(24)).unwrap_or(0);
            if let Some(seconds) = row.and_then(|row| row.hours.get(place)) {
                sum.merge(seconds);
            }
        }
        sum.uptime()
    }

    /// How fast answers came on some days, in days since 1970; `None` when none did.
    #[must_use]
    pub fn latency(&self, days: RangeInclusive<i64>) -> Option<LatencyPercentiles> {
        let mut all = LatencySketch::default();
        let rows = self.days.iter().filter(|(day, _)| days.contains(day));
        rows.for_each(|(_, row)| all.merge(&row.latency));
        Some(LatencyPercentiles {
            p50_us: all.quantile(0.5)?,
            p95_us: all.quantile(0.95)?,
            p99_us: all.quantile(0.99)?,
        })
    }
}

impl HealthStore {
    /// The days of a check from one on, in days since 1970; at most the 400 that are kept.
    /// May be a second old: a read unit is enough for about seven days.
    ///
    /// # Errors
    /// A failed call.
    pub fn history<'a>(
        &'a self,
        check: &'a str,
        from_day: i64,
    ) -> BoxFuture<'a, Result<History, StoreError>> {
        Box::pin(async move {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
                .expression_attribute_values(":pk", text(partition(check)))
                .expression_attribute_values(":from", text(sort_key(from_day)))
                .expression_attribute_values(":to", text(format!("{DAY}999999")));
            let mut pages = request.into_paginator().send();
            let mut days = BTreeMap::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| StoreError::call("list the days", check, error))?;
                let rows = page.items().iter().filter_map(DayRow::read);
                days.extend(rows.map(|row| (row.rollup.day, row)));
            }
            Ok(History { days })
        })
    }
}

#[cfg(test)]
mod tests {
    use health_state::{Condition, Span, Step};

    use super::*;

    const TODAY: i64 = 20_784;

    fn day(day: i64, condition: Condition) -> (i64, DayRow) {
        let mut row = DayRow::new(day);
        let span = Span {
            from_s: day * DAY_S,
            to_s: (day + 1) * DAY_S,
            condition,
            was: None,
        };
        let step = Step {
            version: 1,
            transitions: Vec::new(),
            spans: vec![span],
        };
        row.apply(&step, 0);
        row.latency
            .add(1000 * u32::try_from(day - TODAY + 5).unwrap());
        (day, row)
    }

    fn history(days: &[(i64, Condition)]) -> History {
        History {
            days: days.iter().map(|(at, is)| day(*at, *is)).collect(),
        }
    }

    #[test]
    fn the_last_hours_reach_into_yesterday() {
        let of = history(&[(TODAY - 1, Condition::Down), (TODAY, Condition::Up)]);
        let at_hour = |hour: i64| of.last_24_hours((TODAY * 24 + hour) * 3_600_000);
        assert_eq!(at_hour(23), Some(24.0 / 25.0));
        assert_eq!(at_hour(5), Some(6.0 / 25.0));
        assert_eq!(at_hour(24), Some(1.0));
        assert_eq!(History::default().last_24_hours(0), None);
    }

    #[test]
    fn newer_days_replace_and_old_ones_go() {
        let mut of = history(&[(TODAY - 2, Condition::Up), (TODAY, Condition::Down)]);
        of.merge(history(&[
            (TODAY, Condition::Up),
            (TODAY - 1, Condition::Down),
        ]));
        assert_eq!(of.uptime().uptime(TODAY, 3), Some(2.0 / 3.0));
        of.forget_before(TODAY);
        assert_eq!(of.uptime().uptime(TODAY, 3), Some(1.0));
    }

    #[test]
    fn latencies_of_days_merge() {
        let of = history(&[(TODAY - 1, Condition::Up), (TODAY, Condition::Up)]);
        let both = of.latency(TODAY - 1..=TODAY).unwrap();
        assert!(both.p50_us < 4100 && both.p95_us > 4900, "{both:?}");
        assert_eq!(of.latency(TODAY + 1..=TODAY + 1), None);
    }
}
