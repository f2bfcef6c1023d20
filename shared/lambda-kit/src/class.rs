use std::error::Error;

/// What a failure means. One table decides everything else:
///
/// | class | HTTP | SQS record |
/// |---|---|---|
/// | `Invalid` | 400/413/415/422 | acknowledged, reason kept |
/// | `Forbidden` | 403 | acknowledged, reason kept |
/// | `NotFound` | 404 | acknowledged |
/// | `Conflict` | 409 | acknowledged |
/// | `Throttled`, `Transient` | 503 with `Retry-After` | returned to the queue |
/// | `Permanent` | 500, opaque | returned until the dead-letter queue takes it |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The input is wrong and will stay wrong.
    Invalid,
    /// The caller may not do this.
    Forbidden,
    /// The thing asked for is not there.
    NotFound,
    /// Somebody else was first, or a newer state exists.
    Conflict,
    /// A service asked for fewer calls.
    Throttled,
    /// A dependency failed in a way that passes.
    Transient,
    /// A fault of ours.
    Permanent,
}

impl ErrorClass {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Throttled | Self::Transient)
    }

    /// Whether a queue should deliver the message again. `Permanent` is: a
    /// fault of ours must reach the dead-letter queue, not vanish.
    #[must_use]
    pub const fn returns_to_queue(self) -> bool {
        matches!(self, Self::Throttled | Self::Transient | Self::Permanent)
    }
}

/// An error that knows its class and a stable, bounded code.
pub trait Classified: Error + Send + Sync + 'static {
    /// What the failure means.
    fn class(&self) -> ErrorClass;

    /// A stable code such as `image.too_many_pixels`, for clients, logs and metrics.
    fn code(&self) -> &'static str;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_change_is_retried() {
        let retried = [
            ErrorClass::Throttled,
            ErrorClass::Transient,
            ErrorClass::Permanent,
        ];
        let all = [
            ErrorClass::Invalid,
            ErrorClass::Forbidden,
            ErrorClass::NotFound,
            ErrorClass::Conflict,
        ];
        assert!(retried.iter().all(|class| class.returns_to_queue()));
        assert!(
            all.iter()
                .all(|class| !class.returns_to_queue() && !class.is_retryable())
        );
        assert!(!ErrorClass::Permanent.is_retryable());
    }
}
