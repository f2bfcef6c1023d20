use serde::{Deserialize, Serialize};

/// The month of [`CLOUDFRONT`].
pub const PRICES_AS_OF: &str = "2026-11";
/// Where to look it up.
pub const PRICES_SOURCE: &str = "https://aws.amazon.com/cloudfront/pricing/";

/// List prices of CloudFront in Europe, in the first 10 TB of a month, without its free
/// allowance of 10 million requests and 1 TB: what warming costs at most. Plans with a flat
/// rate cost nothing more.
pub const CLOUDFRONT: Prices = Prices {
    per_10_000_requests: 0.0120,
    per_gigabyte: 0.085,
};

/// What a cache costs, in US dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    /// Ten thousand HTTPS requests.
    pub per_10_000_requests: f64,
    /// A gigabyte to visitors; from load balancers and buckets to CloudFront costs nothing.
    pub per_gigabyte: f64,
}

/// What a run cost at most, in US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// Its requests.
    pub requests: f64,
    /// Its bytes.
    pub bytes: f64,
}

impl Prices {
    /// What so many requests and bytes cost.
    #[must_use]
    pub fn of(&self, requests: u64, bytes: u64) -> Money {
        Money {
            requests: requests as f64 / 10_000.0 * self.per_10_000_requests,
            bytes: bytes as f64 / 1e9 * self.per_gigabyte,
        }
    }
}

impl Money {
    /// Both together.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.requests + self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_bytes_cost_what_the_list_says() {
        let money = CLOUDFRONT.of(20_000, 2_000_000_000);
        assert!((money.requests - 0.024).abs() < 1e-12);
        assert!((money.bytes - 0.17).abs() < 1e-12);
        assert!((money.total() - 0.194).abs() < 1e-12);
    }
}
