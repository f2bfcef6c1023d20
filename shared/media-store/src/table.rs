use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::BoxFuture;
use object_event::Sequencer;
use store::StoreError;

/// How long a deletion is remembered. SQS keeps a message 14 days at most.
const TOMBSTONE: Duration = Duration::from_secs(15 * 24 * 3600);

/// The sort key of a photo's own row.
const PHOTO: &str = "photo";
/// The prefix of the sort keys of its on-demand answers.
const ON_DEMAND: &str = "on-demand#";

/// The state of a photo as the table knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoRow {
    /// The event that brought this state.
    pub sequencer: Sequencer,
    /// The manifest as JSON; `None` where the photo was deleted.
    pub manifest: Option<String>,
    /// The state before, whose derivatives pages may still show.
    pub previous: Option<Sequencer>,
}

/// The media table: keys `pk` and `sk`, TTL on `expires_at`.
#[derive(Debug, Clone)]
pub struct MediaTable {
    client: Client,
    name: String,
}

type Item = HashMap<String, AttributeValue>;

impl MediaTable {
    /// The table `name`.
    #[must_use]
    pub const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// The row of a photo, read consistently.
    ///
    /// # Errors
    /// A failed call or a row without its attributes.
    pub fn photo<'a>(
        &'a self,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<PhotoRow>, StoreError>> {
        Box::pin(async move {
            let request = self
                .client
                .get_item()
                .table_name(&self.name)
                .set_key(Some(row_key(key, PHOTO)))
                .consistent_read(true);
            let output = request
                .send()
                .await
                .map_err(|error| StoreError::call("get the row of", key, error))?;
            output.item().map(|item| read_row(key, item)).transpose()
        })
    }

    /// Writes the row of a photo unless a later event has written it: `false` then.
    ///
    /// # Errors
    /// A failed call.
    pub fn put_photo<'a>(
        &'a self,
        key: &'a str,
        row: &'a PhotoRow,
        now: SystemTime,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let outcome = self
                .client
                .put_item()
                .table_name(&self.name)
                .set_item(Some(write_row(key, row, now)))
                .condition_expression("attribute_not_exists(pk) OR sequencer <= :sequencer")
                .expression_attribute_values(":sequencer", text(row.sequencer.as_str()))
                .send()
                .await;
            match outcome {
                Ok(_) => Ok(true),
                Err(SdkError::ServiceError(context))
                    if context.err().is_conditional_check_failed_exception() =>
                {
                    Ok(false)
                }
                Err(error) => Err(StoreError::call("put the row of", key, error)),
            }
        })
    }

    /// Notes that an on-demand answer is about to be stored under `stored_key`.
    ///
    /// # Errors
    /// A failed call.
    pub fn note_on_demand<'a>(
        &'a self,
        key: &'a str,
        stored_key: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let item = row_key(key, &format!("{ON_DEMAND}{stored_key}"));
            let request = self
                .client
                .put_item()
                .table_name(&self.name)
                .set_item(Some(item));
            request
                .send()
                .await
                .map_err(|error| StoreError::call("note the answer", stored_key, error))?;
            Ok(())
        })
    }

    /// The names of all on-demand answers of a photo, read consistently.
    ///
    /// # Errors
    /// A failed call.
    pub fn on_demand<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(async move {
            let mut pages = self
                .client
                .query()
                .table_name(&self.name)
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(&partition(key)))
                .expression_attribute_values(":prefix", text(ON_DEMAND))
                .into_paginator()
                .send();
            let mut names = Vec::new();
            while let Some(page) = pages.next().await {
                let page =
                    page.map_err(|error| StoreError::call("query the answers of", key, error))?;
                names.extend(page.items().iter().filter_map(|item| {
                    attribute(item, "sk")?
                        .strip_prefix(ON_DEMAND)
                        .map(str::to_owned)
                }));
            }
            Ok(names)
        })
    }

    /// Forgets an on-demand answer.
    ///
    /// # Errors
    /// A failed call.
    pub fn forget_on_demand<'a>(
        &'a self,
        key: &'a str,
        stored_key: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let item = row_key(key, &format!("{ON_DEMAND}{stored_key}"));
            let request = self
                .client
                .delete_item()
                .table_name(&self.name)
                .set_key(Some(item));
            request
                .send()
                .await
                .map_err(|error| StoreError::call("forget the answer", stored_key, error))?;
            Ok(())
        })
    }
}

fn partition(key: &str) -> String {
    format!("image#{key}")
}

fn row_key(key: &str, sort: &str) -> Item {
    Item::from([
        ("pk".to_owned(), text(&partition(key))),
        ("sk".to_owned(), text(sort)),
    ])
}

fn write_row(key: &str, row: &PhotoRow, now: SystemTime) -> Item {
    let mut item = row_key(key, PHOTO);
    let mut set = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            item.insert(name.to_owned(), text(value));
        }
    };
    set("sequencer", Some(row.sequencer.as_str()));
    set("manifest", row.manifest.as_deref());
    set("previous", row.previous.as_ref().map(Sequencer::as_str));
    if row.manifest.is_none() {
        let expires_at = now.duration_since(UNIX_EPOCH).unwrap_or_default() + TOMBSTONE;
        let seconds = AttributeValue::N(expires_at.as_secs().to_string());
        item.insert("expires_at".to_owned(), seconds);
    }
    item
}

fn read_row(key: &str, item: &Item) -> Result<PhotoRow, StoreError> {
    let sequencer = |name| attribute(item, name).and_then(Sequencer::parse);
    Ok(PhotoRow {
        sequencer: sequencer("sequencer").ok_or_else(|| StoreError::Row {
            key: key.to_owned(),
            attribute: "sequencer",
        })?,
        manifest: attribute(item, "manifest").map(str::to_owned),
        previous: sequencer("previous"),
    })
}

fn attribute<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(manifest: Option<&str>) -> PhotoRow {
        PhotoRow {
            sequencer: Sequencer::parse("00AB").unwrap(),
            manifest: manifest.map(str::to_owned),
            previous: manifest.and_then(|_| Sequencer::parse("00AA")),
        }
    }

    #[test]
    fn reads_back_what_it_writes() {
        for row in [row(Some("{}")), row(None)] {
            let item = write_row("a.jpg", &row, UNIX_EPOCH);
            assert_eq!(read_row("a.jpg", &item).unwrap(), row);
        }
    }

    #[test]
    fn only_deletions_expire() {
        assert!(!write_row("a.jpg", &row(Some("{}")), UNIX_EPOCH).contains_key("expires_at"));
        let item = write_row("a.jpg", &row(None), UNIX_EPOCH);
        assert_eq!(item["expires_at"], AttributeValue::N("1296000".to_owned()));
    }
}
