use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use lambda_kit::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::item::{self, Item, number, string, text, write_delivery, write_submission};
use crate::{
    DeliveryKey, GuardTable, Millis, StoreError, Submission, SubmissionId, SubmissionStore,
};

/// What is done here, for messages.
const ACCEPT: &str = "accept the submission";
/// How long a post is recognised when it comes again.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// How long the stream has, the fast path, before the sweep looks at a new delivery.
const SWEEP_AFTER: Duration = Duration::from_mins(1);
/// Tries while the same post is stored by another invocation at the same moment.
const TRIES: u32 = 6;
/// Pause before the second try; it doubles.
const PAUSE: Duration = Duration::from_millis(15);

/// A submission to be stored, with everything that is written beside it. As JSON it is
/// what waits in the queue or the bucket while DynamoDB is away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acceptance {
    /// The submission. Its name is a digest of `identity` and `body_hash`.
    pub submission: Submission,
    /// What makes two posts the same one: a digest of the idempotency key, the form's
    /// token or the content.
    pub identity: String,
    /// Digest of what was posted.
    pub body_hash: String,
    /// What to do when the same identity comes with other content.
    pub on_change: OnChange,
    /// What the submission sets off.
    pub deliveries: Vec<PlannedDelivery>,
}

/// A delivery to be written with a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedDelivery {
    /// Its names.
    pub key: DeliveryKey,
    /// When it may start: later than the arrival where it waits for attachments.
    pub not_before: Millis,
}

/// What to do when a known identity comes with other content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnChange {
    /// Store it as a correction of the first.
    Revise,
    /// Refuse it: the client promised not to do that.
    Refuse,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It is stored.
    Stored,
    /// It was stored before; this is when it arrived then.
    Replayed(Millis),
    /// It is stored as a correction of that one.
    Revised(SubmissionId),
    /// The same identity came before with other content; that one is stored.
    Refused(SubmissionId),
}

/// What is remembered of a post.
struct Known {
    id: SubmissionId,
    body_hash: String,
    received_at: Millis,
}

/// How the writing ended.
enum Attempt {
    Written,
    Known(Known),
    /// The submission is there, though its idempotency record is not any more.
    Stored,
}

/// Why a transaction was cancelled.
enum Cancelled {
    Known(Known),
    Stored,
    /// Another transaction is at the same rows.
    Contended,
    /// Throttled, or anything else that is a failure.
    Failed,
}

impl SubmissionStore {
    /// Stores a submission, its idempotency record and its deliveries in one transaction,
    /// or tells what the same identity has stored before.
    ///
    /// # Errors
    /// A failed call; the same post being stored elsewhere for longer than half a second.
    pub fn accept<'a>(
        &'a self,
        guard: &'a GuardTable,
        acceptance: &'a Acceptance,
    ) -> BoxFuture<'a, Result<Accepted, StoreError>> {
        Box::pin(async move {
            let first = match self
                .write(guard, acceptance, &acceptance.identity, None)
                .await?
            {
                Attempt::Known(known) => known,
                Attempt::Stored => {
                    return Ok(Accepted::Replayed(acceptance.submission.received_at));
                }
                Attempt::Written => return Ok(Accepted::Stored),
            };
            if first.body_hash == acceptance.body_hash {
                return Ok(Accepted::Replayed(first.received_at));
            }
            if acceptance.on_change == OnChange::Refuse {
                return Ok(Accepted::Refused(first.id));
            }
            let identity = format!("{}+{}", acceptance.identity, acceptance.body_hash);
            match self
                .write(guard, acceptance, &identity, Some(&first.id))
                .await?
            {
                Attempt::Known(known) => Ok(Accepted::Replayed(known.received_at)),
                _ => Ok(Accepted::Revised(first.id)),
            }
        })
    }

    /// The transaction, again while another invocation stores the same post.
    async fn write(
        &self,
        guard: &GuardTable,
        acceptance: &Acceptance,
        identity: &str,
        revises: Option<&SubmissionId>,
    ) -> Result<Attempt, StoreError> {
        let mut pause = PAUSE;
        for _ in 0..TRIES {
            let attempt = self.write_once(guard, acceptance, identity, revises);
            if let Some(attempt) = attempt.await? {
                return Ok(attempt);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError::Contended)
    }

    /// The transaction once; `None` where another one was at the same rows.
    async fn write_once(
        &self,
        guard: &GuardTable,
        acceptance: &Acceptance,
        identity: &str,
        revises: Option<&SubmissionId>,
    ) -> Result<Option<Attempt>, StoreError> {
        let puts = self.puts(guard, acceptance, identity, revises)?;
        let request = self
            .client
            .transact_write_items()
            .set_transact_items(Some(puts));
        let Err(error) = request.send().await else {
            return Ok(Some(Attempt::Written));
        };
        match judge(cancellation_reasons(&error))? {
            Cancelled::Known(known) => Ok(Some(Attempt::Known(known))),
            Cancelled::Stored => Ok(Some(Attempt::Stored)),
            Cancelled::Contended => Ok(None),
            Cancelled::Failed => Err(StoreError::call(ACCEPT, &self.table, error)),
        }
    }

    fn puts(
        &self,
        guard: &GuardTable,
        acceptance: &Acceptance,
        identity: &str,
        revises: Option<&SubmissionId>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut submission = acceptance.submission.clone();
        submission.revises = revises.cloned().or(submission.revises);
        let record = record(acceptance, identity);
        let now = submission.received_at.seconds();
        let mut puts = vec![
            // The record first: its refusal says what is stored already.
            put(&guard.table, record)
                .condition_expression("attribute_not_exists(pk) OR expires_at < :now")
                .expression_attribute_values(":now", number(now))
                .return_values_on_condition_check_failure(
                    ReturnValuesOnConditionCheckFailure::AllOld,
                ),
            put(&self.table, write_submission(&submission)?)
                .condition_expression("attribute_not_exists(pk)"),
        ];
        let sweep_at = submission.received_at.after(SWEEP_AFTER);
        puts.extend(acceptance.deliveries.iter().map(|planned| {
            let next_at = planned.not_before.max(sweep_at);
            let expires_at = submission.expires_at;
            let row = write_delivery(&planned.key, planned.not_before, next_at, expires_at);
            put(&self.table, row)
        }));
        puts.into_iter()
            .map(|put| {
                let put = put
                    .build()
                    .map_err(|error| StoreError::request(ACCEPT, &self.table, error))?;
                Ok(TransactWriteItem::builder().put(put).build())
            })
            .collect()
    }
}

