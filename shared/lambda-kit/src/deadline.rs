use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::Context;

/// Longest that a function may run:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>.
const LONGEST_RUN: Duration = Duration::from_mins(15);

/// When an invocation has to have answered. Work asks how much is left before it starts something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    at: SystemTime,
}

impl Deadline {
    /// The deadline of an invocation, `reserve` earlier than Lambda's own, so
    /// that there is time to report.
    #[must_use]
    pub fn of(context: &Context, reserve: Duration) -> Self {
        let stated = context.deadline();
        // `cargo lambda watch` states how long the function may run, not until when.
        let at = match stated.duration_since(UNIX_EPOCH) {
            Ok(run) if run <= LONGEST_RUN => SystemTime::now() + run,
            _ => stated,
        };
        Self {
            at: at.checked_sub(reserve).unwrap_or(at),
        }
    }

    /// A deadline at a given time.
    #[must_use]
    pub const fn at(at: SystemTime) -> Self {
        Self { at }
    }

    /// What is left at `now`; zero once it has passed.
    #[must_use]
    pub fn remaining(&self, now: SystemTime) -> Duration {
        self.at.duration_since(now).unwrap_or_default()
    }

    /// Whether it has passed, by the clock.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.remaining(SystemTime::now()).is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_reserve() {
        let mut context = Context::default();
        context.deadline = 10_000_000;
        let deadline = Deadline::of(&context, Duration::from_secs(2));
        let now = UNIX_EPOCH + Duration::from_secs(9_995);
        assert_eq!(deadline.remaining(now), Duration::from_secs(3));
        assert_eq!(
            deadline.remaining(now + Duration::from_secs(9)),
            Duration::ZERO
        );
        assert!(deadline.has_passed());
    }

    #[test]
    fn takes_a_short_deadline_for_a_duration() {
        let mut context = Context::default();
        context.deadline = 600_000;
        let left = Deadline::of(&context, Duration::ZERO).remaining(SystemTime::now());
        assert!(left > Duration::from_secs(590), "{left:?}");
    }
}
