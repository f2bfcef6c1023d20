//! What is written to see whether it can be read again: the moment, in milliseconds.

use std::time::{SystemTime, UNIX_EPOCH};

/// Another prober may write the same canary between our write and our read, with a clock that
/// is behind ours by so much.
const TOLERANCE_MS: u64 = 10_000;

/// What is written now.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}

/// Whether what was read is what was written, or another prober's.
pub(crate) fn is_fresh(read: &str, written: u64) -> bool {
    let read: Option<u64> = read.parse().ok();
    read.is_some_and(|read| read.saturating_add(TOLERANCE_MS) >= written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_canary_is_not_ours() {
        assert!(is_fresh("100000", 100_000) && is_fresh("95000", 100_000));
        assert!(!is_fresh("40000", 100_000) && !is_fresh("x", 100_000) && !is_fresh("", 1));
    }
}
