use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use lambda_kit::BoxFuture;

use crate::item::{integer, millis, number, text};
use crate::{Millis, StoreError};

/// Most members that are told apart.
const MAX_MEMBERS: usize = 16;
/// How long the state of a breaker outlives its last change, in seconds.
const BREAKER_SECONDS: u64 = 24 * 3600;

/// The table of what keeps submissions honest: idempotency records, counters, used
/// proofs, breakers, operators that attacked the site. Nothing in it is personal.
#[derive(Debug, Clone)]
pub struct GuardTable {
    pub(crate) client: Client,
    pub(crate) table: String,
}

/// The state of a circuit breaker, shared by all workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Breaker {
    /// Failures since the last success.
    pub failures: u32,
    /// Until when nothing is tried; in the past, or zero, where it is closed.
    pub open_until: Millis,
}

impl GuardTable {
    /// The table `table`.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Counts one more of `key` in the present window of `window_seconds`, and tells how
    /// many there are.
    ///
    /// # Errors
    /// A failed call.
    pub fn count<'a>(
        &'a self,
        key: &'a str,
        window_seconds: u64,
        now: Millis,
    ) -> BoxFuture<'a, Result<u32, StoreError>> {
        Box::pin(async move {
            let seconds = window_seconds.max(1);
            let window = now.seconds() / seconds;
            let output = self
                .client
                .update_item()
                .table_name(&self.table)
                .key("pk", text(format!("COUNT#{key}#{window}")))
                .update_expression("ADD hits :one SET expires_at = :expires")
                .expression_attribute_values(":one", number(1))
                .expression_attribute_values(":expires", number((window + 2) * seconds))
                .return_values(ReturnValue::UpdatedNew)
                .send()
                .await
                .map_err(|error| StoreError::call("count", &self.table, error))?;
            let hits = output.attributes.and_then(|item| integer(&item, "hits"));
            Ok(hits.unwrap_or_default())
        })
    }

    /// Counts how many different `member`s `key` has had in the present window of
    /// `window_seconds`, up to 16: a member that comes again changes nothing.
    ///
    /// # Errors
    /// A failed call.
    pub fn count_distinct<'a>(
        &'a self,
        key: &'a str,
        member: &'a str,
        window_seconds: u64,
        now: Millis,
    ) -> BoxFuture<'a, Result<usize, StoreError>> {
        Box::pin(async move {
            let seconds = window_seconds.max(1);
            let window = now.seconds() / seconds;
            let outcome = self
                .client
                .update_item()
                .table_name(&self.table)
                .key("pk", text(format!("DISTINCT#{key}#{window}")))
                .update_expression("ADD members :member SET expires_at = :expires")
                .condition_expression("attribute_not_exists(members) OR size(members) < :most")
                .expression_attribute_values(":member", AttributeValue::Ss(vec![member.to_owned()]))
                .expression_attribute_values(":most", number(MAX_MEMBERS as u64))
                .expression_attribute_values(":expires", number((window + 2) * seconds))
                .return_values(ReturnValue::UpdatedNew)
                .send()
                .await;
            match outcome {
                Ok(output) => Ok(output
                    .attributes
                    .as_ref()
                    .and_then(|item| item.get("members")?.as_ss().ok())
                    .map_or(0, Vec::len)),
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
                {
                    Ok(MAX_MEMBERS)
                }
                Err(error) => Err(StoreError::call("count", &self.table, error)),
            }
        })
    }

    /// Uses `key` up: `false` where it was used before.
    ///
    /// # Errors
    /// A failed call.
    pub fn use_once<'a>(
        &'a self,
        key: &'a str,
        expires_at: u64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let outcome = self
                .client
                .put_item()
                .table_name(&self.table)
                .item("pk", text(format!("USED#{key}")))
                .item("expires_at", number(expires_at))
                .condition_expression("attribute_not_exists(pk)")
                .send()
                .await;
            match outcome {
                Ok(_) => Ok(true),
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
                {
                    Ok(false)
                }
                Err(error) => Err(StoreError::call("use up a proof", &self.table, error)),
            }
        })
    }

    /// The breaker of `endpoint`.
    ///
    /// # Errors
    /// A failed call.
    pub fn breaker<'a>(&'a self, endpoint: &'a str) -> BoxFuture<'a, Result<Breaker, StoreError>> {
        Box::pin(async move {
            let output = self
                .client
                .get_item()
                .table_name(&self.table)
                .key("pk", breaker_key(endpoint))
                .send()
                .await
                .map_err(|error| StoreError::call("read the breaker", &self.table, error))?;
            Ok(output
                .item
                .map_or_else(Breaker::default, |item| read(&item)))
        })
    }

    /// Counts a failure of `endpoint`; with `open_until`, nothing is tried until then.
    ///
    /// # Errors
    /// A failed call.
    pub fn record_failure<'a>(
        &'a self,
        endpoint: &'a str,
        open_until: Option<Millis>,
        now: Millis,
    ) -> BoxFuture<'a, Result<Breaker, StoreError>> {
        Box::pin(async move {
            let output = self
                .client
                .update_item()
                .table_name(&self.table)
                .key("pk", breaker_key(endpoint))
                .update_expression(
                    "ADD failures :one SET open_until = :until, expires_at = :expires",
                )
                .expression_attribute_values(":one", number(1))
                .expression_attribute_values(":until", number(open_until.unwrap_or_default().0))
                .expression_attribute_values(":expires", number(now.seconds() + BREAKER_SECONDS))
                .return_values(ReturnValue::AllNew)
                .send()
                .await
                .map_err(|error| StoreError::call("count a failure", &self.table, error))?;
            Ok(output
                .attributes
                .map_or_else(Breaker::default, |item| read(&item)))
        })
    }

    /// Closes the breaker of `endpoint`.
    ///
    /// # Errors
    /// A failed call.
    pub fn record_success<'a>(
        &'a self,
        endpoint: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.client
                .delete_item()
                .table_name(&self.table)
                .key("pk", breaker_key(endpoint))
                .send()
                .await
                .map_err(|error| StoreError::call("close the breaker", &self.table, error))?;
            Ok(())
        })
    }
}

fn breaker_key(endpoint: &str) -> AttributeValue {
    text(format!("BREAKER#{endpoint}"))
}

fn read(item: &HashMap<String, AttributeValue>) -> Breaker {
    Breaker {
        failures: integer(item, "failures").unwrap_or_default(),
        open_until: millis(item, "open_until").unwrap_or_default(),
    }
}
