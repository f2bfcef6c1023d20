use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// An answer's bytes, shared between those who waited for it.
pub(crate) type Payload = Arc<Vec<u8>>;

type Waiting = Arc<Mutex<HashMap<String, watch::Receiver<Option<Payload>>>>>;

/// Computations that are under way in this process, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flights(Waiting);

/// Who computes an answer.
pub(crate) enum Turn {
    /// This one does.
    Leader(Leader),
    /// Another does: its answer comes here, or nothing when it failed.
    Follower(watch::Receiver<Option<Payload>>),
}

/// The right to compute an answer; ends when dropped, however that comes about.
pub(crate) struct Leader {
    flights: Flights,
    key: String,
    answer: watch::Sender<Option<Payload>>,
}

impl Flights {
    pub(crate) fn join(&self, key: &str) -> Turn {
        // What a panicking thread left behind is a map like any other.
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(receiver) = flights.get(key) {
            return Turn::Follower(receiver.clone());
        }
        let (answer, receiver) = watch::channel(None);
        flights.insert(key.to_owned(), receiver);
        Turn::Leader(Leader {
            flights: self.clone(),
            key: key.to_owned(),
            answer,
        })
    }
}

impl Leader {
    /// Hands the answer to those who wait.
    pub(crate) fn finish(self, payload: Payload) {
        // Nobody may be waiting.
        let _ = self.answer.send(Some(payload));
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        let mut flights = self
            .flights
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        flights.remove(&self.key);
    }
}

/// Waits for a leader's answer; nothing when it failed.
pub(crate) async fn answer_of(mut leader: watch::Receiver<Option<Payload>>) -> Option<Payload> {
    let answer = leader.wait_for(Option::is_some).await.ok()?;
    answer.clone()
}
