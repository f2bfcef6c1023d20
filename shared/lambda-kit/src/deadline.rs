use std::time::{Duration, SystemTime};

use lambda_runtime::Context;

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
        let at = context.deadline();
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
    use std::time::UNIX_EPOCH;

    #[test]
    fn keeps_the_reserve() {
        let mut context = Context::default();
        context.deadline = 10_000;
        let deadline = Deadline::of(&context, Duration::from_secs(2));
        let now = UNIX_EPOCH + Duration::from_secs(5);
        assert_eq!(deadline.remaining(now), Duration::from_secs(3));
        assert_eq!(
            deadline.remaining(now + Duration::from_secs(9)),
            Duration::ZERO
        );
        assert!(deadline.has_passed());
    }
}
