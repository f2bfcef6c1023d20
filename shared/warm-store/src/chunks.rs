use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use lambda_kit::BoxFuture;
use store::StoreError;
use warming::ChunkProgress;

use crate::documents::{RowKey, Versioned, document, expires_at, integer, number, text, unusable};
use crate::rows::WarmStore;
use crate::runs::partition;

const PREFIX: &str = "chunk#";

impl WarmStore {
    /// How far a chunk is; `None` where nobody has begun it.
    ///
    /// # Errors
    /// A failed call, or a row that cannot be read.
    pub fn chunk<'a>(
        &'a self,
        run: &'a str,
        number: u32,
    ) -> BoxFuture<'a, Result<Option<Versioned<ChunkProgress>>, StoreError>> {
        Box::pin(async move { self.read(&chunk_key(run, number)).await })
    }

    /// Writes how far a chunk is: `false` when another worker wrote it first. What ends it is
    /// written by [`WarmStore::finish_chunk`].
    ///
    /// # Errors
    /// A failed call.
    pub fn put_chunk<'a>(
        &'a self,
        run: &'a str,
        number: u32,
        progress: &'a Versioned<ChunkProgress>,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let key = chunk_key(run, number);
            self.write(&key, progress, now_ms).await
        })
    }

    /// Writes a chunk that is done and counts it, both or neither: `false` when another
    /// worker wrote it first. A done chunk is never written again, so it counts once.
    ///
    /// # Errors
    /// A failed call.
    pub fn finish_chunk<'a>(
        &'a self,
        run: &'a str,
        number: u32,
        progress: &'a Versioned<ChunkProgress>,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let key = chunk_key(run, number);
            let chunk_row = self.put_of(&key, progress, now_ms)?;
            let done_row = self.count_one(run, now_ms)?;
            self.transact(&key, vec![chunk_row, done_row]).await
        })
    }

    fn count_one(&self, run: &str, now_ms: i64) -> Result<TransactWriteItem, StoreError> {
        let key = done_key(run);
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key.item()))
            .update_expression("ADD chunks :one SET expires_at = :expires_at")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires_at", expires_at(now_ms))
            .build()
            .map_err(|error| unusable("count in the row", &key, error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// How many chunks of a run are done.
    ///
    /// # Errors
    /// A failed call.
    pub fn done_chunks<'a>(&'a self, run: &'a str) -> BoxFuture<'a, Result<u32, StoreError>> {
        Box::pin(async move {
            let row = self.row(&done_key(run)).await?;
            let count = row.and_then(|row| integer(&row, "chunks")).unwrap_or(0);
            Ok(u32::try_from(count).unwrap_or(u32::MAX))
        })
    }

    /// All chunks of a run that were begun, by their numbers, read consistently.
    ///
    /// # Errors
    /// A failed call, or a row that cannot be read.
    pub fn chunks<'a>(
        &'a self,
        run: &'a str,
    ) -> BoxFuture<'a, Result<Vec<ChunkProgress>, StoreError>> {
        Box::pin(async move {
            let partition = partition(run);
            let mut pages = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(&partition))
                .expression_attribute_values(":prefix", text(PREFIX))
                .into_paginator()
                .send();
            let mut chunks = Vec::new();
            while let Some(page) = pages.next().await {
                let page =
                    page.map_err(|error| StoreError::call("query the rows", &partition, error))?;
                for row in page.items() {
                    let key = RowKey::new(partition.as_str(), PREFIX);
                    let progress: Versioned<ChunkProgress> = document(&key, row)?;
                    chunks.push(progress.value);
                }
            }
            Ok(chunks)
        })
    }
}

/// Numbers have six digits, so that rows are in their order.
fn chunk_key(run: &str, number: u32) -> RowKey {
    RowKey::new(partition(run), format!("{PREFIX}{number:06}"))
}

fn done_key(run: &str) -> RowKey {
    RowKey::new(partition(run), "done")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_chunks_are_in_the_order_of_their_numbers() {
        let mut keys: Vec<_> = [10, 2, 123_456, 0]
            .map(|number| chunk_key("a", number).sk)
            .into();
        keys.sort();
        assert_eq!(
            keys,
            [
                "chunk#000000",
                "chunk#000002",
                "chunk#000010",
                "chunk#123456"
            ]
        );
    }
}
