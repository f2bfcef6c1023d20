use log_formats::{CacheResult, Request};
use serde::{Deserialize, Serialize};

use crate::{Merge, PathTraits};

/// What is kept of one page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageStats {
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Answers from the cache.
    pub cache_hits: u64,
    /// Answers that the cache did not have.
    pub cache_misses: u64,
    /// Answers of 4xx and 5xx.
    pub errors: u64,
    /// Requests of GET and HEAD that succeeded.
    pub reads: u64,
    /// Microseconds of all requests.
    pub duration_us: u64,
    /// Microseconds that the tiers behind took.
    pub origin_us: u64,
    /// How many requests these were.
    pub origin_requests: u64,
    /// The last status, by the time of its request.
    pub last_status: u16,
    /// When that was, in milliseconds since 1970.
    pub last_ms: i64,
}

impl PageStats {
    /// What the tiers behind take for the page on average, in milliseconds.
    #[must_use]
    pub fn origin_ms(&self) -> Option<f64> {
        let requests = self.origin_requests as f64;
        (requests > 0.0).then(|| self.origin_us as f64 / requests / 1000.0)
    }
}

impl Merge for PageStats {
    fn merge(&mut self, other: &Self) {
        self.bytes_sent = self.bytes_sent.saturating_add(other.bytes_sent);
        self.cache_hits += other.cache_hits;
        self.cache_misses += other.cache_misses;
        self.errors += other.errors;
        self.reads += other.reads;
        self.duration_us += other.duration_us;
        self.origin_us += other.origin_us;
        self.origin_requests += other.origin_requests;
        let (mine, theirs) = (
            (self.last_ms, self.last_status),
            (other.last_ms, other.last_status),
        );
        (self.last_ms, self.last_status) = mine.max(theirs);
    }
}

/// What is kept of a page while a file is read: one cache line of a processor, since pages
/// are many and each line of a log looks one up. A file has fewer lines than a `u32` counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct LivePage {
    bytes_sent: u64,
    duration_us: u64,
    origin_us: u64,
    last_ms: i64,
    cache_hits: u32,
    cache_misses: u32,
    errors: u32,
    reads: u32,
    origin_requests: u32,
    last_status: u16,
    /// Index of the page's group of paths.
    pub(crate) route: u8,
    /// What its path gives away.
    pub(crate) traits: PathTraits,
}

impl LivePage {
    pub(crate) fn new(route: u8, traits: PathTraits) -> Self {
        Self {
            route,
            traits,
            ..Self::default()
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, request: &Request<'_>) {
        self.bytes_sent = self.bytes_sent.saturating_add(request.bytes_sent);
        self.cache_hits += u32::from(request.cache.is_hit());
        self.cache_misses += u32::from(request.cache == CacheResult::Miss);
        self.errors += u32::from(request.status >= 400);
        let reads = matches!(request.method, b"GET" | b"HEAD");
        self.reads += u32::from(reads && request.status < 400 && request.status > 0);
        self.duration_us += u64::from(request.duration_us.unwrap_or(0));
        if let Some(origin_us) = request.origin_us {
            self.origin_us += u64::from(origin_us);
            self.origin_requests += 1;
        }
        let (known, seen) = (
            (self.last_ms, self.last_status),
            (request.time_ms, request.status),
        );
        (self.last_ms, self.last_status) = known.max(seen);
    }

    pub(crate) fn stats(&self) -> PageStats {
        PageStats {
            bytes_sent: self.bytes_sent,
            cache_hits: self.cache_hits.into(),
            cache_misses: self.cache_misses.into(),
            errors: self.errors.into(),
            reads: self.reads.into(),
            duration_us: self.duration_us,
            origin_us: self.origin_us,
            origin_requests: self.origin_requests.into(),
            last_status: self.last_status,
            last_ms: self.last_ms,
        }
    }
}
