//! The operators that attacked the site, as the guard table lists them.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use submission_store::{Millis, StoreError};

use crate::judge_visitor::within;

/// How long a list is used before it is read again, in seconds.
const FRESH: u64 = 60;

/// The list, read at most once a minute. One that cannot be read names nobody for that
/// minute: a table that is down is not asked for every post.
#[derive(Debug, Default)]
pub(crate) struct AbusiveOperators {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    read_at: Option<Millis>,
    operators: BTreeSet<u32>,
}

impl AbusiveOperators {
    /// Whether `asn` is on the list. `read` reads it, if that is due.
    pub(crate) async fn contains(
        &self,
        asn: u32,
        now: Millis,
        read: impl Future<Output = Result<BTreeSet<u32>, StoreError>>,
    ) -> bool {
        if self.take_turn(now) {
            let operators = within(read).await;
            self.known().operators = operators;
        }
        self.known().operators.contains(&asn)
    }

    /// Whether the caller has to read the list: others use the old one meanwhile.
    fn take_turn(&self, now: Millis) -> bool {
        let mut known = self.known();
        let is_due = known
            .read_at
            .is_none_or(|at| now.seconds().abs_diff(at.seconds()) >= FRESH);
        if is_due {
            known.read_at = Some(now);
        }
        is_due
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    const ATTACKER: u32 = 64_500;

    fn list() -> impl Future<Output = Result<BTreeSet<u32>, StoreError>> {
        ready(Ok(BTreeSet::from([ATTACKER])))
    }

    async fn never() -> Result<BTreeSet<u32>, StoreError> {
        panic!("the list is read too often")
    }

    #[tokio::test]
    async fn the_list_is_read_once_a_minute() {
        let operators = AbusiveOperators::default();
        assert!(operators.contains(ATTACKER, Millis(0), list()).await);
        assert!(operators.contains(ATTACKER, Millis(59_999), never()).await);
        assert!(!operators.contains(3320, Millis(59_999), never()).await);
        let nobody = ready(Ok(BTreeSet::new()));
        assert!(!operators.contains(ATTACKER, Millis(60_000), nobody).await);
    }

    #[tokio::test]
    async fn a_table_that_fails_names_nobody() {
        let operators = AbusiveOperators::default();
        let failed = || ready(Err(StoreError::Contended));
        assert!(!operators.contains(ATTACKER, Millis(0), failed()).await);
        assert!(!operators.contains(ATTACKER, Millis(1), never()).await);
        assert!(operators.contains(ATTACKER, Millis(60_000), list()).await);
        assert!(
            !operators
                .contains(ATTACKER, Millis(120_000), failed())
                .await
        );
    }
}
