use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

/// Units, the largest first, each with its milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];
const MAX_DAYS: u64 = 400;

/// Why a text is no period.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// It is not written like one.
    #[error("`{0}` is no duration such as `500ms`, `3s`, `10m`, `26h` or `7d`")]
    Syntax(String),
    /// It is longer than anything is watched for.
    #[error("`{0}` is longer than {MAX_DAYS}d, which is the most")]
    TooLong(String),
}

/// How long something takes or lasts, in milliseconds; at most 400 days.
///
/// Written as a number and a unit, such as `3s`, `10m` or `26h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Period(u64);

impl Period {
    /// The longest one.
    pub const MAX: Self = Self(MAX_DAYS * 86_400_000);

    /// So many milliseconds, or the longest one when that is less.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        if ms > Self::MAX.0 {
            Self::MAX
        } else {
            Self(ms)
        }
    }

    /// So many seconds, or the longest one when that is less.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self::from_ms(seconds.saturating_mul(1000))
    }

    /// The whole milliseconds of so many microseconds.
    #[must_use]
    pub fn from_us(us: u32) -> Self {
        Self(u64::from(us) / 1000)
    }

    /// In milliseconds.
    #[must_use]
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// In milliseconds, as times are counted.
    #[must_use]
    pub fn signed_ms(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let syntax = || PeriodError::Syntax(text.chars().take(40).collect());
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits).ok_or_else(syntax)?;
        let (_, unit_ms) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(syntax)?;
        if number.is_empty() {
            return Err(syntax());
        }
        let number: Option<u64> = number.parse().ok();
        number
            .and_then(|number| number.checked_mul(unit_ms))
            .filter(|ms| *ms <= Self::MAX.0)
            .map(Self)
            .ok_or_else(|| PeriodError::TooLong(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, unit_ms): &(&str, u64)| self.0 > 0 && self.0.is_multiple_of(*unit_ms);
        let (unit, unit_ms) = UNITS.into_iter().find(fits).unwrap_or(("s", 1000));
        write!(formatter, "{}{unit}", self.0 / unit_ms)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, ms, printed) in [
            ("3s", 3000, "3s"),
            ("0s", 0, "0s"),
            ("10m", 600_000, "10m"),
            ("26h", 93_600_000, "26h"),
            ("60s", 60_000, "1m"),
            ("250ms", 250, "250ms"),
            ("400d", 34_560_000_000, "400d"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!((period.ms(), period.to_string().as_str()), (ms, printed));
        }
    }

    #[test]
    fn other_durations_are_refused_with_the_bound() {
        for text in ["", "3", "s", "-3s", "3 s", "1.5h", "1h30m", "3S", "３s"] {
            let error = text.parse::<Period>().unwrap_err();
            assert!(matches!(error, PeriodError::Syntax(_)), "{text}");
        }
        for text in ["401d", "99999999999999999999s", "18446744073709551615d"] {
            let error = text.parse::<Period>().unwrap_err().to_string();
            assert!(
                error.ends_with("is longer than 400d, which is the most"),
                "{error}"
            );
        }
    }
}
