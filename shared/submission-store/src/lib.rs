//! Submissions, deliveries and the outbox in DynamoDB.
//!
//! Two tables. *Submissions* holds what visitors sent; *guard* holds what keeps it
//! honest and is personal to nobody: idempotency records, counters, used proofs,
//! breakers, operators that attacked the site. One transaction writes a submission, its idempotency record and a row for
//! each of its deliveries ([`SubmissionStore::accept`]), so that whatever dies
//! afterwards, the deliveries are there to be found.
//!
//! | key | what |
//! |---|---|
//! | `SUB#{id}` / `META` | the submission |
//! | `SUB#{id}` / `DLV#{kind}#{sink}` | one delivery |
//! | `SUB#{id}` / `FILE#{slot}` | one attachment |
//! | `SUB#{id}` / `UPLOADS` | the visitor has finished uploading |
//! | `SUB#{id}` / `CONFIRMED`, `UNSUBSCRIBED` | what the visitor said by a mailed link |
//!
//! Index `due` finds pending deliveries by time and dead ones; `by-form` lists
//! submissions; `by-subject` finds all of one person.

mod accept;
mod delivery;
mod error;
mod file;
mod guard;
mod item;
mod link;
mod operators;
mod outbox;
mod review;
mod submission;
mod uploads;

pub use accept::{Acceptance, Accepted, OnChange, PlannedDelivery};
pub use delivery::{Claimed, Delivery, DeliveryKey, DeliveryState, Outcome};
pub use error::StoreError;
pub use file::{Attachment, AttachmentVerdict};
pub use guard::{Breaker, GuardTable};
pub use link::{LinkError, LinkSubject};
pub use operators::MAX_ABUSIVE_OPERATORS;
pub use outbox::DueDelivery;
pub use review::Page;
pub use submission::{
    IdError, MAX_SUBMISSION, Millis, NotedSignal, State, Stored, Submission, SubmissionId,
};

use aws_sdk_dynamodb::Client;

/// The table of submissions.
#[derive(Debug, Clone)]
pub struct SubmissionStore {
    client: Client,
    table: String,
}

impl SubmissionStore {
    /// The table `table`.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }
}
