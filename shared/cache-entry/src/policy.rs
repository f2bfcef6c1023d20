use std::time::Duration;

use crate::Entry;

/// How long an answer lives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// For how long it is fresh.
    pub soft: Duration,
    /// After how long it may not even be served as stale. At least `soft`.
    pub hard: Duration,
    /// By which share `soft` is lengthened or shortened at random, so that what was
    /// computed together does not expire together: 0.1 is ten percent.
    pub jitter: f64,
    /// How eagerly it is renewed early: 1 as in the paper, 0 never.
    pub beta: f64,
}

/// How fresh an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Serve it.
    Fresh,
    /// Serve it; this reader had better compute it anew, before it expires.
    RefreshEarly,
    /// Serve it while somebody computes it anew.
    Stale,
    /// Do not serve it.
    Expired,
}

impl Policy {
    /// Fresh for `soft`, stale until `hard`, with a tenth of jitter.
    #[must_use]
    pub const fn new(soft: Duration, hard: Duration) -> Self {
        Self {
            soft,
            hard,
            jitter: 0.1,
            beta: 1.0,
        }
    }

    /// When an answer computed now becomes stale and when it expires, in milliseconds of
    /// Unix time. `random` is in 0..1.
    #[must_use]
    pub fn expiries(&self, now_ms: u64, random: f64) -> (u64, u64) {
        let factor = 1.0 + self.jitter * (2.0 * random - 1.0);
        let soft = self.soft.mul_f64(factor.max(0.0)).min(self.hard);
        let after = |time: Duration| now_ms.saturating_add(milliseconds(time));
        (after(soft), after(self.hard))
    }

    /// How fresh `entry` is. `random` is in 0..1.
    #[must_use]
    pub fn freshness(&self, entry: &Entry, now_ms: u64, random: f64) -> Freshness {
        if now_ms >= entry.hard_expiry_ms {
            return Freshness::Expired;
        }
        if now_ms >= entry.soft_expiry_ms {
            return Freshness::Stale;
        }
        // ln of 0 is minus infinity: the smallest positive number stands in.
        let lead_ms = -f64::from(entry.delta_ms) * self.beta * random.max(f64::MIN_POSITIVE).ln();
        let left_ms = (entry.soft_expiry_ms - now_ms) as f64;
        if lead_ms >= left_ms {
            Freshness::RefreshEarly
        } else {
            Freshness::Fresh
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy::new(Duration::from_secs(10), Duration::from_secs(60));

    fn entry() -> Entry {
        Entry {
            computed_at_ms: 0,
            delta_ms: 100,
            soft_expiry_ms: 10_000,
            hard_expiry_ms: 60_000,
            nonces: Vec::new(),
            payload: Vec::new(),
        }
    }

    #[test]
    fn an_answer_is_fresh_then_stale_then_gone() {
        let at = |now_ms| POLICY.freshness(&entry(), now_ms, 0.5);
        assert_eq!(at(0), Freshness::Fresh);
        assert_eq!(at(9_999), Freshness::RefreshEarly);
        assert_eq!(at(10_000), Freshness::Stale);
        assert_eq!(at(59_999), Freshness::Stale);
        assert_eq!(at(60_000), Freshness::Expired);
    }

    #[test]
    fn early_renewal_is_rare_far_from_the_expiry_and_common_near_it() {
        let share = |now_ms: u64| {
            let early = (0..1_000).filter(|step| {
                let random = f64::from(*step) / 1_000.0;
                POLICY.freshness(&entry(), now_ms, random) == Freshness::RefreshEarly
            });
            early.count()
        };
        // One second before: e^-10. A tenth before: 1/e.
        assert!(share(9_000) <= 1, "{}", share(9_000));
        assert!((330..400).contains(&share(9_900)), "{}", share(9_900));
    }

    #[test]
    fn jitter_stays_within_its_share() {
        assert_eq!(POLICY.expiries(0, 0.0), (9_000, 60_000));
        assert_eq!(POLICY.expiries(0, 0.5), (10_000, 60_000));
        assert_eq!(POLICY.expiries(5, 1.0), (11_005, 60_005));
        let short = Policy::new(Duration::from_secs(10), Duration::from_secs(10));
        assert_eq!(short.expiries(0, 1.0), (10_000, 10_000));
    }
}
