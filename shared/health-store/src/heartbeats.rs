use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use lambda_kit::BoxFuture;
use store::StoreError;

use crate::HealthStore;
use crate::bounded;
use crate::check_rows::partition;
use crate::history::KEPT_S;
use crate::item::{Item, integer, key, missing, number, row, string, text};

const HEARTBEAT: &str = "heartbeat";

/// What a job said of itself last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Whether it said that it worked.
    pub is_ok: bool,
    /// What it said, in a sentence of at most 500 characters; may be empty.
    pub text: String,
}

impl HealthStore {
    /// What jobs said last, of those that ever said anything. May be a second old.
    ///
    /// # Errors
    /// A failed call.
    pub fn heartbeats<'a>(
        &'a self,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<BTreeMap<String, Heartbeat>, StoreError>> {
        Box::pin(async move {
            let keys = ids.iter().map(|id| key(&partition(id), HEARTBEAT));
            let items = self.get_all(keys.collect(), false).await?;
            items.iter().map(read).collect()
        })
    }

    /// Takes in what a job says. An older word never replaces a newer one.
    ///
    /// # Errors
    /// A failed call.
    pub fn beat<'a>(
        &'a self,
        check: &'a str,
        beat: &'a Heartbeat,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let request = self
                .client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(write(check, beat)))
                .condition_expression("attribute_not_exists(at_ms) OR at_ms < :at")
                .expression_attribute_values(":at", number(beat.at_ms));
            self.put_newer("put the heartbeat", check, request).await
        })
    }

    /// Writes a row unless there is a newer one, which is as good.
    pub(crate) async fn put_newer(
        &self,
        action: &'static str,
        name: &str,
        request: PutItemFluentBuilder,
    ) -> Result<(), StoreError> {
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if crate::item::is_refused(&error) => Ok(()),
            Err(error) => Err(StoreError::call(action, name, error)),
        }
    }
}

fn write(check: &str, beat: &Heartbeat) -> Item {
    let mut item = key(&partition(check), HEARTBEAT);
    item.extend(row([
        ("at_ms", number(beat.at_ms)),
        (
            "is_ok",
            aws_sdk_dynamodb::types::AttributeValue::Bool(beat.is_ok),
        ),
        ("text", text(bounded::text(&beat.text))),
        ("expires_at", number(beat.at_ms / 1000 + KEPT_S)),
    ]));
    item
}

fn read(item: &Item) -> Result<(String, Heartbeat), StoreError> {
    let pk = string(item, "pk").unwrap_or_default();
    let check = pk.strip_prefix("check#").unwrap_or_default();
    let need = |attribute| missing(pk, attribute);
    let is_ok = item.get("is_ok").and_then(|value| value.as_bool().ok());
    let beat = Heartbeat {
        at_ms: integer(item, "at_ms").ok_or_else(|| need("at_ms"))?,
        is_ok: *is_ok.ok_or_else(|| need("is_ok"))?,
        text: string(item, "text").unwrap_or_default().to_owned(),
    };
    Ok((check.to_owned(), beat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heartbeat_reads_back_as_written() {
        let beat = Heartbeat {
            at_ms: 1_795_774_830_000,
            is_ok: false,
            text: "x".repeat(600),
        };
        let (check, read) = read(&write("backup", &beat)).unwrap();
        assert_eq!(
            (check.as_str(), read.at_ms, read.is_ok),
            ("backup", beat.at_ms, false)
        );
        assert_eq!(read.text.chars().count(), 500);
        let mut item = write("backup", &beat);
        item.remove("at_ms");
        assert!(
            super::read(&item)
                .unwrap_err()
                .to_string()
                .contains("`at_ms`")
        );
    }
}
