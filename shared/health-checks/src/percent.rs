use std::fmt;

use serde::Deserialize;
use thiserror::Error;

/// Why a number is no percentage.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("{0} is not between 0 and 100 per cent")]
pub struct PercentError(f64);

/// A share, in hundredths of a per cent. Written as a number such as `80` or `0.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(try_from = "f64")]
pub struct Percent(u32);

impl Percent {
    /// The share of a part of a whole; everything when there is no whole.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Self {
        let hundredths = u128::from(part) * 10_000 / u128::from(whole.max(1));
        Self(u32::try_from(hundredths).unwrap_or(10_000).min(10_000))
    }

    /// In hundredths of a per cent.
    #[must_use]
    pub const fn hundredths(self) -> u32 {
        self.0
    }
}

impl TryFrom<f64> for Percent {
    type Error = PercentError;

    fn try_from(percent: f64) -> Result<Self, PercentError> {
        if !(0.0..=100.0).contains(&percent) {
            return Err(PercentError(percent));
        }
        Ok(Self((percent * 100.0).round() as u32))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 100 {
            0 => write!(formatter, "{} %", self.0 / 100),
            rest => write!(formatter, "{}.{rest:02} %", self.0 / 100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact_and_bounded() {
        assert_eq!(Percent::of(1, 3).to_string(), "33.33 %");
        assert_eq!(Percent::of(4, 5), Percent::try_from(80.0).unwrap());
        assert_eq!(Percent::of(u64::MAX, 1).to_string(), "100 %");
        assert_eq!(Percent::of(0, 0).to_string(), "0 %");
        assert_eq!(Percent::try_from(0.5).unwrap().hundredths(), 50);
        for percent in [-0.1, 100.1, f64::NAN, f64::INFINITY] {
            assert!(Percent::try_from(percent).is_err());
        }
    }
}
