//! Judges at work, two at a time.

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;

/// How many run at once: each keeps one core busy and takes half a gigabyte.
const WORKERS: usize = 2;

/// Does all of it, in order but two at a time, and returns the results in that order.
pub(super) fn all<T: Send, J: FnOnce() -> T + Send>(jobs: Vec<J>) -> Vec<T> {
    let count = jobs.len();
    let queue = Mutex::new(jobs.into_iter().enumerate());
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            let (queue, done) = (&queue, done.clone());
            scope.spawn(move || {
                // A job that panicked has left the queue as it was.
                let next = || queue.lock().unwrap_or_else(|e| e.into_inner()).next();
                while let Some((index, job)) = next() {
                    // The receiver outlives the scope.
                    let _ = done.send((index, job()));
                }
            });
        }
    });
    drop(done);
    let mut all: Vec<(usize, T)> = results.into_iter().collect();
    debug_assert_eq!(all.len(), count);
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_jobs() {
        let jobs: Vec<_> = (0..50).map(|n| move || n * 2).collect();
        let expected: Vec<i32> = (0..50).map(|n| n * 2).collect();
        assert_eq!(all(jobs), expected);
    }
}
