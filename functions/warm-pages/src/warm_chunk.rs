//! The use case: a chunk of pages is worked on, for as long as that hurts nobody.

use std::time::Duration;

use lambda_kit::{Deadline, now_ms};
use tracing::{info, warn};
use warming::{Chunk, Run};

use crate::lease_chunk::{Leased, lease_chunk};
use crate::pace::{Leave, Place, leave, wait_after};
use crate::time::duration;
use crate::worker::{Worker, Workplace};
use crate::{Deps, PagesError, tell};

/// A chunk whose worker may be dead is looked at again so much later than that is known, at most.
const MOST_SPREAD: Duration = Duration::from_secs(5);

/// What becomes of the chunk's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is not needed any more.
    Over,
    /// Something is left to do, in a while.
    HandBack {
        /// The while.
        after: Duration,
    },
}

/// Works on a chunk. `unique` is a name that no other worker of the lane has.
pub(crate) async fn warm_chunk(
    chunk: &Chunk,
    unique: &str,
    deps: &Deps,
    deadline: Deadline,
) -> Result<Ended, PagesError> {
    let now_ms = now_ms();
    let Some(run) = open_run(chunk, deps).await? else {
        return Ok(Ended::Over);
    };
    let target = deps.targets.get(&chunk.target, &deps.store, now_ms).await?;
    let Some(target) = target else {
        warn!(
            run = chunk.run,
            target = chunk.target,
            "Left a chunk of an unknown target alone"
        );
        return Ok(Ended::Over);
    };
    let worker = chunk.lane.worker_name(unique);
    let rules = &deps.site.limiter;
    let heard = deps.brake.hear(&deps.site.brakes, now_ms).await;
    let mut limiter = deps.store.limiter(&chunk.target, rules).await?;
    limiter.value.hear(rules, heard.health, heard.at_ms);
    // Nothing is written yet: while the site is down, chunks come and go at little cost.
    let place = Place {
        worker: &worker,
        lane: chunk.lane,
        in_flight: 0,
        ended_ms: 0,
        idle_since_ms: now_ms,
    };
    if let Leave::Stop(stop) = leave(&limiter.value, &place, now_ms) {
        let after = wait_after(stop, chunk.lane, &limiter.value, heard.ill_ms, now_ms);
        tell::handed_back(deps, chunk, stop, after);
        return Ok(Ended::HandBack { after });
    }
    let progress = match lease_chunk(&deps.store, chunk, &worker, now_ms).await? {
        Leased::Ours(progress) => *progress,
        theirs => return Ok(not_ours(&theirs, chunk, now_ms)),
    };
    let workplace = Workplace {
        deps,
        chunk,
        run: &run,
        target,
        name: worker,
        deadline,
    };
    Worker::new(workplace, progress, limiter, heard)
        .work()
        .await
}

/// What becomes of the message of a chunk that is another worker's, or nobody's any more.
fn not_ours(leased: &Leased, chunk: &Chunk, now_ms: i64) -> Ended {
    let (run, chunk) = (&chunk.run, chunk.chunk);
    match leased {
        Leased::Ours(_) | Leased::Done => Ended::Over,
        Leased::Other => {
            warn!(run, chunk, "Left a chunk alone that was sent twice");
            Ended::Over
        }
        Leased::Held { until_ms } => {
            info!(run, chunk, "Another worker has the chunk");
            // Not acknowledged for good: this may be the only message there is, delivered a
            // second time while its worker is alive, and that one may yet die.
            let after = duration(until_ms - now_ms).max(Duration::from_secs(1));
            let after = after + spread();
            Ended::HandBack { after }
        }
    }
}

/// A random part of [`MOST_SPREAD`]. Without, whatever ends workers at regular times would end
/// each next one of the chunk at the same moment of its work.
fn spread() -> Duration {
    let share = getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX));
    MOST_SPREAD.mul_f64(share)
}

/// The chunk's run, unless nobody waits for it any more.
async fn open_run(chunk: &Chunk, deps: &Deps) -> Result<Option<Run>, PagesError> {
    let run = deps.store.run(&chunk.run).await?.map(|run| run.value);
    match run {
        Some(run) if run.closed_ms.is_none() => Ok(Some(run)),
        Some(_) => {
            info!(
                run = chunk.run,
                chunk = chunk.chunk,
                "The chunk's run is closed"
            );
            Ok(None)
        }
        None => {
            warn!(
                run = chunk.run,
                chunk = chunk.chunk,
                "Left a chunk of an unknown run alone"
            );
            Ok(None)
        }
    }
}
