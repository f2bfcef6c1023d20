//! A target as it is asked: its address, and which of its answers caches keep.

use std::collections::BTreeMap;
use std::sync::Arc;

use store::StoreError;
use tokio::sync::Mutex;
use warm_store::WarmStore;
use warming::Target;

use crate::http_get::Getter;

/// How long the cache policies that were read are taken for those there are.
const KEPT_MS: i64 = 600_000;

/// A target that can be asked.
#[derive(Debug)]
pub(crate) struct SiteTarget {
    /// What `warming.toml` says, with the cache policies that the plan found.
    pub(crate) target: Target,
    /// Asks for its pages.
    pub(crate) getter: Getter,
}

/// The targets, by their ids.
#[derive(Debug)]
pub(crate) struct SiteTargets(BTreeMap<String, Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    target: Arc<SiteTarget>,
    read_ms: i64,
}

impl SiteTargets {
    pub(crate) fn new(targets: impl IntoIterator<Item = SiteTarget>) -> Self {
        let kept = targets.into_iter().map(|target| {
            let id = target.target.id.clone();
            let target = Arc::new(target);
            let read_ms = i64::MIN;
            (id, Mutex::new(Kept { target, read_ms }))
        });
        Self(kept.collect())
    }

    /// A target; `None` where there is none of this id. Its cache policies are read again
    /// every ten minutes.
    pub(crate) async fn get(
        &self,
        id: &str,
        store: &WarmStore,
        now_ms: i64,
    ) -> Result<Option<Arc<SiteTarget>>, StoreError> {
        let Some(kept) = self.0.get(id) else {
            return Ok(None);
        };
        let mut kept = kept.lock().await;
        if now_ms.saturating_sub(kept.read_ms) >= KEPT_MS {
            if let Some(caches) = store.caches(id).await? {
                let mut target = kept.target.target.clone();
                target.caches = caches;
                let getter = kept.target.getter.clone();
                kept.target = Arc::new(SiteTarget { target, getter });
            }
            kept.read_ms = now_ms;
        }
        Ok(Some(Arc::clone(&kept.target)))
    }
}
