//! When visitors come.

use std::time::Duration;

use super::random::Random;

/// The moments at which visitors come, from the start on: as many in the mean as the rate says,
/// whatever became of those before (open loop).
pub(super) struct Schedule {
    random: Random,
    gap: f64,
    at: f64,
}

impl Schedule {
    /// `rate` visitors a second.
    pub(super) fn new(seed: u64, rate: f64) -> Self {
        Self {
            random: Random::new(seed),
            gap: 1.0 / rate,
            at: 0.0,
        }
    }
}

impl Iterator for Schedule {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.at += self.random.exponential(self.gap);
        Some(Duration::from_secs_f64(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitors_come_at_the_rate_and_in_order() {
        let minute = Duration::from_secs(60);
        let moments: Vec<_> = Schedule::new(3, 100.0)
            .take_while(|at| *at < minute)
            .collect();
        assert!((5_700..6_300).contains(&moments.len()), "{}", moments.len());
        assert!(moments.is_sorted());
    }

    #[test]
    fn gaps_differ_as_of_visitors_who_know_nothing_of_one_another() {
        let moments: Vec<_> = Schedule::new(3, 100.0).take(5_000).collect();
        let gaps = moments.windows(2).map(|pair| pair[1] - pair[0]);
        let long = gaps.filter(|gap| *gap > Duration::from_millis(10)).count();
        // Of exponential gaps, 1/e are longer than their mean.
        assert!((1_700..2_000).contains(&long), "{long}");
    }
}
