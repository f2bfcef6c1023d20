use std::fmt::Display;

use health_state::Outcome;
use serde::{Deserialize, Serialize};

use crate::Judgement;

/// From which value on a check warns, and from which it fails. The value itself counts.
///
/// What is `FALLING` is worse the lower it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Levels<T, const FALLING: bool = false> {
    /// Warns from here on.
    pub warn: Option<T>,
    /// Fails from here on.
    pub fail: Option<T>,
}

/// Levels of what is worse the lower it is, such as the days until a certificate ends.
pub type Floors<T> = Levels<T, true>;

impl<T, const FALLING: bool> Default for Levels<T, FALLING> {
    fn default() -> Self {
        Self {
            warn: None,
            fail: None,
        }
    }
}

impl<T: PartialOrd + Display, const FALLING: bool> Levels<T, FALLING> {
    /// Levels that only fail.
    pub const fn failing(from: T) -> Self {
        Self {
            warn: None,
            fail: Some(from),
        }
    }

    /// Whether anything is expected at all.
    #[must_use]
    pub const fn is_set(&self) -> bool {
        self.warn.is_some() || self.fail.is_some()
    }

    /// Judges a value, which `name` says what it is.
    pub fn judge(&self, name: &str, value: &T) -> Judgement {
        let side = if FALLING { "at or below" } else { "from" };
        let reached = [
            (&self.fail, Outcome::Fail, "fails"),
            (&self.warn, Outcome::Warn, "warns"),
        ]
        .into_iter()
        .find_map(|(level, outcome, verb)| {
            let level = level
                .as_ref()
                .filter(|level| Self::is_reached(value, level))?;
            Some(Judgement::new(
                outcome,
                format!("{name} is {value}, which {verb} {side} {level}"),
            ))
        });
        reached.unwrap_or_else(|| Judgement::new(Outcome::Pass, format!("{name} is {value}")))
    }

    fn is_reached(value: &T, level: &T) -> bool {
        if FALLING {
            value <= level
        } else {
            value >= level
        }
    }

    /// What is wrong with them, when something is.
    #[must_use]
    pub fn fault(&self, name: &str) -> Option<String> {
        let (Some(warn), Some(fail)) = (&self.warn, &self.fail) else {
            return None;
        };
        let allowed = if FALLING { "above" } else { "below" };
        Self::is_reached(warn, fail).then(|| {
            format!("`{name}` would warn at {warn} but fails at {fail} already: only what is {allowed} {fail} is allowed")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_judged_from_the_level_on() {
        let rising: Levels<u64> = Levels {
            warn: Some(80),
            fail: Some(95),
        };
        let falling: Floors<u64> = Floors {
            warn: Some(30),
            fail: Some(10),
        };
        for (value, of_rising, of_falling) in [
            (79, Outcome::Pass, Outcome::Pass),
            (80, Outcome::Warn, Outcome::Pass),
            (95, Outcome::Fail, Outcome::Pass),
            (31, Outcome::Pass, Outcome::Pass),
            (30, Outcome::Pass, Outcome::Warn),
            (10, Outcome::Pass, Outcome::Fail),
        ] {
            assert_eq!(rising.judge("x", &value).outcome, of_rising, "{value}");
            assert_eq!(falling.judge("x", &value).outcome, of_falling, "{value}");
        }
        assert_eq!(
            rising.judge("memory", &96).text,
            "memory is 96, which fails from 95"
        );
        assert_eq!(
            falling.judge("days", &20).text,
            "days is 20, which warns at or below 30"
        );
    }

    #[test]
    fn a_warning_comes_before_the_failure() {
        let fault = |warn, fail| Levels::<u64> { warn, fail }.fault("x");
        assert_eq!(fault(Some(1), Some(2)).or(fault(Some(3), None)), None);
        assert!(fault(Some(2), Some(2)).is_some() && fault(Some(3), Some(2)).is_some());
        let falling = |warn, fail| Floors::<u64> { warn, fail }.fault("x");
        assert!(falling(Some(3), Some(2)).is_none() && falling(Some(1), Some(2)).is_some());
    }
}
