//! Many jobs, a few of them at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lambda_kit::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

/// What a job came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Done<T> {
    /// Its result.
    pub(crate) result: T,
    /// Whether it took longer than a slot is kept for.
    pub(crate) is_slow: bool,
}

/// Why a job has no result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoResult {
    /// There was no time for it, or not enough.
    OutOfTime,
    /// It panicked.
    Broke,
}

/// Runs jobs, which are begun in their order, and tells what each came to.
///
/// A job has its slot for as long as it is lively: one that takes longer than `patience` only
/// waits for somebody, which costs nothing, and goes on beside the others. So those that wait
/// in vain hold nobody up for long.
pub(crate) async fn in_slots<T: Send + 'static>(
    jobs: Vec<BoxFuture<'static, T>>,
    slots: usize,
    patience: Duration,
    until: Instant,
) -> Vec<Result<Done<T>, NoResult>> {
    let slots = Arc::new(Semaphore::new(slots.max(1)));
    let mut ended: Vec<_> = jobs.iter().map(|_| Err(NoResult::OutOfTime)).collect();
    let mut places = HashMap::new();
    // What is still running when this function ends, ends with it.
    let mut running = JoinSet::new();
    for (place, job) in jobs.into_iter().enumerate() {
        let slot = timeout_at(until, Arc::clone(&slots).acquire_owned()).await;
        // The semaphore is never closed.
        let Ok(Ok(slot)) = slot else {
            break;
        };
        places.insert(running.spawn(in_slot(job, slot, patience)).id(), place);
    }
    while let Ok(Some(task)) = timeout_at(until, running.join_next_with_id()).await {
        let (id, result) = match task {
            Ok((id, done)) => (id, Ok(done)),
            Err(error) => (error.id(), Err(NoResult::Broke)),
        };
        let place = places.get(&id).and_then(|place| ended.get_mut(*place));
        if let Some(place) = place {
            *place = result;
        }
    }
    ended
}

async fn in_slot<T>(
    mut job: BoxFuture<'static, T>,
    slot: OwnedSemaphorePermit,
    patience: Duration,
) -> Done<T> {
    if let Ok(result) = timeout(patience, &mut job).await {
        return Done {
            result,
            is_slow: false,
        };
    }
    drop(slot);
    Done {
        result: job.await,
        is_slow: true,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn ready() -> BoxFuture<'static, u32> {
        Box::pin(async { 1 })
    }

    fn forever() -> BoxFuture<'static, u32> {
        Box::pin(std::future::pending())
    }

    /// The last one ends those that have all slots. When it does not get its turn, nobody ends.
    #[tokio::test]
    async fn the_slow_give_their_slots_away() {
        let (end, ended) = watch::channel(false);
        let waits = || -> BoxFuture<'static, u32> {
            let mut ended = ended.clone();
            Box::pin(async move { ended.wait_for(|ended| *ended).await.map_or(0, |_| 2) })
        };
        let mut jobs: Vec<_> = (0..10).map(|_| waits()).collect();
        jobs.push(Box::pin(async move { end.send(true).map_or(0, |()| 1) }));
        let patience = Duration::from_millis(10);
        let done = in_slots(jobs, 2, patience, Instant::now() + MINUTE).await;
        let slow = Done {
            result: 2,
            is_slow: true,
        };
        assert_eq!(done[10].as_ref().unwrap().result, 1);
        assert_eq!(done[0].as_ref().unwrap(), &slow);
        assert!(done.iter().all(Result::is_ok));
    }

    #[tokio::test]
    async fn what_has_no_time_has_no_result() {
        let jobs = vec![ready(), forever(), ready(), forever()];
        let until = Instant::now() + Duration::from_secs(1);
        let done = in_slots(jobs, 1, MINUTE, until).await;
        assert_eq!(done[0].as_ref().unwrap().result, 1);
        for done in done.into_iter().skip(1) {
            assert_eq!(done.err(), Some(NoResult::OutOfTime));
        }
    }

    #[tokio::test]
    async fn a_panic_is_that_of_its_job_only() {
        let panics: BoxFuture<'static, u32> = Box::pin(async { panic!("on purpose") });
        let jobs = vec![ready(), panics, ready()];
        let done = in_slots(jobs, 4, MINUTE, Instant::now() + MINUTE).await;
        assert_eq!(done[1], Err(NoResult::Broke));
        assert!(done[0].is_ok() && done[2].is_ok());
    }
}
