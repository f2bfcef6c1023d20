use serde::{Deserialize, Serialize};

/// A worker is remembered so long after its lease, so that samples which it sends again are
/// not counted again.
const REMEMBERED_MS: i64 = 600_000;

/// Workers that are remembered at most.
const MOST: usize = 64;

/// A worker's part in an origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Its name: one of its own for each invocation.
    pub worker: String,
    /// Until when it counts as alive.
    pub lease_until_ms: i64,
    /// How many of its samples have been folded in.
    pub folded: u64,
}

/// The workers at an origin, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Shares(Vec<Share>);

impl Shares {
    pub(crate) fn live(&self, now_ms: i64) -> impl Iterator<Item = &Share> {
        self.0
            .iter()
            .filter(move |share| share.lease_until_ms > now_ms)
    }

    /// The worker's share, which is made where there is none.
    pub(crate) fn of(&mut self, worker: &str, now_ms: i64) -> &mut Share {
        self.forget(worker, now_ms);
        let place = self
            .0
            .binary_search_by(|share| share.worker.as_str().cmp(worker));
        let index = place.unwrap_or_else(|index| {
            let share = Share {
                worker: worker.to_owned(),
                // Remembered, and not alive.
                lease_until_ms: now_ms,
                folded: 0,
            };
            self.0.insert(index, share);
            index
        });
        &mut self.0[index]
    }

    fn forget(&mut self, but: &str, now_ms: i64) {
        let since_ms = now_ms.saturating_sub(REMEMBERED_MS);
        self.0
            .retain(|share| share.worker == but || share.lease_until_ms > since_ms);
        while self.0.len() >= MOST {
            let others = self.0.iter().enumerate().filter(|(_, s)| s.worker != but);
            let Some((oldest, _)) = others.min_by_key(|(_, share)| share.lease_until_ms) else {
                break;
            };
            self.0.remove(oldest);
        }
    }

    /// How many requests the worker may have in flight when all may have `total`. What cannot
    /// be divided goes to the first by name, so that all workers come to the same result.
    pub(crate) fn part(&self, worker: &str, total: u32, now_ms: i64) -> u32 {
        let mut workers = 0;
        let mut rank = None;
        for share in self.live(now_ms) {
            if share.worker == worker {
                rank = Some(workers);
            }
            workers += 1;
        }
        rank.map_or(0, |rank| {
            total / workers + u32::from(rank < total % workers)
        })
    }
}
