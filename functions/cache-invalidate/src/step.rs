//! The next step of one purge: told, asked how far it is, announced.

use std::time::Duration;

use lambda_kit::{Classified, ErrorClass};
use telemetry::{Chain, Metrics, Unit};
use tokio::time::timeout;
use tracing::{error, info, warn};

use crate::edge::Progress;
use crate::purge_table::Purge;
use crate::{Deps, InvalidateError};

/// Longest step, so that its lease (60 s) outlives it.
const STEP: Duration = Duration::from_secs(30);
/// Between the request and the first question how far it is.
const FIRST_LOOK: Duration = Duration::from_secs(2);
/// An invalidation that takes longer is believed to be over. CloudFront says that they take
/// minutes at most.
const GIVE_UP_MS: i64 = 15 * 60 * 1_000;
/// Longest time until a step that failed is tried again.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is another one, later.
    Next,
    /// It was the last.
    Done,
}

/// Takes the next step of a purge, and records it.
///
/// # Errors
/// When it fails: it is due again, later, unless CloudFront will never take it.
pub(crate) async fn take_step(
    deps: &Deps,
    purge: &Purge,
    metrics: &mut Metrics,
) -> Result<Step, InvalidateError> {
    let late = InvalidateError::Timeout {
        reference: purge.reference.clone(),
        seconds: STEP.as_secs(),
    };
    let step = timeout(STEP, step(deps, purge, metrics)).await;
    let failed = match step.unwrap_or(Err(late)) {
        Ok(step) => return Ok(step),
        Err(failed) => failed,
    };
    metrics.count("InvalidationFailures");
    if failed.class() == ErrorClass::Invalid {
        error!(purge = purge.reference, error = %Chain(&failed), error.code = failed.code(), "Gave an invalidation up");
        deps.purges.done(purge.id).await?;
    } else {
        deps.purges
            .failed(purge.id, wait_after(purge.failures))
            .await?;
    }
    Err(failed)
}

async fn step(deps: &Deps, purge: &Purge, metrics: &mut Metrics) -> Result<Step, InvalidateError> {
    if purge.is_completed || purge.paths.is_empty() || !deps.edge.has_distribution() {
        return announce(deps, purge, metrics).await;
    }
    let Some(invalidation) = &purge.invalidation else {
        if let Some(invalidation) = deps.edge.invalidate(purge).await? {
            deps.purges
                .submitted(purge.id, &invalidation, FIRST_LOOK)
                .await?;
            metrics.count("Invalidations");
            metrics.add("InvalidatedPaths", Unit::Count, purge.paths.len() as f64);
            info!(
                purge = purge.reference,
                invalidation,
                paths = purge.paths.len(),
                "Told the CDN"
            );
            if let Err(error) = deps.edge.request_answers(purge).await {
                // They are asked for again with the pages.
                warn!(purge = purge.reference, error = %Chain(&error), "Answers wait for their pages");
            }
        }
        return Ok(Step::Next);
    };
    let submitted_ago_ms = purge.submitted_ago_ms.unwrap_or(0);
    match deps.edge.progress(purge, invalidation).await? {
        Progress::Unknown => {
            warn!(
                purge = purge.reference,
                invalidation, "The CDN knows nothing of an invalidation"
            );
            deps.purges.lost(purge.id).await?;
            return Ok(Step::Next);
        }
        Progress::Begun if submitted_ago_ms < GIVE_UP_MS => {
            deps.purges
                .wait(purge.id, next_look(submitted_ago_ms))
                .await?;
            return Ok(Step::Next);
        }
        Progress::Begun => {
            warn!(
                purge = purge.reference,
                invalidation, "Waited for the CDN no longer"
            );
        }
        Progress::Completed => {
            metrics.add(
                "InvalidationMs",
                Unit::Milliseconds,
                submitted_ago_ms as f64,
            );
        }
    }
    deps.purges.completed(purge.id).await?;
    announce(deps, purge, metrics).await
}

async fn announce(
    deps: &Deps,
    purge: &Purge,
    metrics: &mut Metrics,
) -> Result<Step, InvalidateError> {
    deps.edge.request_warming(purge).await?;
    deps.purges.done(purge.id).await?;
    metrics.add("InvalidationLagMs", Unit::Milliseconds, purge.age_ms as f64);
    info!(
        purge = purge.reference,
        after_ms = purge.age_ms,
        "The caches have forgotten"
    );
    Ok(Step::Done)
}

/// Most invalidations take seconds; one that takes minutes need not be asked about as often.
const fn next_look(submitted_ago_ms: i64) -> Duration {
    match submitted_ago_ms {
        ..30_000 => Duration::from_secs(2),
        30_000..120_000 => Duration::from_secs(5),
        _ => Duration::from_secs(20),
    }
}

/// 5, 10, 20 … seconds.
fn wait_after(failures: i32) -> Duration {
    let doublings = u32::try_from(failures).unwrap_or(0).min(10);
    Duration::from_secs(5 << doublings).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_tried_again_later_and_later() {
        let seconds = |failures| wait_after(failures).as_secs();
        assert_eq!([0, 1, 2, 3].map(seconds), [5, 10, 20, 40]);
        assert_eq!(wait_after(100), LONGEST_WAIT);
        assert_eq!(wait_after(-1), Duration::from_secs(5));
    }
}
