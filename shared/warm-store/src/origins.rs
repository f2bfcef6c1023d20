use lambda_kit::BoxFuture;
use origin_limit::{Account, Limiter, Rules};
use store::StoreError;
use warming::CacheBehaviour;

use crate::caches::StoredCache;
use crate::documents::{RowKey, Versioned};
use crate::rows::WarmStore;
use crate::runs::partition;

/// Whose budget an account is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountOf<'a> {
    /// A target's, day by day.
    Target(&'a str),
    /// A run's.
    Run(&'a str),
}

impl WarmStore {
    /// A target's limiter; a new one where none is stored.
    ///
    /// # Errors
    /// A failed call, or a row that cannot be read.
    pub fn limiter<'a>(
        &'a self,
        target: &'a str,
        rules: &'a Rules,
    ) -> BoxFuture<'a, Result<Versioned<Limiter>, StoreError>> {
        Box::pin(async move {
            let limiter = self.read(&origin_key(target, "limiter")).await?;
            Ok(limiter.unwrap_or_else(|| Versioned::new(Limiter::new(rules))))
        })
    }

    /// Changes a target's limiter that was read; when another worker wrote it first, the same
    /// change is made to what that one left.
    ///
    /// # Errors
    /// A failed call, or a row that cannot be read.
    pub fn change_limiter<'a>(
        &'a self,
        target: &'a str,
        rules: &'a Rules,
        read: Versioned<Limiter>,
        change: impl FnMut(&mut Limiter) + Send + 'a,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<Versioned<Limiter>, StoreError>> {
        Box::pin(async move {
            let key = origin_key(target, "limiter");
            self.change(&key, read, || Limiter::new(rules), change, now_ms)
                .await
        })
    }

    /// Changes what is used of a budget; when somebody else wrote it first, the same change is
    /// made to what they left.
    ///
    /// # Errors
    /// A failed call, or a row that cannot be read.
    pub fn change_account<'a>(
        &'a self,
        of: AccountOf<'a>,
        change: impl FnMut(&mut Account) + Send + 'a,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<Account, StoreError>> {
        Box::pin(async move {
            let key = match of {
                AccountOf::Target(target) => origin_key(target, "account"),
                AccountOf::Run(run) => RowKey::new(partition(run), "account"),
            };
            let initial = || Account::new(now_ms);
            let read = self.read(&key).await?;
            let read = read.unwrap_or_else(|| Versioned::new(initial()));
            let changed = self.change(&key, read, initial, change, now_ms).await?;
            Ok(changed.value)
        })
    }

    /// Which cache policies a target's paths have, as the plan found out; `None` where it did
    /// not.
    ///
    /// # Errors
    /// A failed call, or a row that cannot be read.
    pub fn caches<'a>(
        &'a self,
        target: &'a str,
    ) -> BoxFuture<'a, Result<Option<Vec<CacheBehaviour>>, StoreError>> {
        Box::pin(async move {
            let caches = self.read(&origin_key(target, "caches")).await?;
            Ok(caches.map(|caches: Versioned<Vec<StoredCache>>| {
                caches.value.into_iter().map(Into::into).collect()
            }))
        })
    }

    /// Keeps which cache policies a target's paths have.
    ///
    /// # Errors
    /// A failed call.
    pub fn keep_caches<'a>(
        &'a self,
        target: &'a str,
        caches: &'a [CacheBehaviour],
        now_ms: i64,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let key = origin_key(target, "caches");
            let caches: Vec<_> = caches.iter().map(StoredCache::from).collect();
            let keep = |kept: &mut Vec<StoredCache>| kept.clone_from(&caches);
            let read = self.read(&key).await?;
            let read = read.unwrap_or_else(|| Versioned::new(Vec::new()));
            self.change(&key, read, Vec::new, keep, now_ms).await?;
            Ok(())
        })
    }
}

fn origin_key(target: &str, row: &str) -> RowKey {
    RowKey::new(format!("origin#{target}"), row)
}
