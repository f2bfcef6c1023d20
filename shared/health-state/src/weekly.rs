use jiff::civil::{self, Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A window is shorter than the week that it comes again after.
const MAX_MINUTES: u32 = 7 * 24 * 60 - 1;

/// Why a weekly window cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// The time of day is none.
    #[error("`{0}` is no time of day such as `03:00`")]
    Time(String),
    /// The time zone is none.
    #[error("`{0}` is no time zone such as `Europe/Berlin`")]
    TimeZone(String),
    /// It is empty, or never ends.
    #[error("a weekly window of {0} minutes is not between one minute and a week")]
    Duration(u32),
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    #[serde(rename = "mon")]
    Monday,
    #[serde(rename = "tue")]
    Tuesday,
    #[serde(rename = "wed")]
    Wednesday,
    #[serde(rename = "thu")]
    Thursday,
    #[serde(rename = "fri")]
    Friday,
    #[serde(rename = "sat")]
    Saturday,
    #[serde(rename = "sun")]
    Sunday,
}

/// A window of every week, by the clock of a time zone.
///
/// It lasts as long as it says, by a stopwatch, also when clocks change meanwhile. A time that
/// clocks skip is taken an hour later, and of a time that comes twice the first counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WeeklyText", into = "WeeklyText")]
pub struct Weekly {
    weekday: Weekday,
    time: Time,
    minutes: u32,
    time_zone: TimeZone,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeeklyText {
    weekday: Weekday,
    time: String,
    minutes: u32,
    time_zone: String,
}

impl Weekly {
    /// A window that opens at a time of day such as `03:00`, by the clock of a time zone such
    /// as `Europe/Berlin`.
    ///
    /// # Errors
    ///
    /// Time, time zone or duration are none.
    pub fn new(
        weekday: Weekday,
        time: &str,
        minutes: u32,
        time_zone: &str,
    ) -> Result<Self, ScheduleError> {
        if !(1..=MAX_MINUTES).contains(&minutes) {
            return Err(ScheduleError::Duration(minutes));
        }
        Ok(Self {
            weekday,
            time: parse_time(time).ok_or_else(|| ScheduleError::Time(time.to_owned()))?,
            minutes,
            time_zone: TimeZoneDatabase::bundled()
                .get(time_zone)
                .map_err(|_| ScheduleError::TimeZone(time_zone.to_owned()))?,
        })
    }

    /// The windows that are open between two moments, in milliseconds since 1970.
    pub(crate) fn windows(&self, from_ms: i64, to_ms: i64) -> Vec<(i64, i64)> {
        let duration_ms = i64::from(self.minutes) * 60_000;
        let mut windows = Vec::new();
        // Clocks may differ by more than a day from one side of the earth to the other.
        let mut date = self.date_before(from_ms.saturating_sub(duration_ms));
        while let Some(day) = date {
            let Some(start_ms) = self.start_ms(day) else {
                break;
            };
            let end_ms = start_ms.saturating_add(duration_ms);
            if start_ms >= to_ms {
                break;
            }
            if end_ms > from_ms {
                windows.push((start_ms, end_ms));
            }
            date = day.checked_add(7.days()).ok();
        }
        windows
    }

    /// The last such weekday that is surely not after a moment.
    fn date_before(&self, at_ms: i64) -> Option<Date> {
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        let date = self.time_zone.to_datetime(at).date();
        let ahead = date.weekday().since(self.weekday.of_jiff());
        let back = if ahead == 0 { 7 } else { ahead };
        date.checked_sub(i64::from(back).days()).ok()
    }

    fn start_ms(&self, date: Date) -> Option<i64> {
        let start = self
            .time_zone
            .to_ambiguous_timestamp(date.to_datetime(self.time));
        Some(start.compatible().ok()?.as_millisecond())
    }
}

fn parse_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let is_number = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

impl Weekday {
    const fn of_jiff(self) -> civil::Weekday {
        match self {
            Self::Monday => civil::Weekday::Monday,
            Self::Tuesday => civil::Weekday::Tuesday,
            Self::Wednesday => civil::Weekday::Wednesday,
            Self::Thursday => civil::Weekday::Thursday,
            Self::Friday => civil::Weekday::Friday,
            Self::Saturday => civil::Weekday::Saturday,
            Self::Sunday => civil::Weekday::Sunday,
        }
    }
}

impl TryFrom<WeeklyText> for Weekly {
    type Error = ScheduleError;

    fn try_from(text: WeeklyText) -> Result<Self, ScheduleError> {
        Self::new(text.weekday, &text.time, text.minutes, &text.time_zone)
    }
}

impl From<Weekly> for WeeklyText {
    fn from(weekly: Weekly) -> Self {
        Self {
            weekday: weekly.weekday,
            time: format!("{:02}:{:02}", weekly.time.hour(), weekly.time.minute()),
            minutes: weekly.minutes,
            time_zone: weekly.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }
}
