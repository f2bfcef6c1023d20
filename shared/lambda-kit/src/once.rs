use std::future::Future;
use std::time::SystemTime;

use telemetry::Chain;
use tracing::warn;

use crate::{Claim, Classified, Idempotency, IdempotencyError};

/// What became of work that is to be done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once {
    /// This run did it; what it left.
    Done(&'static str),
    /// A run before did it; what that left.
    DoneBefore(String),
    /// Another run is at it, or died at it and its lease still runs.
    InProgress,
}

impl Idempotency {
    /// Does `work` if this is the one run for `key`, and remembers what it leaves. When it
    /// fails, the key is given back, so that the next delivery can start at once.
    ///
    /// # Errors
    /// The work's own, and those of the claim.
    pub async fn once<E>(
        &self,
        key: &str,
        work: impl Future<Output = Result<&'static str, E>>,
    ) -> Result<Once, E>
    where
        E: From<IdempotencyError> + Classified,
    {
        let token = match self.claim(key, SystemTime::now()).await? {
            Claim::Acquired(token) => token,
            Claim::InProgress => return Ok(Once::InProgress),
            Claim::Completed(result) => return Ok(Once::DoneBefore(result)),
        };
        match work.await {
            Ok(result) => {
                let now = SystemTime::now();
                self.complete(key, token, result, now).await?;
                Ok(Once::Done(result))
            }
            Err(error) => {
                // The error is what matters; a lease that could not be given back ends by itself.
                if let Err(kept) = self.release(key, token).await {
                    warn!(key, error = %Chain(&kept), class = ?error.class(), "Kept the lease of failed work");
                }
                Err(error)
            }
        }
    }
}
