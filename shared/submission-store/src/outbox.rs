//! Deliveries: found when due, claimed by one worker at a time, ended by its owner.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::ReturnValue;
use lambda_kit::BoxFuture;

use crate::item::{
    DEAD, DELIVERY, DUE_INDEX, delivery_sort, due_partition, key, millis, number, partition,
    read_delivery, read_delivery_key, sortable, text, write_delivery,
};
use crate::{
    Claimed, Delivery, DeliveryKey, DeliveryState, Millis, Outcome, StoreError, SubmissionId,
    SubmissionStore,
};

/// Longest note kept with a delivery, in characters.
const MAX_NOTE: usize = 300;

/// A delivery that the sweep found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDelivery {
    /// Its names.
    pub key: DeliveryKey,
    /// Since when it has been due.
    pub next_at: Millis,
}

impl SubmissionStore {
    /// Pending deliveries of one eighth (`shard`, 0 to 7) whose time has come, oldest first.
    ///
    /// # Errors
    /// A failed call.
    pub fn due(
        &self,
        shard: u8,
        now: Millis,
        limit: i32,
    ) -> BoxFuture<'_, Result<Vec<DueDelivery>, StoreError>> {
        Box::pin(async move {
            let output = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(DUE_INDEX)
                .key_condition_expression("due_pk = :shard AND due_sk <= :now")
                .expression_attribute_values(":shard", text(format!("DUE#{shard}")))
                // `~` sorts after every hexadecimal digit.
                .expression_attribute_values(":now", text(format!("{:013}#~", now.0)))
                .limit(limit)
                .send()
                .await
                .map_err(|error| StoreError::call("find due deliveries", &self.table, error))?;
            output
                .items()
                .iter()
                .map(|item| {
                    let since = crate::item::string(item, "due_sk")
                        .and_then(|sort| sort.split_once('#'))
                        .and_then(|(at, _)| at.parse().ok());
                    Ok(DueDelivery {
                        key: read_delivery_key(item)?,
                        next_at: Millis(since.unwrap_or_default()),
                    })
                })
                .collect()
        })
    }

    /// Moves a pending delivery on to `until`, unless it has moved since it was `seen`:
    /// `false` then.
    ///
    /// # Errors
    /// A failed call.
    pub fn defer<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        seen: Millis,
        until: Millis,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let update = self
                .update(delivery)
                .update_expression("SET next_at = :until, due_sk = :due")
                .condition_expression("#state = :pending AND next_at = :seen")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":pending", text(DeliveryState::Pending.name()))
                .expression_attribute_values(":seen", number(seen.0))
                .expression_attribute_values(":until", number(until.0))
                .expression_attribute_values(":due", text(sortable(until, &delivery.submission)));
            Ok(self
                .conditional("defer the delivery", update)
                .await?
                .is_some())
        })
    }

    /// Takes a pending delivery whose time has come, for `lease`: nobody else gets it
    /// until then. `None` where it is done, taken or not yet due.
    ///
    /// # Errors
    /// A failed call.
    pub fn claim<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        now: Millis,
        lease: Duration,
    ) -> BoxFuture<'a, Result<Option<Claimed>, StoreError>> {
        Box::pin(async move {
            let until = now.after(lease);
            let update = self
                .update(delivery)
                .update_expression(
                    "SET lease_until = :until, next_at = :until, due_sk = :due, \
                     attempts = attempts + :one",
                )
                .condition_expression(
                    "#state = :pending AND lease_until <= :now AND not_before <= :now",
                )
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":pending", text(DeliveryState::Pending.name()))
                .expression_attribute_values(":now", number(now.0))
                .expression_attribute_values(":one", number(1))
                .expression_attribute_values(":until", number(until.0))
                .expression_attribute_values(":due", text(sortable(until, &delivery.submission)))
                .return_values(ReturnValue::AllNew);
            let output = self.conditional("claim the delivery", update).await?;
            let Some(attributes) = output.and_then(|output| output.attributes) else {
                return Ok(None);
            };
            Ok(Some(Claimed {
                delivery: read_delivery(&attributes)?,
                lease_until: until,
            }))
        })
    }

    /// Ends a claim: `false` where its lease had ended and somebody else took over.
    ///
    /// # Errors
    /// A failed call.
    pub fn finish<'a>(
        &'a self,
        claimed: &'a Claimed,
        outcome: Outcome,
        now: Millis,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let delivery = &claimed.delivery;
            let id = &delivery.key.submission;
            let update = self
                .update(&delivery.key)
                .condition_expression("#state = :pending AND lease_until = :lease")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":pending", text(DeliveryState::Pending.name()))
                .expression_attribute_values(":lease", number(claimed.lease_until.0))
                .expression_attribute_values(":zero", number(0));
            let update = match outcome {
                Outcome::Done(external) => ended(
                    update,
                    DeliveryState::Done,
                    now,
                    external.unwrap_or_default(),
                ),
                Outcome::Skipped(note) => ended(update, DeliveryState::Skipped, now, note),
                Outcome::Dead(note) => ended(update, DeliveryState::Dead, now, note)
                    .expression_attribute_values(":dead", text(DEAD))
                    .expression_attribute_values(":due", text(sortable(now, id))),
                Outcome::Retry(at, note) => due_again(update, id, at, &note, delivery.attempts),
                Outcome::Postponed(at, note) => {
                    due_again(update, id, at, &note, delivery.attempts.saturating_sub(1))
                }
            };
            Ok(self
                .conditional("finish the delivery", update)
                .await?
                .is_some())
        })
    }

    /// Makes an ended delivery pending again, from now on: `false` where there is none
    /// or it is pending.
    ///
    /// # Errors
    /// A failed call.
    pub fn revive<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        now: Millis,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let id = &delivery.submission;
            let update = self
                .update(delivery)
                .update_expression(
                    "SET #state = :pending, attempts = :zero, lease_until = :zero, \
                     since = :now, not_before = :now, next_at = :now, due_pk = :shard, due_sk = :due \
                     REMOVE finished_at, external_id, note",
                )
                .condition_expression("attribute_exists(pk) AND #state <> :pending")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":pending", text(DeliveryState::Pending.name()))
                .expression_attribute_values(":zero", number(0))
                .expression_attribute_values(":now", number(now.0))
                .expression_attribute_values(":shard", text(due_partition(id)))
                .expression_attribute_values(":due", text(sortable(now, id)));
            Ok(self
                .conditional("revive the delivery", update)
                .await?
                .is_some())
        })
    }

    /// Writes deliveries that were not there before, due now.
    ///
    /// # Errors
    /// A failed call.
    pub fn add_deliveries<'a>(
        &'a self,
        deliveries: &'a [DeliveryKey],
        expires_at: u64,
        now: Millis,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            for delivery in deliveries {
                let row = write_delivery(delivery, now, now, expires_at);
                self.put_new("add the delivery", row).await?;
            }
            Ok(())
        })
    }

    /// Makes waiting deliveries of a submission due now: its attachments are settled.
    ///
    /// # Errors
    /// A failed call.
    pub fn release_deliveries<'a>(
        &'a self,
        id: &'a SubmissionId,
        now: Millis,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            for delivery in self.deliveries(id).await? {
                if delivery.state != DeliveryState::Pending || delivery.not_before <= now {
                    continue;
                }
                let update = self
                    .update(&delivery.key)
                    .update_expression("SET not_before = :now, next_at = :now, due_sk = :due")
                    .condition_expression(
                        "#state = :pending AND not_before > :now AND attempts = :zero",
                    )
                    .expression_attribute_names("#state", "state")
                    .expression_attribute_values(":pending", text(DeliveryState::Pending.name()))
                    .expression_attribute_values(":zero", number(0))
                    .expression_attribute_values(":now", number(now.0))
                    .expression_attribute_values(":due", text(sortable(now, id)));
                self.conditional("release the delivery", update).await?;
            }
            Ok(())
        })
    }

    /// The deliveries of a submission, read consistently.
    ///
    /// # Errors
    /// A failed call.
    pub fn deliveries<'a>(
        &'a self,
        id: &'a SubmissionId,
    ) -> BoxFuture<'a, Result<Vec<Delivery>, StoreError>> {
        Box::pin(async move {
            let output = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(partition(id)))
                .expression_attribute_values(":prefix", text(DELIVERY))
                .send()
                .await
                .map_err(|error| StoreError::call("list the deliveries", &self.table, error))?;
            output.items().iter().map(read_delivery).collect()
        })
    }

    fn update(&self, delivery: &DeliveryKey) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(&delivery.submission, &delivery_sort(delivery))))
    }

    /// An update whose condition may fail: `None` then.
    pub(crate) async fn conditional(
        &self,
        action: &'static str,
        update: UpdateItemFluentBuilder,
    ) -> Result<Option<UpdateItemOutput>, StoreError> {
        match update.send().await {
            Ok(output) => Ok(Some(output)),
            Err(error) if refused(&error) => Ok(None),
            Err(error) => Err(StoreError::call(action, &self.table, error)),
        }
    }
}

