//! A day of a check: its seconds, those of its hours, and how fast answers came.

use health_state::{Condition, DAY_S, DayRollup, Seconds, Span, Step};
use log_summary::LatencySketch;
use store::StoreError;

use crate::check_rows::partition;
use crate::history::KEPT_S;
use crate::item::{Item, json, key, number, parse, row, string};

pub(crate) const DAY: &str = "day#";
/// Hours of a day.
const HOURS: usize = 24;
pub(crate) const HOUR_S: i64 = 3600;

/// The row of one day of UTC.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DayRow {
    pub(crate) rollup: DayRollup,
    /// The same seconds by the hour.
    pub(crate) hours: [Seconds; HOURS],
    /// How fast answers came that were as expected.
    pub(crate) latency: LatencySketch,
}

impl DayRow {
    pub(crate) fn new(day: i64) -> Self {
        Self {
            rollup: DayRollup::new(day),
            hours: [Seconds::default(); HOURS],
            latency: LatencySketch::default(),
        }
    }

    /// Takes in what of a step is on this day. The step comes from the state's version
    /// `before`: a day that knows later ones is of a state that was lost, and begins anew.
    pub(crate) fn apply(&mut self, step: &Step, before: u64) {
        self.rollup.version = self.rollup.version.min(before);
        if self.rollup.apply(step) {
            for span in &step.spans {
                self.count_hours(span);
            }
        }
    }

    fn count_hours(&mut self, span: &Span) {
        let mut start = self.rollup.day.saturating_mul(DAY_S);
        for hour in &mut self.hours {
            let end = start.saturating_add(HOUR_S);
            let seconds = span.to_s.min(end).saturating_sub(span.from_s.max(start));
            count(hour, span, u32::try_from(seconds).unwrap_or(0));
            start = end;
        }
    }

    pub(crate) fn write(&self, check: &str) -> Result<Item, StoreError> {
        let day = self.rollup.day;
        let mut item = key(&partition(check), &sort_key(day));
        let expires_s = day.saturating_add(1).saturating_mul(DAY_S) + KEPT_S;
        item.extend(row([
            ("rollup", json(check, "rollup", &self.rollup)?),
            ("hours", json(check, "hours", &self.hours)?),
            ("latency", json(check, "latency", &self.latency)?),
            ("expires_at", number(expires_s)),
        ]));
        Ok(item)
    }

    /// The row of an item; `None` where it is none of a day that can be read.
    pub(crate) fn read(item: &Item) -> Option<Self> {
        string(item, "sk")?.strip_prefix(DAY)?;
        Some(Self {
            rollup: parse(item, "rollup")?,
            hours: parse(item, "hours").unwrap_or_default(),
            latency: parse(item, "latency").unwrap_or_default(),
        })
    }
}

/// Six digits sort as days do until the year 4707.
pub(crate) fn sort_key(day: i64) -> String {
    format!("{DAY}{:06}", day.max(0))
}

/// Counts seconds of a span as [`DayRollup::apply`] does: a correction moves what is there.
fn count(sum: &mut Seconds, span: &Span, mut seconds: u32) {
    if let Some(was) = span.was {
        let from = of_mut(sum, was);
        seconds = seconds.min(*from);
        *from -= seconds;
    }
    let to = of_mut(sum, span.condition);
    *to = to.saturating_add(seconds);
}

const fn of_mut(seconds: &mut Seconds, condition: Condition) -> &mut u32 {
    match condition {
        Condition::Up => &mut seconds.up,
        Condition::Down => &mut seconds.down,
        Condition::Unknown => &mut seconds.unknown,
        Condition::Maintenance => &mut seconds.maintenance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: i64 = 20_784;

    fn span(from_s: i64, to_s: i64, condition: Condition, was: Option<Condition>) -> Span {
        let start = TODAY * DAY_S;
        Span {
            from_s: start + from_s,
            to_s: start + to_s,
            condition,
            was,
        }
    }

    fn step(version: u64, spans: Vec<Span>) -> Step {
        Step {
            version,
            transitions: Vec::new(),
            spans,
        }
    }

    #[test]
    fn hours_add_up_to_the_day() {
        let mut row = DayRow::new(TODAY);
        row.apply(&step(1, vec![span(-100, 7300, Condition::Up, None)]), 0);
        let correction = span(3000, 4000, Condition::Down, Some(Condition::Up));
        row.apply(&step(2, vec![correction]), 1);
        // It came already.
        row.apply(&step(2, vec![correction]), 2);
        assert_eq!(row.hours[0], Seconds::from([3000, 600, 0, 0]));
        assert_eq!(row.hours[1], Seconds::from([3200, 400, 0, 0]));
        assert_eq!(row.hours[2], Seconds::from([100, 0, 0, 0]));
        let mut sum = Seconds::default();
        row.hours.iter().for_each(|hour| sum.merge(hour));
        assert_eq!(sum, row.rollup.seconds);
    }

    #[test]
    fn the_days_of_a_state_that_was_lost_go_on() {
        let mut row = DayRow::new(TODAY);
        row.apply(&step(900, vec![span(0, 60, Condition::Up, None)]), 899);
        row.apply(&step(1, vec![span(60, 120, Condition::Down, None)]), 0);
        assert_eq!(row.rollup.seconds, Seconds::from([60, 60, 0, 0]));
        assert_eq!(row.rollup.version, 1);
    }

    #[test]
    fn a_day_reads_back_as_written_and_takes_little() {
        let mut row = DayRow::new(TODAY);
        row.apply(&step(7, vec![span(0, 86_400, Condition::Up, None)]), 6);
        (0..1440).for_each(|n| row.latency.add(20_000 + n * 37));
        let item = row.write("home").unwrap();
        assert_eq!(string(&item, "sk"), Some("day#020784"));
        assert_eq!(DayRow::read(&item), Some(row));
        let texts = item.values().filter_map(|value| value.as_s().ok());
        let bytes: usize = texts.map(String::len).sum();
        assert!(bytes < 2_000, "{bytes}");
    }
}
