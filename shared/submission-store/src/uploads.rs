//! What visitors and checks note beside a submission: confirmations, attachments.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use lambda_kit::BoxFuture;

use crate::item::{
    CONFIRMED, FILE, Item, UNSUBSCRIBED, UPLOADS, integer, key, number, partition, read_attachment,
    text, write_attachment,
};
use crate::outbox::noted_at;
use crate::{Attachment, DeliveryKey, Millis, StoreError, SubmissionId, SubmissionStore};

impl SubmissionStore {
    /// Notes that the visitor confirmed the address, and writes the deliveries that
    /// waited for it: `false` where it was confirmed before. Repeating it does no harm.
    ///
    /// # Errors
    /// A failed call.
    pub fn confirm<'a>(
        &'a self,
        id: &'a SubmissionId,
        deliveries: &'a [DeliveryKey],
        expires_at: u64,
        now: Millis,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            // Deliveries first: dying in between leaves the confirmation to be repeated.
            self.add_deliveries(deliveries, expires_at, now).await?;
            self.note(id, CONFIRMED, expires_at, now, None).await
        })
    }

    /// Notes that the visitor wants no more mail: `false` where that was known.
    ///
    /// # Errors
    /// A failed call.
    pub fn unsubscribe<'a>(
        &'a self,
        id: &'a SubmissionId,
        expires_at: u64,
        now: Millis,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.note(id, UNSUBSCRIBED, expires_at, now, None))
    }

    /// Notes that the visitor has uploaded `count` attachments and is finished: `false`
    /// where that was known.
    ///
    /// # Errors
    /// A failed call.
    pub fn close_uploads<'a>(
        &'a self,
        id: &'a SubmissionId,
        count: u32,
        expires_at: u64,
        now: Millis,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.note(id, UPLOADS, expires_at, now, Some(count)))
    }

    /// When the visitor confirmed the address.
    ///
    /// # Errors
    /// A failed call.
    pub fn confirmed_at<'a>(
        &'a self,
        id: &'a SubmissionId,
    ) -> BoxFuture<'a, Result<Option<Millis>, StoreError>> {
        Box::pin(async move { Ok(self.row(id, CONFIRMED).await?.as_ref().and_then(noted_at)) })
    }

    /// When the visitor unsubscribed.
    ///
    /// # Errors
    /// A failed call.
    pub fn unsubscribed_at<'a>(
        &'a self,
        id: &'a SubmissionId,
    ) -> BoxFuture<'a, Result<Option<Millis>, StoreError>> {
        Box::pin(async move {
            Ok(self
                .row(id, UNSUBSCRIBED)
                .await?
                .as_ref()
                .and_then(noted_at))
        })
    }

    /// How many attachments the visitor uploaded, once finished.
    ///
    /// # Errors
    /// A failed call.
    pub fn uploads_closed<'a>(
        &'a self,
        id: &'a SubmissionId,
    ) -> BoxFuture<'a, Result<Option<u32>, StoreError>> {
        Box::pin(async move {
            let row = self.row(id, UPLOADS).await?;
            Ok(row.and_then(|item| integer(&item, "uploads")))
        })
    }

    /// The attachments of a submission that were checked, read consistently.
    ///
    /// # Errors
    /// A failed call.
    pub fn attachments<'a>(
        &'a self,
        id: &'a SubmissionId,
    ) -> BoxFuture<'a, Result<Vec<Attachment>, StoreError>> {
        Box::pin(async move {
            let output = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(partition(id)))
                .expression_attribute_values(":prefix", text(FILE))
                .send()
                .await
                .map_err(|error| StoreError::call("list the attachments", &self.table, error))?;
            output.items().iter().map(read_attachment).collect()
        })
    }

    /// Writes what the checks found of an attachment; a later finding replaces an earlier one.
    ///
    /// # Errors
    /// A failed call.
    pub fn put_attachment<'a>(
        &'a self,
        id: &'a SubmissionId,
        attachment: &'a Attachment,
        expires_at: u64,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let item = write_attachment(id, attachment, expires_at)?;
            let request = self
                .client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(item));
            request
                .send()
                .await
                .map_err(|error| StoreError::call("note the attachment", &self.table, error))?;
            Ok(())
        })
    }

    async fn note(
        &self,
        id: &SubmissionId,
        sort: &str,
        expires_at: u64,
        now: Millis,
        uploads: Option<u32>,
    ) -> Result<bool, StoreError> {
        let mut item = key(id, sort);
        item.insert("at".to_owned(), number(now.0));
        item.insert("expires_at".to_owned(), number(expires_at));
        if let Some(uploads) = uploads {
            item.insert("uploads".to_owned(), number(uploads.into()));
        }
        self.put_new("note what the visitor said", item).await
    }

    /// Puts a row that must not be there: `false` where it is.
    pub(crate) async fn put_new(
        &self,
        action: &'static str,
        item: Item,
    ) -> Result<bool, StoreError> {
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
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
            Err(error) => Err(StoreError::call(action, &self.table, error)),
        }
    }

    /// One row, read consistently.
    pub(crate) async fn row(
        &self,
        id: &SubmissionId,
        sort: &str,
    ) -> Result<Option<Item>, StoreError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(id, sort)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::call("read the submission", &self.table, error))?;
        Ok(output.item)
    }
}
