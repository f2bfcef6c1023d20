use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, KeysAndAttributes, Put, TransactWriteItem};
use lambda_kit::ErrorClass;
use store::StoreError;

use crate::check_rows::Known;
use crate::item::{Item, key, number};

/// Items that one `BatchGetItem` may name:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
const BATCH: usize = 100;
/// How often what a batch left out is asked for again.
const BATCH_TRIES: u32 = 5;
/// How often a write is tried that others were faster with.
pub(crate) const WRITE_TRIES: u32 = 8;
/// Before the first such try after the first; it grows with each.
const PAUSE: Duration = Duration::from_millis(25);

/// The table of the site's health.
#[derive(Debug)]
pub struct HealthStore {
    pub(crate) client: Client,
    pub(crate) table: String,
    /// What this process wrote last.
    kept: Mutex<BTreeMap<String, Known>>,
}

/// On what condition a row is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Condition {
    /// None.
    Always,
    /// There is none of its keys.
    IsNew,
    /// It has this version still; with 0 it has none.
    Version(u64),
}

/// What became of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// All of it is written.
    All,
    /// Nothing is: the conditions of the rows of these places do not hold. None of them when
    /// another transaction was at the same rows.
    Refused(Vec<usize>),
}

impl HealthStore {
    /// The table `table`. Nothing is sent yet.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self {
            client,
            table,
            kept: Mutex::new(BTreeMap::new()),
        }
    }

    pub(crate) fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn get(
        &self,
        pk: &str,
        sk: &str,
        consistent: bool,
    ) -> Result<Option<Item>, StoreError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(pk, sk)))
            .consistent_read(consistent)
            .send()
            .await
            .map_err(|error| StoreError::call("get the row", pk, error))?;
        Ok(output.item)
    }

    /// Rows, in no order; those that are not there are left out.
    pub(crate) async fn get_all(
        &self,
        keys: Vec<Item>,
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        for page in keys.chunks(BATCH) {
            let mut asked = page.to_vec();
            let mut tries = 0;
            while !asked.is_empty() {
                if tries == BATCH_TRIES {
                    return Err(self.left_out());
                }
                if tries > 0 {
                    pause(tries).await;
                }
                asked = self.get_page(asked, consistent, &mut items).await?;
                tries += 1;
            }
        }
        Ok(items)
    }

    /// Returns the keys that DynamoDB had no time for.
    async fn get_page(
        &self,
        keys: Vec<Item>,
        consistent: bool,
        items: &mut Vec<Item>,
    ) -> Result<Vec<Item>, StoreError> {
        let asked = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(consistent)
            .build()
            .map_err(|error| self.unbuilt("get the rows of", error))?;
        let output = self
            .client
            .batch_get_item()
            .request_items(&self.table, asked)
            .send()
            .await
            .map_err(|error| StoreError::call("get the rows of", &self.table, error))?;
        let mut found = output.responses.unwrap_or_default();
        items.append(&mut found.remove(&self.table).unwrap_or_default());
        let mut rest = output.unprocessed_keys.unwrap_or_default();
        let rest = rest.remove(&self.table);
        Ok(rest.map(|rest| rest.keys).unwrap_or_default())
    }

    fn left_out(&self) -> StoreError {
        StoreError::Call {
            action: "get the rows of",
            name: self.table.clone(),
            class: ErrorClass::Throttled,
            source: "DynamoDB left some out each time".into(),
        }
    }

    /// A row to write in a transaction.
    pub(crate) fn put(&self, item: Item, on: Condition) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put = match on {
            Condition::Always => put,
            Condition::IsNew => put.condition_expression("attribute_not_exists(pk)"),
            Condition::Version(0) => put.condition_expression("attribute_not_exists(version)"),
            Condition::Version(version) => put
                .condition_expression("version = :version")
                .expression_attribute_values(":version", number(version)),
        };
        let put = put
            .build()
            .map_err(|error| self.unbuilt("put the row in", error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Writes rows, all of them or none.
    pub(crate) async fn write(
        &self,
        name: &str,
        rows: Vec<TransactWriteItem>,
    ) -> Result<Written, StoreError> {
        let request = self.client.transact_write_items();
        let outcome = request.set_transact_items(Some(rows)).send().await;
        match outcome {
            Ok(_) => Ok(Written::All),
            Err(error) => match refused(&error) {
                Some(places) => Ok(Written::Refused(places)),
                None => Err(StoreError::call("write the rows of", name, error)),
            },
        }
    }

    pub(crate) fn unbuilt(
        &self,
        action: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> StoreError {
        StoreError::Call {
            action,
            name: self.table.clone(),
            class: ErrorClass::Permanent,
            source: source.into(),
        }
    }
}

/// Waits a little longer each time, so that runs that are at the same rows part.
pub(crate) async fn pause(tries: u32) {
    tokio::time::sleep(PAUSE.saturating_mul(tries)).await;
}

pub(crate) fn conflict(name: &str) -> StoreError {
    StoreError::Conflict {
        key: name.to_owned(),
    }
}

/// The rows whose condition does not hold, when that or another transaction is all that is
/// wrong.
fn refused<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<Vec<usize>> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            places_refused(cancelled.cancellation_reasons())
        }
        other => (other.code() == Some("TransactionInProgressException")).then(Vec::new),
    }
}

fn places_refused(reasons: &[CancellationReason]) -> Option<Vec<usize>> {
    let has = |reason: &CancellationReason, code: &str| reason.code() == Some(code);
    let places = reasons.iter().enumerate();
    let places = places.filter(|(_, reason)| has(reason, "ConditionalCheckFailed"));
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    let is_race = reasons
        .iter()
        .any(|reason| has(reason, "TransactionConflict"));
    (is_race || !places.is_empty()).then_some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    #[test]
    fn a_cancelled_transaction_says_which_rows_were_changed() {
        let (none, failed) = (reason("None"), reason("ConditionalCheckFailed"));
        let places = places_refused(&[none.clone(), failed.clone(), failed]);
        assert_eq!(places, Some(vec![1, 2]));
        let places = places_refused(&[reason("TransactionConflict"), none.clone()]);
        assert_eq!(places, Some(vec![]));
        // What is wrong with the request or the table is no race.
        assert_eq!(places_refused(&[none, reason("ThrottlingError")]), None);
    }
}
