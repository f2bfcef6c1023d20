use std::time::{Duration, SystemTime};

use lambda_kit::{BoxFuture, Deadline};
use tokio::task::JoinSet;

use crate::RunError;

/// Does work, at most so much of it at once, and returns what came of it, in no order. What
/// panics is left out: it is in the log, and nothing else is to be lost for it.
pub(crate) async fn in_parallel<T: Send + 'static>(
    work: impl IntoIterator<Item = BoxFuture<'static, T>>,
    most: usize,
) -> Vec<T> {
    let mut running = JoinSet::new();
    let mut done = Vec::new();
    for piece in work {
        while running.len() >= most.max(1) {
            done.extend(running.join_next().await.and_then(Result::ok));
        }
        running.spawn(piece);
    }
    while let Some(joined) = running.join_next().await {
        done.extend(joined.ok());
    }
    done
}

/// Does a piece of work, for no longer than `most` and until the deadline.
///
/// # Errors
/// [`RunError::OutOfTime`] with `name`, and the work's own.
pub(crate) async fn within<T>(
    name: &'static str,
    most: Duration,
    deadline: Deadline,
    work: impl Future<Output = Result<T, RunError>>,
) -> Result<T, RunError> {
    let time = most.min(deadline.remaining(SystemTime::now()));
    let ended = tokio::time::timeout(time, work).await;
    ended.unwrap_or(Err(RunError::OutOfTime(name)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn no_more_than_so_many_run_at_once_and_all_are_done() {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = (0..20).map(|n| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            let piece: BoxFuture<'static, usize> = Box::pin(async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                running.fetch_sub(1, Ordering::SeqCst);
                assert_ne!(n, 7, "one of them breaks");
                n
            });
            piece
        });
        let mut done = in_parallel(work, 3).await;
        done.sort_unstable();
        assert_eq!(done.len(), 19);
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn what_has_no_time_is_not_waited_for() {
        let passed = Deadline::at(SystemTime::UNIX_EPOCH);
        let endless = std::future::pending::<Result<(), RunError>>();
        let ended = within("wait", Duration::from_secs(60), passed, endless).await;
        assert!(matches!(ended, Err(RunError::OutOfTime("wait"))));
    }
}
