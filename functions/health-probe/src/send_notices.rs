//! The use case: who is to be told, is told.
//!
//! What a destination is told of one check, it is told in order: nobody learns that something
//! is over before they learn that it began. So a notice that cannot be sent holds up those
//! after it, and one that comes after it has it tried again at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use health_store::{Delivery, Destination, DueNotice};
use lambda_kit::{BoxFuture, Deadline};
use telemetry::Chain;
use tracing::{error, warn};

use crate::in_parallel::in_parallel;
use crate::send_one::{Told, send_one};
use crate::{Deps, RunError};

/// Notices that one run looks at.
const LIMIT: usize = 500;
/// Destinations and checks that are told of at once.
const PARALLEL: usize = 8;
/// Minutes between attempts; the last pause comes again and again.
const PAUSES: [i64; 5] = [1, 2, 5, 15, 60];
/// After that nobody tries any more.
const PATIENCE_MS: i64 = 75 * 60 * MINUTE_MS;
/// Longest pause that the other side may ask for.
const LONGEST_WISH: Duration = Duration::from_hours(24);
const MINUTE_MS: i64 = 60_000;

/// What became of notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// How often somebody was told.
    pub(crate) told: usize,
    /// How often that failed, for now.
    pub(crate) failed: usize,
    /// How often it was given up.
    pub(crate) dead: usize,
}

/// What one destination is to be told of one check, in order, as places of notices.
#[derive(Debug, PartialEq, Eq)]
struct Queue {
    destination: Destination,
    places: Vec<usize>,
}

/// What becomes of a notice's delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Told,
    Dead,
    /// It failed.
    Failed(Delivery),
    /// It waits for the one before it, until then.
    Waits(i64),
}

/// Tells whom it is time to tell.
///
/// # Errors
/// The table of health. What was told is known to the claims, and not told again.
pub(crate) async fn send_notices(
    deps: &Arc<Deps>,
    (now_ms, deadline): (i64, Deadline),
) -> Result<Sent, RunError> {
    let failed = |action| move |source| RunError::Table { action, source };
    let due = deps.store.due_notices(LIMIT).await;
    let mut due = due.map_err(failed("list the notices"))?;
    let shared: Arc<Vec<DueNotice>> = Arc::new(due.clone());
    let work = queues(&due, now_ms).into_iter();
    let work = work.map(|queue| {
        let work = work_off(
            Arc::clone(deps),
            Arc::clone(&shared),
            queue,
            (now_ms, deadline),
        );
        let work: BoxFuture<'static, _> = Box::pin(work);
        work
    });
    let mut sent = Sent::default();
    let mut settled: BTreeMap<usize, Vec<(Destination, Change)>> = BTreeMap::new();
    for (destination, changes) in in_parallel(work.collect::<Vec<_>>(), PARALLEL).await {
        for (place, change) in changes {
            sent.count(change);
            let of_notice = settled.entry(place).or_default();
            of_notice.push((destination.clone(), change));
        }
    }
    for (place, changes) in settled {
        let Some(notice) = due.get_mut(place) else {
            continue;
        };
        changes
            .iter()
            .for_each(|(to, change)| apply(notice, to, *change));
        if let Err(fault) = deps.store.settle(notice, now_ms).await {
            warn!(notice.key = notice.notice.key, error = %Chain(&fault), "Could not settle a notice");
        }
    }
    Ok(sent)
}

/// The queues in which anything is due: then the first one is tried.
fn queues(due: &[DueNotice], now_ms: i64) -> Vec<Queue> {
    let mut order: Vec<(usize, &DueNotice)> = due.iter().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| {
        let key = |due: &DueNotice| (due.notice.at_ms, due.notice.since_ms, due.notice.kind as u8);
        key(a).cmp(&key(b))
    });
    let mut queues: BTreeMap<(&Destination, &str), (Vec<usize>, bool)> = BTreeMap::new();
    for (place, notice) in order {
        for (destination, delivery) in &notice.deliveries {
            let queue = queues.entry((destination, &notice.notice.check));
            let (places, is_due) = queue.or_default();
            places.push(place);
            *is_due |= delivery.next_ms <= now_ms;
        }
    }
    let due = queues.into_iter().filter(|(_, (_, is_due))| *is_due);
    due.map(|((destination, _), (places, _))| Queue {
        destination: destination.clone(),
        places,
    })
    .collect()
}

/// Works off a queue until something fails or time is over.
async fn work_off(
    deps: Arc<Deps>,
    due: Arc<Vec<DueNotice>>,
    queue: Queue,
    (now_ms, deadline): (i64, Deadline),
) -> (Destination, Vec<(usize, Change)>) {
    let mut changes = Vec::new();
    let mut places = queue.places.iter();
    for place in places.by_ref() {
        let Some(notice) = due.get(*place) else {
            continue;
        };
        if deadline.has_passed() {
            break;
        }
        let told = send_one(&deps, &notice.notice, &queue.destination).await;
        let Some(change) = change(notice, &queue.destination, told, now_ms) else {
            break;
        };
        changes.push((*place, change));
        if let Change::Failed(delivery) = change {
            let waits = |place: &usize| (*place, Change::Waits(delivery.next_ms));
            changes.extend(places.map(waits));
            break;
        }
    }
    (queue.destination, changes)
}

/// What an attempt means; `None` when nothing is known.
fn change(due: &DueNotice, to: &Destination, told: Told, now_ms: i64) -> Option<Change> {
    let wish = match told {
        Told::Done => return Some(Change::Told),
        Told::Hopeless => return Some(Change::Dead),
        Told::Left => return None,
        Told::Failed(wish) => wish,
    };
    let attempts = due
        .deliveries
        .get(to)
        .map_or(0, |delivery| delivery.attempts);
    let attempts = attempts.saturating_add(1);
    match next_try(attempts, due.notice.at_ms, now_ms, wish) {
        Some(next_ms) => Some(Change::Failed(Delivery { attempts, next_ms })),
        None => {
            error!(
                notice.key = due.notice.key, destination = %to, attempts,
                "Gave up a notice: nobody took it for 75 hours"
            );
            Some(Change::Dead)
        }
    }
}

/// When the next attempt is due, after so many have failed; `None` when it was the last one.
fn next_try(attempts: u32, since_ms: i64, now_ms: i64, wish: Option<Duration>) -> Option<i64> {
    let place = usize::try_from(attempts).unwrap_or(usize::MAX);
    let last = PAUSES.len() - 1;
    let pause_ms = PAUSES.get(place.saturating_sub(1).min(last))? * MINUTE_MS;
    let wish = wish.unwrap_or_default().min(LONGEST_WISH).as_millis();
    let next_ms = now_ms + pause_ms.max(i64::try_from(wish).unwrap_or(0));
    (next_ms <= since_ms.saturating_add(PATIENCE_MS)).then_some(next_ms)
}

fn apply(due: &mut DueNotice, to: &Destination, change: Change) {
    match change {
        Change::Told | Change::Dead => {
            due.deliveries.remove(to);
        }
        Change::Failed(delivery) => {
            due.deliveries.insert(to.clone(), delivery);
        }
        Change::Waits(until_ms) => {
            if let Some(delivery) = due.deliveries.get_mut(to) {
                delivery.next_ms = delivery.next_ms.max(until_ms);
            }
        }
    }
}

impl Sent {
    const fn count(&mut self, change: Change) {
        match change {
            Change::Told => self.told += 1,
            Change::Dead => self.dead += 1,
            Change::Failed(_) => self.failed += 1,
            Change::Waits(_) => {}
        }
    }
}

#[cfg(test)]
#[path = "send_notices_tests.rs"]
mod tests;
