use base64::Engine;
use base64::prelude::BASE64_URL_SAFE;

/// Marsaglia's xorshift: not for secrets, but the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // Zero would stay zero, and near seeds would begin alike.
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        (0..8).for_each(|_| {
            random.next();
        });
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// From 0 to below 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Zipf's law: the n-th of `count` is asked for about 1/n as often as the first.
    pub(crate) fn zipf(&mut self, count: u64) -> u64 {
        let rank = (count as f64).powf(self.share());
        (rank as u64).saturating_sub(1).min(count - 1)
    }

    /// Most are fast, some are slow: a log-normal distribution around `median`, bounded.
    pub(crate) fn skewed(&mut self, median: f64) -> f64 {
        let normal = (0..6).map(|_| self.share()).sum::<f64>() - 3.0;
        median * (normal * 1.4).exp()
    }

    /// Random bytes in base64, as names of requests are.
    pub(crate) fn name<const BYTES: usize>(&mut self) -> String {
        let mut bytes = [0; BYTES];
        for byte in &mut bytes {
            *byte = self.next().to_le_bytes()[3];
        }
        BASE64_URL_SAFE.encode(bytes)
    }

    pub(crate) fn hex(&mut self, digits: usize) -> String {
        (0..digits)
            .map(|_| format!("{:x}", self.below(16)))
            .collect()
    }

    pub(crate) fn one_of<'a>(&mut self, all: &'a [String]) -> &'a str {
        let at = usize::try_from(self.zipf(all.len() as u64)).unwrap_or(0);
        all.get(at).map_or("", String::as_str)
    }
}
