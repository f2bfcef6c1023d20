//! Pseudo-random numbers, the same for the same seed: visitors come at the same moments, and
//! their pages take as long, with and without a warmer.

/// `SplitMix64`.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In 0..1, never 0.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Of this mean: the time between visitors who know nothing of one another.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.unit().ln()
    }

    /// Of this mean, with the spread of pages that are not all alike.
    pub(super) fn lognormal(&mut self, mean: f64, sigma: f64) -> f64 {
        let normal = (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        mean * (sigma * normal - sigma * sigma / 2.0).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(draw: impl FnMut() -> f64) -> f64 {
        std::iter::repeat_with(draw).take(50_000).sum::<f64>() / 50_000.0
    }

    #[test]
    fn means_are_as_wanted() {
        let mut random = Random::new(1);
        let exponential = mean(|| random.exponential(8.0));
        assert!((7.8..8.2).contains(&exponential), "{exponential}");
        let lognormal = mean(|| random.lognormal(50.0, 0.6));
        assert!((49.0..51.0).contains(&lognormal), "{lognormal}");
    }

    #[test]
    fn a_seed_means_the_same_numbers_and_another_one_others() {
        let draw = |seed| Random::new(seed).exponential(1.0);
        assert!((draw(7) - draw(7)).abs() < f64::EPSILON);
        assert!((draw(7) - draw(8)).abs() > f64::EPSILON);
    }
}
