use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use lambda_kit::{BoxFuture, ErrorClass};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::StoreError;

use crate::documents::{
    Canceled, Row, RowKey, Versioned, condition, document, item, judge, reasons, unusable,
};

/// So often a row is read again when others wrote it first. Each time somebody got on, and
/// there are a handful of workers.
const TRIES: usize = 20;

/// The table of the cache warmer: keys `pk` and `sk`, TTL on `expires_at`.
#[derive(Debug, Clone)]
pub struct WarmStore {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl WarmStore {
    /// The table `table`.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// A row's document, read consistently.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        key: &RowKey,
    ) -> Result<Option<Versioned<T>>, StoreError> {
        let row = self.row(key).await?;
        row.map(|row| document(key, &row)).transpose()
    }

    pub(crate) fn row<'a>(
        &'a self,
        key: &'a RowKey,
    ) -> BoxFuture<'a, Result<Option<Row>, StoreError>> {
        Box::pin(async move {
            let request = self
                .client
                .get_item()
                .table_name(&self.table)
                .set_key(Some(key.item()))
                .consistent_read(true);
            let output = request
                .send()
                .await
                .map_err(|error| StoreError::call("get the row", &key.name(), error))?;
            Ok(output.item)
        })
    }

    /// Writes a document if its row is as it was read: `false` when it is not.
    pub(crate) async fn write<T: Serialize>(
        &self,
        key: &RowKey,
        document: &Versioned<T>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let item = item(key, document, now_ms)?;
        self.put(key, item, document.version).await
    }

    fn put<'a>(
        &'a self,
        key: &'a RowKey,
        item: Row,
        version: u64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let (condition, values) = condition(version);
            let outcome = self
                .client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(item))
                .condition_expression(condition)
                .set_expression_attribute_values(values)
                .send()
                .await;
            match outcome {
                Ok(_) => Ok(true),
                Err(SdkError::ServiceError(context))
                    if context.err().is_conditional_check_failed_exception() =>
                {
                    Ok(false)
                }
                Err(error) => Err(StoreError::call("put the row", &key.name(), error)),
            }
        })
    }

    /// Changes a document that was read, and again each time that somebody else was faster.
    pub(crate) async fn change<T: Serialize + DeserializeOwned + Clone>(
        &self,
        key: &RowKey,
        mut current: Versioned<T>,
        initial: impl Fn() -> T + Send,
        mut change: impl FnMut(&mut T) + Send,
        now_ms: i64,
    ) -> Result<Versioned<T>, StoreError> {
        for _ in 0..TRIES {
            change(&mut current.value);
            if self.write(key, &current, now_ms).await? {
                current.version += 1;
                return Ok(current);
            }
            let read = self.read(key).await?;
            current = read.unwrap_or_else(|| Versioned::new(initial()));
        }
        Err(contended(key))
    }

    /// Writes all rows, or none: `false` when a condition does not hold.
    pub(crate) fn transact<'a>(
        &'a self,
        key: &'a RowKey,
        writes: Vec<TransactWriteItem>,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            for _ in 0..TRIES {
                let request = self.client.transact_write_items();
                let request = request.set_transact_items(Some(writes.clone()));
                let Err(error) = request.send().await else {
                    return Ok(true);
                };
                match judge(reasons(&error)) {
                    Canceled::Condition => return Ok(false),
                    Canceled::Conflict => {}
                    Canceled::Otherwise => {
                        return Err(StoreError::call("write the rows of", &key.name(), error));
                    }
                }
            }
            Err(contended(key))
        })
    }

    /// A conditional write within a transaction.
    pub(crate) fn put_of<T: Serialize>(
        &self,
        key: &RowKey,
        document: &Versioned<T>,
        now_ms: i64,
    ) -> Result<TransactWriteItem, StoreError> {
        let (condition, values) = condition(document.version);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(key, document, now_ms)?))
            .condition_expression(condition)
            .set_expression_attribute_values(values)
            .build()
            .map_err(|error| unusable("put the row", key, error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn contended(key: &RowKey) -> StoreError {
    StoreError::Call {
        action: "write the row",
        name: key.name(),
        class: ErrorClass::Transient,
        source: "other runs wrote it each time".into(),
    }
}
