use serde::{Deserialize, Serialize};

/// An answer of the origin, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When the request was sent.
    pub started_ms: i64,
    /// How long its first byte took; for one that timed out, how long it was waited for.
    pub first_byte_ms: i64,
    /// How many requests its worker had in flight when it was sent, itself among them: a
    /// limit that nobody uses proves nothing, and does not rise.
    pub in_flight: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The origin did its work: also a redirect, or a page that does not exist.
    Ok,
    /// An answer of 5xx. 503 is [`Outcome::Throttled`] without a hint.
    ServerError(u16),
    /// 429, 503, or whatever came with `Retry-After`.
    Throttled {
        /// What `Retry-After` said.
        retry_after_ms: Option<i64>,
    },
    /// Nothing came in time.
    TimedOut,
}

impl Sample {
    /// Nothing has happened later than now: a clock that is ahead must not stop everything
    /// until then.
    pub(crate) const fn known_by(mut self, now_ms: i64) -> Self {
        if self.started_ms > now_ms {
            self.started_ms = now_ms;
        }
        let since_ms = now_ms.saturating_sub(self.started_ms);
        if self.first_byte_ms > since_ms {
            self.first_byte_ms = since_ms;
        }
        if self.first_byte_ms < 0 {
            self.first_byte_ms = 0;
        }
        self
    }

    /// When its outcome was known.
    #[must_use]
    pub const fn ended_ms(&self) -> i64 {
        self.started_ms.saturating_add(self.first_byte_ms)
    }
}

impl Outcome {
    /// Whether visitors would have seen an error.
    #[must_use]
    pub const fn is_error(self) -> bool {
        !matches!(self, Self::Ok)
    }

    /// Whether the origin says or shows that it has too much to do.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Throttled { .. } | Self::TimedOut | Self::ServerError(429 | 503)
        )
    }

    pub(crate) const fn retry_after_ms(self) -> i64 {
        match self {
            Self::Throttled {
                retry_after_ms: Some(ms),
            } => ms,
            _ => 0,
        }
    }
}
