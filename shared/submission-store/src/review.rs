//! What the site's owner does: list, read, judge, find and erase.

use std::time::SystemTime;

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, KeysAndAttributes, WriteRequest};
use lambda_kit::BoxFuture;

use crate::item::{
    DEAD, DUE_INDEX, FORM_INDEX, Item, META, SUBJECT_INDEX, key, number, partition, read_delivery,
    read_submission, string, text,
};
use crate::{Delivery, Millis, State, StoreError, Stored, SubmissionId, SubmissionStore};

/// Most rows that one page or one person may have.
const MAX_ROWS: i32 = 1_000;
/// Most keys of one `BatchGetItem`:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>.
const BATCH_GET: usize = 100;
/// Most writes of one `BatchWriteItem`.
const BATCH_WRITE: usize = 25;

/// A page of a list, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The submissions.
    pub rows: Vec<Stored>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

impl SubmissionStore {
    /// One submission; `None` where there is none or its time is over.
    ///
    /// # Errors
    /// A failed call; a row that cannot be understood.
    pub fn submission<'a>(
        &'a self,
        id: &'a SubmissionId,
    ) -> BoxFuture<'a, Result<Option<Stored>, StoreError>> {
        Box::pin(async move {
            let row = self.row(id, META).await?;
            let stored = row.as_ref().map(read_submission).transpose()?;
            Ok(stored.filter(is_current))
        })
    }

    /// A page of a form's submissions, at most 1,000, newest first. `before` is the
    /// [`Page::next`] of the page before.
    ///
    /// # Errors
    /// A failed call; a row that cannot be understood.
    pub fn list<'a>(
        &'a self,
        form: &'a str,
        before: Option<&'a str>,
        limit: i32,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        Box::pin(async move {
            let limit = limit.clamp(1, MAX_ROWS);
            let mut query = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(FORM_INDEX)
                .scan_index_forward(false)
                .limit(limit)
                .expression_attribute_values(":form", text(format!("FORM#{form}")));
            query = match before {
                Some(before) => query
                    .key_condition_expression("form_pk = :form AND form_sk < :before")
                    .expression_attribute_values(":before", text(before)),
                None => query.key_condition_expression("form_pk = :form"),
            };
            let output = query
                .send()
                .await
                .map_err(|error| StoreError::call("list submissions", &self.table, error))?;
            let next = output
                .last_evaluated_key()
                .and_then(|_| output.items().last())
                .and_then(|item| string(item, "form_sk"))
                .map(str::to_owned);
            let rows = self.read_all(output.items()).await?;
            Ok(Page { rows, next })
        })
    }

    /// Everything of one person, at most 1,000 submissions.
    ///
    /// # Errors
    /// A failed call; a row that cannot be understood.
    pub fn by_subject<'a>(
        &'a self,
        subject: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Stored>, StoreError>> {
        Box::pin(async move {
            let output = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(SUBJECT_INDEX)
                .key_condition_expression("subject = :subject")
                .expression_attribute_values(":subject", text(subject))
                .limit(MAX_ROWS)
                .send()
                .await
                .map_err(|error| StoreError::call("find a person", &self.table, error))?;
            self.read_all(output.items()).await
        })
    }

    /// Deliveries that were given up, oldest first.
    ///
    /// # Errors
    /// A failed call; a row that cannot be understood.
    pub fn dead(&self, limit: i32) -> BoxFuture<'_, Result<Vec<Delivery>, StoreError>> {
        Box::pin(async move {
            let output = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(DUE_INDEX)
                .key_condition_expression("due_pk = :dead")
                .expression_attribute_values(":dead", text(DEAD))
                .limit(limit.clamp(1, MAX_ROWS))
                .send()
                .await
                .map_err(|error| StoreError::call("list dead deliveries", &self.table, error))?;
            let items = self.get_all(output.items()).await?;
            items.iter().map(read_delivery).collect()
        })
    }

    /// Changes the state of a submission, and with it how long it is kept: `false`
    /// where it is gone.
    ///
    /// # Errors
    /// A failed call.
    pub fn set_state<'a>(
        &'a self,
        id: &'a SubmissionId,
        state: State,
        expires_at: u64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let update = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key(id, META)))
                .update_expression("SET #state = :state, expires_at = :expires")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", text(state.name()))
                .expression_attribute_values(":expires", number(expires_at));
            let done = self.conditional("judge the submission", update).await?;
            Ok(done.is_some())
        })
    }

    /// Notes that somebody has read a submission; the first reading stays.
    ///
    /// # Errors
    /// A failed call.
    pub fn mark_read<'a>(
        &'a self,
        id: &'a SubmissionId,
        now: Millis,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let update = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key(id, META)))
                .update_expression("SET read_at = if_not_exists(read_at, :now)")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_values(":now", number(now.0));
            let done = self.conditional("mark the submission", update).await?;
            Ok(done.is_some())
        })
    }

    /// Removes every row of a submission. Repeating it does no harm.
    ///
    /// # Errors
    /// A failed call: some rows may be left.
    pub fn erase<'a>(&'a self, id: &'a SubmissionId) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let mut pages = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(partition(id)))
                .projection_expression("pk, sk")
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| {
                    StoreError::call("erase the submission", &self.table, error)
                })?;
                for keys in page.items().chunks(BATCH_WRITE) {
                    self.delete_all(keys).await?;
                }
            }
            Ok(())
        })
    }

    async fn delete_all(&self, keys: &[Item]) -> Result<(), StoreError> {
        const ERASE: &str = "erase the submission";
        let mut requests = Vec::new();
        for key in keys {
            let delete = DeleteRequest::builder()
                .set_key(Some(key.clone()))
                .build()
                .map_err(|error| StoreError::request(ERASE, &self.table, error))?;
            requests.push(WriteRequest::builder().delete_request(delete).build());
        }
        while !requests.is_empty() {
            let output = self
                .client
                .batch_write_item()
                .request_items(&self.table, requests)
                .send()
                .await
                .map_err(|error| StoreError::call(ERASE, &self.table, error))?;
            requests = output
                .unprocessed_items
                .and_then(|mut left| left.remove(&self.table))
                .unwrap_or_default();
        }
        Ok(())
    }

    /// The submissions behind entries of an index, in the same order.
    async fn read_all(&self, entries: &[Item]) -> Result<Vec<Stored>, StoreError> {
        let items = self.get_all(entries).await?;
        let stored: Result<Vec<Stored>, StoreError> = items.iter().map(read_submission).collect();
        Ok(stored?.into_iter().filter(is_current).collect())
    }

    /// The rows behind entries of an index: indexes hold keys only, so that what is
    /// personal is stored once.
    async fn get_all(&self, entries: &[Item]) -> Result<Vec<Item>, StoreError> {
        const READ: &str = "read the rows of an index";
        let mut rows = std::collections::HashMap::new();
        for keys in entries.chunks(BATCH_GET) {
            let mut wanted: Vec<Item> = keys.iter().map(table_key).collect();
            while !wanted.is_empty() {
                let keys = KeysAndAttributes::builder()
                    .set_keys(Some(wanted))
                    .build()
                    .map_err(|error| StoreError::request(READ, &self.table, error))?;
                let output = self
                    .client
                    .batch_get_item()
                    .request_items(&self.table, keys)
                    .send()
                    .await
                    .map_err(|error| StoreError::call(READ, &self.table, error))?;
                let found = output
                    .responses
                    .and_then(|mut tables| tables.remove(&self.table));
                for item in found.unwrap_or_default() {
                    rows.insert(names(&item), item);
                }
                wanted = output
                    .unprocessed_keys
                    .and_then(|mut left| left.remove(&self.table))
                    .map(|left| left.keys)
                    .unwrap_or_default();
            }
        }
        Ok(entries
            .iter()
            .filter_map(|entry| rows.remove(&names(entry)))
            .collect())
    }
}

/// The table's key of an entry of an index.
fn table_key(entry: &Item) -> Item {
    ["pk", "sk"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), entry.get(name)?.clone())))
        .collect::<std::collections::HashMap<String, AttributeValue>>()
}

fn names(item: &Item) -> (String, String) {
    let name = |attribute| string(item, attribute).unwrap_or_default().to_owned();
    (name("pk"), name("sk"))
}

/// DynamoDB deletes expired rows late; readers must not see them.
fn is_current(stored: &Stored) -> bool {
    stored.expires_at > Millis::of(SystemTime::now()).seconds()
}
