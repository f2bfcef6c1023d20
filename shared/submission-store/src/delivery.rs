use serde::{Deserialize, Serialize};

use crate::{Millis, SubmissionId};

/// Names one delivery of one submission; also the message in the delivery queues.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeliveryKey {
    /// The submission.
    pub submission: SubmissionId,
    /// `email`, `webhook`, `event` or `database`.
    pub kind: String,
    /// The sink's name in the form's definition.
    pub sink: String,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be done at its time.
    Pending,
    /// Done.
    Done,
    /// Not to be done, by a rule of the form; the note says which.
    Skipped,
    /// Given up; the note says why. It can be revived.
    Dead,
}

impl DeliveryState {
    /// The word in rows and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Dead => "dead",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Pending, Self::Done, Self::Skipped, Self::Dead]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// One delivery as its row tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its names.
    pub key: DeliveryKey,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was first due, or revived.
    pub since: Millis,
    /// Not before this time.
    pub not_before: Millis,
    /// When the sweep looks at it next.
    pub next_at: Millis,
    /// When it ended.
    pub finished_at: Option<Millis>,
    /// What the other side called it.
    pub external_id: Option<String>,
    /// Why it was skipped, put off or given up.
    pub note: Option<String>,
}

/// A delivery that is ours until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The delivery, this attempt counted.
    pub delivery: Delivery,
    /// When the lease ends. No two claims have the same, so it tells them apart
    /// (a fencing token).
    pub lease_until: Millis,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was delivered; the name the other side gave it, if any.
    Done(Option<String>),
    /// A rule of the form forbids it.
    Skipped(String),
    /// It failed and is tried again at that time.
    Retry(Millis, String),
    /// It was not tried at all, and is at that time: this does not count as an attempt.
    Postponed(Millis, String),
    /// It failed for good.
    Dead(String),
}
