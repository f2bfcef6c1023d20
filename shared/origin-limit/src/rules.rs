use serde::{Deserialize, Serialize};

/// How a [`crate::Limiter`] decides. The figures are those that keep visitors, in the mean of
/// many runs, within 15 % at the median and 10 % at the 99th percentile in `tests/simulation`: eight servers, lognormal
/// answers. Shorter windows (20 answers, from 1.15 and 1.5 times the baseline on) are too noisy
/// to tell a fifth more from nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// The limit of an origin that nothing is known about.
    pub start: f64,
    /// The highest limit.
    pub max: f64,
    /// The lowest limit that slow answers lead to: 0.2 is one request in flight for a fifth
    /// of the time.
    pub min: f64,
    /// What a limit of at least 1 rises by after a good window.
    pub step: f64,
    /// What a limit below 1 is multiplied with after a good window.
    pub regain: f64,
    /// A window is good whose median is at most this many times the baseline.
    pub up: f64,
    /// A window is bad whose median is at least this many times the baseline, and 5 ms slower.
    pub down: f64,
    /// What the limit is multiplied with after a bad window.
    pub factor: f64,
    /// Answers of a window, for each request that the limit allows in flight: up to four times
    /// as many.
    pub window: usize,
    /// So many answers of a window are enough to see that it is far too slow.
    pub glance: usize,
    /// That is, so many times the baseline.
    pub glance_down: f64,
    /// Windows that the baseline is taken from.
    pub baseline_windows: usize,
    /// Windows older than this say nothing any more.
    pub baseline_age_ms: i64,
    /// The pause after a refusal that names none.
    pub cooldown_ms: i64,
    /// The longest pause, whoever asks for it.
    pub max_pause_ms: i64,
    /// The first pause after too many errors; the next is twice as long.
    pub error_pause_ms: i64,
    /// After so long without an error, pauses begin anew with the first.
    pub quiet_ms: i64,
    /// How long a worker that does not renew its lease counts as alive. One that was killed
    /// keeps its part of the limit from the others for so long.
    pub lease_ms: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            start: 1.0,
            max: 16.0,
            min: 0.2,
            step: 0.8,
            regain: 1.25,
            up: 1.0,
            down: 1.12,
            factor: 0.6,
            window: 60,
            glance: 20,
            glance_down: 1.8,
            baseline_windows: 30,
            baseline_age_ms: 3_600_000,
            cooldown_ms: 500,
            max_pause_ms: 900_000,
            error_pause_ms: 60_000,
            quiet_ms: 600_000,
            lease_ms: 10_000,
        }
    }
}

/// Rules that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// The limits are not in order.
    #[error("0 < min <= 1 <= start <= max <= 1000 must hold")]
    Limits,
    /// The thresholds are not in order.
    #[error("1 <= up < down <= glance_down <= 100 must hold")]
    Thresholds,
    /// The limit would rise or fall too fast, or never.
    #[error("0 < factor < 1 < regain <= 10 and 0 < step <= 10 must hold")]
    Pace,
    /// There is no median or no percentile.
    #[error("windows must be from 5 to 1000, and a glance from 5 to a window")]
    Windows,
    /// A time is not positive, or a pause is above the longest.
    #[error("times must be positive, and no pause longer than max_pause_ms")]
    Times,
}

impl Rules {
    /// Whether they can work.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn check(&self) -> Result<(), RulesError> {
        let limits = self.min > 0.0 && self.min <= 1.0 && self.start >= 1.0;
        if !(limits && self.max >= self.start && self.max <= 1000.0) {
            return Err(RulesError::Limits);
        }
        if !(self.up >= 1.0 && self.up < self.down && self.down <= self.glance_down)
            || self.glance_down > 100.0
        {
            return Err(RulesError::Thresholds);
        }
        let falls = self.factor > 0.0 && self.factor < 1.0;
        let regains = self.regain > 1.0 && self.regain <= 10.0;
        if !(falls && regains && self.step > 0.0 && self.step <= 10.0) {
            return Err(RulesError::Pace);
        }
        let glances = (5..=self.window).contains(&self.glance);
        if !glances || self.window > 1000 || !(5..=1000).contains(&self.baseline_windows) {
            return Err(RulesError::Windows);
        }
        let pauses = [self.cooldown_ms, self.error_pause_ms];
        let positive = [self.baseline_age_ms, self.quiet_ms, self.lease_ms];
        let is_fine = pauses.iter().all(|ms| (1..=self.max_pause_ms).contains(ms));
        if !is_fine || positive.iter().any(|ms| *ms < 1) {
            return Err(RulesError::Times);
        }
        Ok(())
    }
}
