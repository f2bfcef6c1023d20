use std::collections::BTreeMap;

use health_state::DependencyGraph;
use lambda_kit::BoxFuture;
use store::StoreError;

use crate::incidents::{Incidents, Scene};
use crate::item::{Item, ONLY, json, key, number, parse, row, version};
use crate::store::{Condition, WRITE_TRIES, Written, conflict, pause};
use crate::{HealthStore, Seen, TrackedIncident};

const INCIDENTS: &str = "incidents";
/// Bytes of the list at most: a row has 400 kB.
const MAX_BYTES: usize = 300_000;

impl HealthStore {
    /// The incidents that go on and those of the last 90 days, given how all checks are. What
    /// changed is written down.
    ///
    /// # Errors
    /// A failed call; [`StoreError::Conflict`] when others were faster time and again.
    pub fn incidents<'a>(
        &'a self,
        now_ms: i64,
        seen: &'a BTreeMap<String, Seen<'a>>,
        graph: &'a DependencyGraph,
    ) -> BoxFuture<'a, Result<Vec<TrackedIncident>, StoreError>> {
        let scene = Scene {
            now_ms,
            seen,
            graph,
        };
        Box::pin(self.update_incidents(scene))
    }

    async fn update_incidents(&self, scene: Scene<'_>) -> Result<Vec<TrackedIncident>, StoreError> {
        for tries in 0..WRITE_TRIES {
            if tries > 0 {
                pause(tries).await;
            }
            // What is a second old is enough to see that nothing changes.
            let item = self.get(INCIDENTS, ONLY, tries > 0).await?;
            let mut incidents = item.as_ref().map(read).unwrap_or_default();
            if !incidents.update(scene) {
                return Ok(incidents.list);
            }
            let before = version(item.as_ref());
            let row = self.put(
                write(&mut incidents, before + 1)?,
                Condition::Version(before),
            )?;
            if self.write(INCIDENTS, vec![row]).await? == Written::All {
                return Ok(incidents.list);
            }
        }
        Err(conflict(INCIDENTS))
    }
}

fn read(item: &Item) -> Incidents {
    parse(item, "list").unwrap_or_default()
}

fn write(incidents: &mut Incidents, version: u64) -> Result<Item, StoreError> {
    let mut list = json(INCIDENTS, "list", incidents)?;
    while list.as_s().is_ok_and(|json| json.len() > MAX_BYTES) && incidents.forget_one() {
        list = json(INCIDENTS, "list", incidents)?;
    }
    let mut item = key(INCIDENTS, ONLY);
    item.extend(row([("list", list), ("version", number(version))]));
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_long_loses_what_ended_first() {
        let of = |n: i64| TrackedIncident {
            id: format!("home-{n}"),
            root: "home".to_owned(),
            started_ms: n,
            ended_ms: Some(n + 1),
            checks: (0..200)
                .map(|n| format!("a-check-with-a-name-{n}"))
                .collect(),
            joined: vec![(n, "search".to_owned())],
            part_of: None,
        };
        let mut incidents = Incidents {
            list: (0..100).map(of).collect(),
        };
        let item = write(&mut incidents, 3).unwrap();
        let kept = read(&item);
        assert!(kept.list.len() > 50 && kept.list.len() < 100);
        assert_eq!(kept.list.last().map(|i| i.started_ms), Some(99));
        assert_eq!((kept, version(Some(&item))), (incidents, 3));
    }
}
