//! Attributes of rows, there and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::StoreError;
use telemetry::Chain;
use tracing::error;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The sort key of rows of which there is one.
pub(crate) const ONLY: &str = "-";

pub(crate) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn key(pk: &str, sk: &str) -> Item {
    row([("pk", text(pk)), ("sk", text(sk))])
}

pub(crate) fn row<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    let named = |(name, value): (&str, AttributeValue)| (name.to_owned(), value);
    attributes.into_iter().map(named).collect()
}

pub(crate) fn string<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    let value = item.get(attribute)?.as_s().ok()?;
    Some(value)
}

pub(crate) fn integer(item: &Item, attribute: &str) -> Option<i64> {
    item.get(attribute)?.as_n().ok()?.parse().ok()
}

/// The version of a row; 0 where there is none.
pub(crate) fn version(item: Option<&Item>) -> u64 {
    let version = item.and_then(|item| integer(item, "version"));
    version.and_then(|v| u64::try_from(v).ok()).unwrap_or(0)
}

/// A value as JSON.
pub(crate) fn json(
    name: &str,
    attribute: &'static str,
    value: &impl Serialize,
) -> Result<AttributeValue, StoreError> {
    let json = serde_json::to_string(value);
    json.map(text).map_err(|_| missing(name, attribute))
}

/// What JSON says. `None`, and an error in the log, where it cannot be read: whoever asks
/// begins anew, because a row that is in the way for ever would be worse.
pub(crate) fn parse<T: DeserializeOwned>(item: &Item, attribute: &'static str) -> Option<T> {
    let text = string(item, attribute)?;
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(fault) => {
            error!(
                row.pk = string(item, "pk"), row.sk = string(item, "sk"), attribute,
                error = %Chain(&fault), "Began anew: a row cannot be read"
            );
            None
        }
    }
}

pub(crate) fn missing(name: &str, attribute: &'static str) -> StoreError {
    StoreError::Row {
        key: name.to_owned(),
        attribute,
    }
}

/// Whether a row was not written because its condition does not hold.
pub(crate) fn is_refused<E, R>(error: &SdkError<E, R>) -> bool
where
    E: ProvideErrorMetadata,
{
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    code == Some("ConditionalCheckFailedException")
}
