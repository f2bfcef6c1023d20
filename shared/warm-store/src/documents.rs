//! Rows as DynamoDB has them, and what its answers mean. Pure.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use lambda_kit::ErrorClass;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::StoreError;

/// How long a row is kept after it was last written, in seconds. SQS keeps a message 14 days
/// at most, so no chunk comes after its run is forgotten.
const KEPT_SECONDS: i64 = 14 * 24 * 3600;

/// A value, and the version that it was read in; 0 where it is not stored yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// Rises with each write.
    pub version: u64,
}

impl<T> Versioned<T> {
    /// A value that is not stored yet.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self { value, version: 0 }
    }
}

pub(crate) type Row = HashMap<String, AttributeValue>;

/// Both keys of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowKey {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl RowKey {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    pub(crate) fn item(&self) -> Row {
        Row::from([
            ("pk".to_owned(), text(&self.pk)),
            ("sk".to_owned(), text(&self.sk)),
        ])
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.pk, self.sk)
    }
}

/// Why DynamoDB canceled a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Canceled {
    /// A row is not as it was read.
    Condition,
    /// Another transaction is at a row; nothing says that a condition does not hold.
    Conflict,
    Otherwise,
}

pub(crate) fn judge(reasons: &[CancellationReason]) -> Canceled {
    let has = |code| reasons.iter().any(|reason| reason.code() == Some(code));
    if has("ConditionalCheckFailed") {
        Canceled::Condition
    } else if has("TransactionConflict") {
        Canceled::Conflict
    } else {
        Canceled::Otherwise
    }
}

pub(crate) fn reasons(error: &SdkError<TransactWriteItemsError>) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            canceled.cancellation_reasons()
        }
        _ => &[],
    }
}

/// The row is not there yet, or is as it was read.
pub(crate) fn condition(version: u64) -> (&'static str, Option<Row>) {
    if version == 0 {
        return ("attribute_not_exists(pk)", None);
    }
    let values = Row::from([(":read".to_owned(), number(version))]);
    ("version = :read", Some(values))
}

pub(crate) fn item<T: Serialize>(
    key: &RowKey,
    document: &Versioned<T>,
    now_ms: i64,
) -> Result<Row, StoreError> {
    let json = serde_json::to_string(&document.value);
    let json = json.map_err(|error| unusable("write the document", key, error))?;
    let mut item = key.item();
    item.insert("document".to_owned(), text(&json));
    item.insert("version".to_owned(), number(document.version + 1));
    item.insert("expires_at".to_owned(), expires_at(now_ms));
    Ok(item)
}

pub(crate) fn document<T: DeserializeOwned>(
    key: &RowKey,
    row: &Row,
) -> Result<Versioned<T>, StoreError> {
    let missing = |attribute| StoreError::Row {
        key: key.name(),
        attribute,
    };
    let version = integer(row, "version").ok_or_else(|| missing("version"))?;
    let json = row.get("document").and_then(|value| value.as_s().ok());
    let json = json.ok_or_else(|| missing("document"))?;
    let value = serde_json::from_str(json);
    let value = value.map_err(|error| unusable("read the document", key, error))?;
    Ok(Versioned { value, version })
}

/// A row that cannot be put together or understood: a fault of ours.
pub(crate) fn unusable(
    action: &'static str,
    key: &RowKey,
    error: impl std::error::Error + Send + Sync + 'static,
) -> StoreError {
    StoreError::Call {
        action,
        name: key.name(),
        class: ErrorClass::Permanent,
        source: error.into(),
    }
}

pub(crate) fn expires_at(now_ms: i64) -> AttributeValue {
    let seconds = now_ms.div_euclid(1000).saturating_add(KEPT_SECONDS);
    AttributeValue::N(seconds.to_string())
}

pub(crate) fn integer(row: &Row, name: &str) -> Option<u64> {
    row.get(name)?.as_n().ok()?.parse().ok()
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> RowKey {
        RowKey::new("run#a", "done")
    }

    #[test]
    fn reads_back_what_it_writes_one_version_later() {
        let value = vec!["a".to_owned()];
        let row = item(&key(), &Versioned { value, version: 6 }, 86_400_000).unwrap();
        assert_eq!(row["pk"], text("run#a"));
        assert_eq!(row["expires_at"], number(15 * 86_400));
        let read: Versioned<Vec<String>> = document(&key(), &row).unwrap();
        assert_eq!((read.value, read.version), (vec!["a".to_owned()], 7));
    }

    #[test]
    fn a_row_of_another_shape_is_a_fault_of_ours() {
        let row = item(&key(), &Versioned::new("text"), 0).unwrap();
        let error = document::<u32>(&key(), &row).unwrap_err();
        assert_eq!(lambda_kit::Classified::class(&error), ErrorClass::Permanent);
        assert!(document::<u32>(&key(), &key().item()).is_err());
    }

    #[test]
    fn a_new_row_must_not_be_there_and_an_old_one_must_be_as_read() {
        assert_eq!(condition(0), ("attribute_not_exists(pk)", None));
        let (expression, values) = condition(4);
        assert_eq!(expression, "version = :read");
        assert_eq!(values.unwrap()[":read"], number(4));
    }

    #[test]
    fn a_transaction_is_tried_again_only_when_no_condition_failed() {
        let reason = |code: &str| CancellationReason::builder().code(code).build();
        let (none, conflict) = (reason("None"), reason("TransactionConflict"));
        let failed = reason("ConditionalCheckFailed");
        let judge = |reasons: [&CancellationReason; 2]| judge(&reasons.map(Clone::clone));
        assert_eq!(judge([&none, &conflict]), Canceled::Conflict);
        assert_eq!(judge([&failed, &conflict]), Canceled::Condition);
        assert_eq!(
            judge([&none, &reason("ThrottlingError")]),
            Canceled::Otherwise
        );
    }
}
