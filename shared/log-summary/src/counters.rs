use log_formats::{CacheResult, Request};
use serde::{Deserialize, Serialize};

use crate::Merge;

/// What is counted of requests everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Requests.
    pub requests: u64,
    /// Answers of 2xx.
    pub status_2xx: u64,
    /// Answers of 3xx.
    pub status_3xx: u64,
    /// Answers of 4xx.
    pub status_4xx: u64,
    /// Answers of 5xx.
    pub status_5xx: u64,
    /// Requests without an answer: the client left before.
    pub unanswered: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Answers from the cache.
    pub cache_hits: u64,
    /// Answers that the cache did not have.
    pub cache_misses: u64,
}

impl Counters {
    /// Counts one request.
    #[inline]
    pub fn add(&mut self, request: &Request<'_>) {
        self.requests += 1;
        match request.status / 100 {
            2 => self.status_2xx += 1,
            3 => self.status_3xx += 1,
            4 => self.status_4xx += 1,
            5 => self.status_5xx += 1,
            _ => self.unanswered += 1,
        }
        self.bytes_sent = self.bytes_sent.saturating_add(request.bytes_sent);
        self.bytes_received = self.bytes_received.saturating_add(request.bytes_received);
        self.cache_hits += u64::from(request.cache.is_hit());
        self.cache_misses += u64::from(request.cache == CacheResult::Miss);
    }

    /// The share of what the cache was asked for that it had; `None` if it was not asked.
    #[must_use]
    pub fn hit_ratio(&self) -> Option<f64> {
        let asked = self.cache_hits + self.cache_misses;
        (asked > 0).then(|| self.cache_hits as f64 / asked as f64)
    }

    /// The share of requests that ended in 5xx; `None` without requests.
    #[must_use]
    pub fn error_ratio(&self) -> Option<f64> {
        (self.requests > 0).then(|| self.status_5xx as f64 / self.requests as f64)
    }
}

impl Merge for Counters {
    fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.status_2xx += other.status_2xx;
        self.status_3xx += other.status_3xx;
        self.status_4xx += other.status_4xx;
        self.status_5xx += other.status_5xx;
        self.unanswered += other.unanswered;
        self.bytes_sent = self.bytes_sent.saturating_add(other.bytes_sent);
        self.bytes_received = self.bytes_received.saturating_add(other.bytes_received);
        self.cache_hits += other.cache_hits;
        self.cache_misses += other.cache_misses;
    }
}
