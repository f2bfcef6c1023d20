use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, by the clock.
#[must_use]
pub fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