fn put(table: &str, item: Item) -> aws_sdk_dynamodb::types::builders::PutBuilder {
    Put::builder().table_name(table).set_item(Some(item))
}

fn record(acceptance: &Acceptance, identity: &str) -> Item {
    let submission = &acceptance.submission;
    let expires_at = submission.received_at.after(REMEMBERED).seconds();
    Item::from([
        (
            "pk".to_owned(),
            text(format!("IDEM#{}#{identity}", submission.form)),
        ),
        ("submission".to_owned(), text(submission.id.as_str())),
        ("body_hash".to_owned(), text(acceptance.body_hash.as_str())),
        ("received_at".to_owned(), number(submission.received_at.0)),
        ("expires_at".to_owned(), number(expires_at)),
    ])
}

fn cancellation_reasons(error: &SdkError<TransactWriteItemsError>) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            canceled.cancellation_reasons()
        }
        _ => &[],
    }
}

/// What the reasons of a cancelled transaction mean, in the order of its puts.
fn judge(reasons: &[CancellationReason]) -> Result<Cancelled, StoreError> {
    const CHECK: &str = "ConditionalCheckFailed";
    let code = |index: usize| reasons.get(index).and_then(CancellationReason::code);
    if code(0) == Some(CHECK) {
        let known = reasons.first().and_then(CancellationReason::item);
        // Without the record there is nothing to compare with: it will be there next time.
        return known.map_or(Ok(Cancelled::Contended), |item| {
            read_record(item).map(Cancelled::Known)
        });
    }
    if code(1) == Some(CHECK) {
        return Ok(Cancelled::Stored);
    }
    let conflict = reasons
        .iter()
        .any(|reason| reason.code() == Some("TransactionConflict"));
    Ok(if conflict {
        Cancelled::Contended
    } else {
        Cancelled::Failed
    })
}

fn read_record(item: &Item) -> Result<Known, StoreError> {
    let missing = |attribute| StoreError::Row {
        pk: string(item, "pk").unwrap_or_default().to_owned(),
        attribute,
    };
    Ok(Known {
        id: string(item, "submission")
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| missing("submission"))?,
        body_hash: string(item, "body_hash")
            .ok_or_else(|| missing("body_hash"))?
            .to_owned(),
        received_at: item::millis(item, "received_at").ok_or_else(|| missing("received_at"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str, item: Option<Item>) -> CancellationReason {
        CancellationReason::builder()
            .code(code)
            .set_item(item)
            .build()
    }

    #[test]
    fn a_known_post_is_told_from_a_conflict() {
        let known = Item::from([
            (
                "submission".to_owned(),
                text("00112233445566778899aabbccddeeff"),
            ),
            ("body_hash".to_owned(), text("b")),
            ("received_at".to_owned(), number(7)),
        ]);
        let reasons = [
            reason("ConditionalCheckFailed", Some(known)),
            reason("None", None),
        ];
        assert!(matches!(
            judge(&reasons).unwrap(),
            Cancelled::Known(Known {
                received_at: Millis(7),
                ..
            })
        ));
        let conflict = [reason("TransactionConflict", None), reason("None", None)];
        assert!(matches!(judge(&conflict).unwrap(), Cancelled::Contended));
        let stored = [reason("None", None), reason("ConditionalCheckFailed", None)];
        assert!(matches!(judge(&stored).unwrap(), Cancelled::Stored));
        let throttled = [reason("ThrottlingError", None), reason("None", None)];
        assert!(matches!(judge(&throttled).unwrap(), Cancelled::Failed));
        assert!(matches!(judge(&[]).unwrap(), Cancelled::Failed));
    }
}
