use std::time::Duration;

/// A duration of milliseconds; none where they are negative.
pub(crate) fn duration(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
