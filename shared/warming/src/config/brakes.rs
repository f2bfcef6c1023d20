use health_checks::Period;
use health_state::State;
use origin_limit::Health;
use serde::Deserialize;

/// Which health checks hold the warmer back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Brakes {
    /// Ids of checks; with none, only the origin's own answers count.
    pub checks: Vec<String>,
    /// What the checks said longer ago says nothing.
    pub max_age: Period,
}

/// What is known of a check now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckNow {
    /// Whether it passes.
    pub state: State,
    /// Whether what it checks is being worked on.
    pub is_maintenance: bool,
}

impl Default for Brakes {
    fn default() -> Self {
        Self {
            checks: Vec::new(),
            max_age: Period::from_seconds(180),
        }
    }
}

impl Brakes {
    /// What the limiter is told: down when a check fails for sure or is in maintenance,
    /// degraded when one warns or may fail. `made_ms` is when the checks were looked at last,
    /// and `check` what they said.
    #[must_use]
    pub fn health(
        &self,
        made_ms: Option<i64>,
        now_ms: i64,
        check: impl Fn(&str) -> Option<CheckNow>,
    ) -> Health {
        if self.checks.is_empty() {
            return Health::Good;
        }
        let oldest_ms = now_ms.saturating_sub(self.max_age.signed_ms());
        if made_ms.is_none_or(|made_ms| made_ms < oldest_ms) {
            return Health::Unknown;
        }
        let of_check = |id: &String| check(id).map_or(Health::Unknown, of);
        self.checks
            .iter()
            .map(of_check)
            .max_by_key(|health| severity(*health))
            .unwrap_or_default()
    }
}

const fn of(check: CheckNow) -> Health {
    match check.state {
        _ if check.is_maintenance => Health::Down,
        State::Fail => Health::Down,
        State::Warn | State::Suspect | State::Recovering => Health::Degraded,
        State::Pass => Health::Good,
        State::Unknown => Health::Unknown,
    }
}

const fn severity(health: Health) -> u8 {
    match health {
        Health::Good => 0,
        Health::Unknown => 1,
        Health::Degraded => 2,
        Health::Down => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(states: &[(&str, State, bool)], age_ms: Option<i64>) -> Health {
        let brakes = Brakes {
            checks: vec!["home".to_owned(), "database".to_owned()],
            ..Brakes::default()
        };
        brakes.health(age_ms.map(|age_ms| 1_000_000 - age_ms), 1_000_000, |id| {
            let found = states.iter().find(|(name, ..)| *name == id)?;
            Some(CheckNow {
                state: found.1,
                is_maintenance: found.2,
            })
        })
    }

    #[test]
    fn the_worst_check_decides() {
        let pass = ("home", State::Pass, false);
        for (other, expected) in [
            (("database", State::Pass, false), Health::Good),
            (("database", State::Warn, false), Health::Degraded),
            (("database", State::Suspect, false), Health::Degraded),
            (("database", State::Fail, false), Health::Down),
            (("database", State::Pass, true), Health::Down),
            (("database", State::Unknown, false), Health::Unknown),
            (("cache", State::Fail, false), Health::Unknown),
        ] {
            assert_eq!(health(&[pass, other], Some(0)), expected, "{other:?}");
        }
    }

    #[test]
    fn what_was_said_long_ago_or_never_is_unknown() {
        let pass = [
            ("home", State::Pass, false),
            ("database", State::Pass, false),
        ];
        assert_eq!(health(&pass, Some(180_000)), Health::Good);
        assert_eq!(health(&pass, Some(180_001)), Health::Unknown);
        assert_eq!(health(&pass, None), Health::Unknown);
        assert_eq!(Brakes::default().health(None, 0, |_| None), Health::Good);
    }
}