fn refused(error: &SdkError<UpdateItemError>) -> bool {
    error
        .as_service_error()
        .is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

/// The end of a delivery. A dead one stays in the index, under its own partition.
fn ended(
    update: UpdateItemFluentBuilder,
    state: DeliveryState,
    now: Millis,
    word: String,
) -> UpdateItemFluentBuilder {
    let attribute = if state == DeliveryState::Done {
        "external_id"
    } else {
        "note"
    };
    let index = if state == DeliveryState::Dead {
        "due_pk = :dead, due_sk = :due, lease_until = :zero"
    } else {
        "lease_until = :zero REMOVE due_pk, due_sk"
    };
    update
        .update_expression(format!(
            "SET #state = :state, finished_at = :now, {attribute} = :word, {index}"
        ))
        .expression_attribute_values(":state", text(state.name()))
        .expression_attribute_values(":now", number(now.0))
        .expression_attribute_values(":word", text(shortened(&word)))
}

/// Pending still, and due at that time.
fn due_again(
    update: UpdateItemFluentBuilder,
    id: &SubmissionId,
    at: Millis,
    note: &str,
    attempts: u32,
) -> UpdateItemFluentBuilder {
    update
        .update_expression(
            "SET lease_until = :zero, attempts = :attempts, not_before = :at, next_at = :at, \
             due_sk = :due, note = :note",
        )
        .expression_attribute_values(":attempts", number(attempts.into()))
        .expression_attribute_values(":at", number(at.0))
        .expression_attribute_values(":due", text(sortable(at, id)))
        .expression_attribute_values(":note", text(shortened(note)))
}

fn shortened(note: &str) -> String {
    note.chars().take(MAX_NOTE).collect()
}

/// When a row was written under `attribute`, for rows that only say so.
pub(crate) fn noted_at(item: &crate::item::Item) -> Option<Millis> {
    millis(item, "at")
}
