use serde::{Deserialize, Serialize};

use crate::{Condition, Span};

/// Seconds by what they count as. Stored as a list of four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "[u32; 4]", into = "[u32; 4]")]
pub struct Seconds {
    /// It worked.
    pub up: u32,
    /// It did not.
    pub down: u32,
    /// Nobody knows.
    pub unknown: u32,
    /// It was in maintenance.
    pub maintenance: u32,
}

impl Seconds {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.up as u64 + self.down as u64 + self.unknown as u64 + self.maintenance as u64
    }

    /// The share of the time that it worked, of the time of which that is known, from 0 to 1.
    /// `None` when nothing is known.
    #[must_use]
    pub fn uptime(&self) -> Option<f64> {
        let known = f64::from(self.up) + f64::from(self.down);
        (known > 0.0).then(|| f64::from(self.up) / known)
    }

    /// Adds another's seconds, which must be of another time.
    pub const fn merge(&mut self, other: &Self) {
        self.up = self.up.saturating_add(other.up);
        self.down = self.down.saturating_add(other.down);
        self.unknown = self.unknown.saturating_add(other.unknown);
        self.maintenance = self.maintenance.saturating_add(other.maintenance);
    }

    pub(crate) const fn of_mut(&mut self, condition: Condition) -> &mut u32 {
        match condition {
            Condition::Up => &mut self.up,
            Condition::Down => &mut self.down,
            Condition::Unknown => &mut self.unknown,
            Condition::Maintenance => &mut self.maintenance,
        }
    }

    /// Counts what of a span is on a day. A correction moves seconds, and never more than
    /// there are.
    pub(crate) fn count(&mut self, span: &Span, day: i64) {
        let mut seconds = span.seconds_on(day);
        if let Some(was) = span.was {
            let from = self.of_mut(was);
            seconds = seconds.min(*from);
            *from -= seconds;
        }
        let to = self.of_mut(span.condition);
        *to = to.saturating_add(seconds);
    }
}

impl From<[u32; 4]> for Seconds {
    fn from([up, down, unknown, maintenance]: [u32; 4]) -> Self {
        Self {
            up,
            down,
            unknown,
            maintenance,
        }
    }
}

impl From<Seconds> for [u32; 4] {
    fn from(seconds: Seconds) -> Self {
        [
            seconds.up,
            seconds.down,
            seconds.unknown,
            seconds.maintenance,
        ]
    }
}
