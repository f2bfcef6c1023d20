//! Once per key, across deliveries, sandboxes and crashes.
//!
//! One DynamoDB item per key (`pk = idempotency#{key}`, `sk = -`) holds the
//! state, a lease and a counter. Every claim adds one to the counter: that
//! number is the fencing token. `complete` and `release` are conditional on it,
//! so a run that lost its lease can change nothing.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

use crate::{BoxFuture, Classified, ErrorClass};

/// How long a key is remembered after it was completed. SQS keeps a message 14
/// days at most, so no delivery of the same event comes later.
const REMEMBERED: Duration = Duration::from_secs(15 * 24 * 3600);

/// The number of a claim: higher means later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FencingToken(u64);

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The key is ours until the lease ends.
    Acquired(FencingToken),
    /// Somebody is at it, or died at it and their lease still runs.
    InProgress,
    /// It was done; this is what the run left with [`Idempotency::complete`].
    Completed(String),
}

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum IdempotencyError {
    /// DynamoDB failed.
    #[error("{action} the idempotency key `{key}` in table `{table}`")]
    Store {
        /// What was tried.
        action: &'static str,
        /// The key.
        key: String,
        /// The table.
        table: String,
        /// DynamoDB's error.
        #[source]
        source: Box<SdkError<UpdateItemError>>,
    },
    /// A later claim took over after our lease had ended.
    #[error("keep the idempotency key `{key}`: the lease ended and another run took it")]
    LeaseLost {
        /// The key.
        key: String,
    },
}

impl Classified for IdempotencyError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Store { source, .. } if is_throttled(source) => ErrorClass::Throttled,
            Self::Store { .. } => ErrorClass::Transient,
            Self::LeaseLost { .. } => ErrorClass::Conflict,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Store { .. } => "idempotency.store",
            Self::LeaseLost { .. } => "idempotency.lease_lost",
        }
    }
}

fn is_throttled(error: &SdkError<UpdateItemError>) -> bool {
    matches!(
        error.code(),
        Some(
            "ProvisionedThroughputExceededException"
                | "ThrottlingException"
                | "RequestLimitExceeded"
        )
    )
}

/// The store: a DynamoDB table with keys `pk` and `sk` and TTL on `expires_at`.
#[derive(Debug, Clone)]
pub struct Idempotency {
    client: Client,
    table: String,
    lease: Duration,
}

impl Idempotency {
    /// Keys in `table`; a claim lasts `lease`, which must outlast the function's timeout.
    #[must_use]
    pub const fn new(client: Client, table: String, lease: Duration) -> Self {
        Self {
            client,
            table,
            lease,
        }
    }

    /// Tries to become the one run for `key` at `now`.
    ///
    /// # Errors
    /// When DynamoDB does not answer.
    pub fn claim<'a>(
        &'a self,
        key: &'a str,
        now: SystemTime,
    ) -> BoxFuture<'a, Result<Claim, IdempotencyError>> {
        Box::pin(self.try_claim(key, now))
    }

    async fn try_claim(&self, key: &str, now: SystemTime) -> Result<Claim, IdempotencyError> {
        let outcome = self
            .update(key)
            .update_expression(
                "SET #state = :in_progress, lease_until = :lease_until, expires_at = :expires_at \
                 ADD fence :one",
            )
            .condition_expression(
                "attribute_not_exists(#state) OR #state = :released OR expires_at < :now_seconds \
                 OR (#state = :in_progress AND lease_until < :now)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":in_progress", string("in_progress"))
            .expression_attribute_values(":released", string("released"))
            .expression_attribute_values(":lease_until", number(millis(now + self.lease)))
            .expression_attribute_values(":expires_at", number(seconds(now + REMEMBERED)))
            .expression_attribute_values(":now", number(millis(now)))
            .expression_attribute_values(":now_seconds", number(seconds(now)))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(output) => Ok(Claim::Acquired(fence(&output))),
            Err(SdkError::ServiceError(context))
                if context.err().is_conditional_check_failed_exception() =>
            {
                let UpdateItemError::ConditionalCheckFailedException(refused) = context.err()
                else {
                    return Ok(Claim::InProgress);
                };
                Ok(existing(refused.item()))
            }
            Err(error) => Err(self.store_error("claim", key, error)),
        }
    }

    /// Records that the run `token` is done and what it left for later deliveries.
    ///
    /// # Errors
    /// When DynamoDB does not answer, or another run has taken the key.
    pub fn complete<'a>(
        &'a self,
        key: &'a str,
        token: FencingToken,
        result: &'a str,
        now: SystemTime,
    ) -> BoxFuture<'a, Result<(), IdempotencyError>> {
        Box::pin(async move {
            let update = self
                .update(key)
                .update_expression(
                    "SET #state = :state, #result = :result, expires_at = :expires_at",
                )
                .expression_attribute_names("#result", "result")
                .expression_attribute_values(":state", string("completed"))
                .expression_attribute_values(":result", string(result))
                .expression_attribute_values(":expires_at", number(seconds(now + REMEMBERED)));
            self.as_owner("complete", key, token, update).await
        })
    }

    /// Gives `key` back, so that the next delivery can start at once.
    ///
    /// # Errors
    /// When DynamoDB does not answer, or another run has taken the key.
    pub fn release<'a>(
        &'a self,
        key: &'a str,
        token: FencingToken,
    ) -> BoxFuture<'a, Result<(), IdempotencyError>> {
        Box::pin(async move {
            let update = self
                .update(key)
                .update_expression("SET #state = :state")
                .expression_attribute_values(":state", string("released"));
            self.as_owner("release", key, token, update).await
        })
    }

    async fn as_owner(
        &self,
        action: &'static str,
        key: &str,
        token: FencingToken,
        update: aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder,
    ) -> Result<(), IdempotencyError> {
        let outcome = update
            .condition_expression("fence = :fence AND #state = :in_progress")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":fence", number(token.0))
            .expression_attribute_values(":in_progress", string("in_progress"))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(context))
                if context.err().is_conditional_check_failed_exception() =>
            {
                Err(IdempotencyError::LeaseLost {
                    key: key.to_owned(),
                })
            }
            Err(error) => Err(self.store_error(action, key, error)),
        }
    }

    fn update(
        &self,
        key: &str,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(format!("idempotency#{key}")))
            .key("sk", string("-"))
    }

    fn store_error(
        &self,
        action: &'static str,
        key: &str,
        source: SdkError<UpdateItemError>,
    ) -> IdempotencyError {
        IdempotencyError::Store {
            action,
            key: key.to_owned(),
            table: self.table.clone(),
            source: Box::new(source),
        }
    }
}

fn existing(item: Option<&HashMap<String, AttributeValue>>) -> Claim {
    let text = |name: &str| {
        item.and_then(|item| item.get(name))
            .and_then(|value| value.as_s().ok())
    };
    match text("state").map(String::as_str) {
        Some("completed") => Claim::Completed(text("result").cloned().unwrap_or_default()),
        _ => Claim::InProgress,
    }
}

fn fence(output: &UpdateItemOutput) -> FencingToken {
    let number = output
        .attributes()
        .and_then(|attributes| attributes.get("fence"))
        .and_then(|value| value.as_n().ok())
        .and_then(|text| text.parse().ok());
    FencingToken(number.unwrap_or(0))
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn millis(time: SystemTime) -> u64 {
    u64::try_from(
        time.duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis(),
    )
    .unwrap_or(u64::MAX)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
