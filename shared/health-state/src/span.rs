use serde::{Deserialize, Serialize};

/// Seconds of a day, which is one of UTC.
pub const DAY_S: i64 = 86_400;

/// What a second counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// It worked: pass, warn, or a suspicion that was not confirmed.
    Up,
    /// It did not.
    Down,
    /// Nobody knows: it was not observed.
    Unknown,
    /// It was in maintenance, whatever it did.
    Maintenance,
}

/// Seconds that now are known, or that turned out to be something else.
///
/// Times are whole seconds since 1970, so that spans add up exactly: every moment is rounded
/// down, and a span ends where the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first second.
    pub from_s: i64,
    /// The second after the last.
    pub to_s: i64,
    /// What they count as.
    pub condition: Condition,
    /// What they were counted as until now, when this is a correction.
    pub was: Option<Condition>,
}

impl Span {
    /// How many seconds of it are on a day, in days since 1970.
    #[must_use]
    pub fn seconds_on(&self, day: i64) -> u32 {
        let start = day.saturating_mul(DAY_S);
        let (from, to) = (
            self.from_s.max(start),
            self.to_s.min(start.saturating_add(DAY_S)),
        );
        u32::try_from(to.saturating_sub(from)).unwrap_or(0)
    }

    /// The days that it touches, in days since 1970.
    pub fn days(&self) -> impl Iterator<Item = i64> + use<> {
        let last = self.to_s.saturating_sub(1).div_euclid(DAY_S);
        self.from_s.div_euclid(DAY_S)..=last
    }
}
