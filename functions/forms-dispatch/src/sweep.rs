use std::time::{Duration, SystemTime};

use lambda_kit::Deadline;
use submission_store::{DueDelivery, Millis};
use telemetry::{Metrics, Unit};

use crate::enqueue::enqueue;
use crate::stream_event::Work;
use crate::{Deps, DispatchError};

/// Parts of the due index.
const SHARDS: u8 = 8;
/// Most deliveries taken from one part at once. What is left comes the next minute.
const LIMIT: i32 = 250;
/// How long an enqueued delivery is left alone before the sweep looks at it again.
const LEAVE_ALONE: Duration = Duration::from_mins(2);

/// Finds what is due and enqueues it. Each delivery is moved on first, under the
/// condition that nobody else has, so that two sweeps do not enqueue it twice.
///
/// # Errors
/// A failed call. What was moved on and not enqueued is due again two minutes later.
pub(crate) async fn sweep(
    deps: &Deps,
    deadline: Deadline,
    metrics: &mut Metrics,
) -> Result<usize, DispatchError> {
    let now = Millis::of(SystemTime::now());
    let (mut enqueued, mut oldest) = (0, now);
    for shard in 0..SHARDS {
        if deadline.has_passed() {
            break;
        }
        let due = deps.submissions.due(shard, now, LIMIT).await?;
        if let Some(first) = due.first() {
            oldest = oldest.min(first.next_at);
        }
        let mut work = Vec::new();
        for DueDelivery { key, next_at } in due {
            let until = now.after(LEAVE_ALONE);
            if deps.submissions.defer(&key, next_at, until).await? {
                work.push(Work::Deliver(key));
            }
            if deadline.has_passed() {
                break;
            }
        }
        enqueue(&work, deps).await?;
        enqueued += work.len();
    }
    let age = Duration::from_millis(now.0.saturating_sub(oldest.0));
    metrics.add("OutboxAgeSeconds", Unit::Seconds, age.as_secs_f64());
    Ok(enqueued)
}
