use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// Pauses after the first, second, … failed attempt, in seconds: the schedule that
/// [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability)
/// suggests, 75 h 35 min in all. A sweep that runs every minute stretches the first one.
const PAUSES: [u64; 9] = [
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// Longest pause that the other side may ask for.
const LONGEST_WISH: Duration = Duration::from_hours(24);
/// Failures in a row after which nothing is tried for a while.
const PATIENCE: u32 = 5;
/// First such while; it doubles with each further failure.
const FIRST_REST: Duration = Duration::from_mins(1);
/// Longest such while.
const LONGEST_REST: Duration = Duration::from_mins(30);

/// How long to wait after the `attempts`th attempt has failed; `None` where it was the
/// last one. The other side's wish (`Retry-After`) counts where it is longer.
#[must_use]
pub fn next_attempt(attempts: u32, wish: Option<Duration>) -> Option<Duration> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let pause = Duration::from_secs(*PAUSES.get(index)?);
    Some(pause.max(wish.unwrap_or_default().min(LONGEST_WISH)))
}

/// How long it takes until the last attempt has failed: what could not even be tried for
/// so long is given up too.
#[must_use]
pub fn patience() -> Duration {
    Duration::from_secs(PAUSES.iter().sum())
}

/// The circuit breaker of an endpoint: how long nothing is tried after `failures` in a
/// row. `None` while it is closed. After the while, one attempt is the probe: it closes
/// the breaker or opens it for longer.
#[must_use]
pub fn open_for(failures: u32) -> Option<Duration> {
    let beyond = failures.checked_sub(PATIENCE)?;
    let rest = FIRST_REST.saturating_mul(1 << beyond.min(8));
    Some(rest.min(LONGEST_REST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_take_three_days() {
        let total: Duration = (1..).map_while(|attempt| next_attempt(attempt, None)).sum();
        assert_eq!(total, Duration::from_secs(75 * HOUR + 35 * MINUTE + 5));
        assert_eq!(total, patience());
        assert_eq!(next_attempt(10, None), None);
        assert_eq!(next_attempt(0, None), None);
    }

    #[test]
    fn the_other_side_may_ask_for_more_time_within_reason() {
        let minutes = |n| Some(Duration::from_mins(n));
        assert_eq!(next_attempt(1, minutes(10)), minutes(10));
        assert_eq!(next_attempt(3, minutes(10)), minutes(30));
        assert_eq!(next_attempt(1, minutes(10_000)), minutes(24 * 60));
    }

    #[test]
    fn the_breaker_opens_after_five_failures_and_rests_longer_each_time() {
        assert_eq!(open_for(4), None);
        assert_eq!(open_for(5), Some(Duration::from_mins(1)));
        assert_eq!(open_for(7), Some(Duration::from_mins(4)));
        assert_eq!(open_for(500), Some(Duration::from_mins(30)));
    }
}
