use std::time::{Duration, Instant};

/// Failures in a row after which Redis is left alone.
const FAILURES: u32 = 3;
/// For how long.
const PAUSE: Duration = Duration::from_secs(5);

/// Leaves alone what keeps failing, and tries it again with one call.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Whether a call may be made. After a pause, the first to ask may, and the others have
    /// to wait for how it goes.
    pub(crate) fn admits(&mut self, now: Instant) -> bool {
        match self.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                self.open_until = Some(now + PAUSE);
                true
            }
        }
    }

    pub(crate) const fn succeeded(&mut self) {
        self.failures = 0;
        self.open_until = None;
    }

    pub(crate) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.open_until = Some(now + PAUSE);
        }
    }

    /// Whether calls are refused at present.
    pub(crate) const fn is_open(&self) -> bool {
        self.open_until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_three_failures_in_a_row() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        breaker.failed(now);
        breaker.failed(now);
        breaker.succeeded();
        breaker.failed(now);
        breaker.failed(now);
        assert!(breaker.admits(now));
        breaker.failed(now);
        assert!(!breaker.admits(now) && breaker.is_open());
    }

    #[test]
    fn one_call_tries_again_after_the_pause() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        (0..FAILURES).for_each(|_| breaker.failed(now));
        let later = now + PAUSE;
        assert!(breaker.admits(later));
        assert!(!breaker.admits(later), "only one probes");
        breaker.succeeded();
        assert!(breaker.admits(later));
    }
}
