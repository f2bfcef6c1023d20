//! What log-report tells of a site's visitors.

use hot_list::HotList;
use telemetry::Chain;
use tracing::warn;

use crate::{Deps, PlanError};

/// Longest hot list that is read, in bytes: a thousand pages with the longest paths.
const MAX_BYTES: u64 = 4 << 20;

/// Which pages a warm cache spares the origin most, and in which forms visitors ask for them;
/// `None` where no log says so, or the list cannot be read.
pub(crate) async fn read_hot_list(site: &str, deps: &Deps) -> Result<Option<HotList>, PlanError> {
    let key = format!("hot-lists/{site}.json");
    let Some(object) = deps.results.get(&key, MAX_BYTES).await? else {
        return Ok(None);
    };
    let list = serde_json::from_slice(&object.bytes);
    let list = list.inspect_err(|error| warn!(key, error = %Chain(error), "Left a hot list out"));
    Ok(list.ok())
}
