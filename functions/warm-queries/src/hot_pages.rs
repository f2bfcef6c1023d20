//! The hot lists of log-report: which pages visitors ask for most.

use std::collections::{BTreeMap, BTreeSet};

use hot_list::HotList;
use telemetry::Chain;
use tracing::warn;

use crate::{Deps, WarmError};

/// Largest hot list that is read, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// The hot list of each target that has queries, by the target's id. A site that nobody has
/// visited has none.
pub(crate) async fn hot_lists(deps: &Deps) -> Result<BTreeMap<String, HotList>, WarmError> {
    let wanted: BTreeSet<&str> = deps
        .warming
        .queries
        .iter()
        .map(|query| query.target.as_str())
        .collect();
    let mut lists = BTreeMap::new();
    for id in wanted {
        let Some(target) = deps.warming.target(id) else {
            continue;
        };
        let key = format!("hot-lists/{}.json", target.site);
        let Some(object) = deps.results.get(&key, MAX_BYTES).await? else {
            continue;
        };
        match serde_json::from_slice(&object.bytes) {
            Ok(list) => drop(lists.insert(id.to_owned(), list)),
            // Queries without names, and pages that an event names, need no list.
            Err(error) => warn!(key, error = %Chain(&error), "Went on without a hot list"),
        }
    }
    Ok(lists)
}
