//! Notices on their way: each is due until all who are to be told of it are.

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update};
use health_state::{DAY_S, Notice};
use lambda_kit::BoxFuture;
use serde::{Deserialize, Serialize};
use store::StoreError;

use crate::HealthStore;
use crate::item::{Item, json, key, number, parse, row, text, version};
use crate::store::{Condition, Written};

/// Partition of notices that were decided.
const NOTICE: &str = "notice";
/// Partition of those that somebody is still to be told of.
const DUE: &str = "due";
/// How long a notice is remembered after it was told.
const REMEMBERED_S: i64 = 90 * DAY_S;
/// How long one that nobody could be told of may wait, much longer than anybody tries.
const WAITING_S: i64 = 14 * DAY_S;

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Destination {
    /// The site's topic of alerts. Written `topic`.
    Topic,
    /// The webhook endpoint of this name. Written `webhook:crm`.
    Webhook(String),
}

/// A text that names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no destination: `topic` and `webhook:NAME` are")]
pub struct UnknownDestination(String);

/// How far telling one of them has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Delivery {
    /// Attempts that failed.
    pub attempts: u32,
    /// When the next one is due, in milliseconds since 1970.
    pub next_ms: i64,
}

/// A notice that somebody is still to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueNotice {
    /// What they are told.
    pub notice: Notice,
    /// Who is still to be told.
    pub deliveries: BTreeMap<Destination, Delivery>,
    version: u64,
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic => formatter.write_str("topic"),
            Self::Webhook(endpoint) => write!(formatter, "webhook:{endpoint}"),
        }
    }
}

impl From<Destination> for String {
    fn from(destination: Destination) -> Self {
        destination.to_string()
    }
}

impl TryFrom<String> for Destination {
    type Error = UnknownDestination;

    fn try_from(text: String) -> Result<Self, UnknownDestination> {
        match text.strip_prefix("webhook:") {
            Some(endpoint) => Ok(Self::Webhook(endpoint.to_owned())),
            None if text == "topic" => Ok(Self::Topic),
            None => Err(UnknownDestination(text)),
        }
    }
}

impl DueNotice {
    /// A notice that is written anew; it is in no table yet.
    #[must_use]
    pub const fn new(notice: Notice, deliveries: BTreeMap<Destination, Delivery>) -> Self {
        Self {
            notice,
            deliveries,
            version: 0,
        }
    }

    /// A notice that nobody was told of yet.
    fn to_all(notice: Notice, destinations: &[Destination]) -> Self {
        let delivery = Delivery {
            attempts: 0,
            next_ms: notice.at_ms,
        };
        let all = destinations.iter().map(|to| (to.clone(), delivery));
        let deliveries = all.collect();
        Self::new(notice, deliveries)
    }

    fn write(&self, version: u64) -> Result<Item, StoreError> {
        let name = &self.notice.key;
        let mut item = key(DUE, name);
        item.extend(row([
            ("notice", json(name, "notice", &self.notice)?),
            ("deliveries", json(name, "deliveries", &self.deliveries)?),
            ("version", number(version)),
            ("expires_at", expiry(self.notice.at_ms, WAITING_S)),
        ]));
        Ok(item)
    }

    fn read(item: &Item) -> Option<Self> {
        Some(Self {
            notice: parse(item, "notice")?,
            deliveries: parse(item, "deliveries")?,
            version: version(Some(item)),
        })
    }
}

impl HealthStore {
    /// The rows of a notice that is decided: that it was, which holds only for a notice that
    /// never was before, and that it is due.
    pub(crate) fn new_notice(
        &self,
        notice: &Notice,
        destinations: &[Destination],
    ) -> Result<[TransactWriteItem; 2], StoreError> {
        let name = &notice.key;
        let mut item = key(NOTICE, name);
        item.extend(row([
            ("notice", json(name, "notice", notice)?),
            ("expires_at", expiry(notice.at_ms, WAITING_S + REMEMBERED_S)),
        ]));
        let due = DueNotice::to_all(notice.clone(), destinations).write(1)?;
        Ok([
            self.put(item, Condition::IsNew)?,
            self.put(due, Condition::Always)?,
        ])
    }

    /// Notices that somebody is still to be told of, now or later, in the order of their keys;
    /// at most so many. What was decided a moment ago is among them.
    ///
    /// # Errors
    /// A failed call.
    pub fn due_notices(&self, limit: usize) -> BoxFuture<'_, Result<Vec<DueNotice>, StoreError>> {
        Box::pin(async move {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :due")
                .expression_attribute_values(":due", text(DUE));
            let mut pages = request.into_paginator().send();
            let mut due = Vec::new();
            while due.len() < limit
                && let Some(page) = pages.next().await
            {
                let page =
                    page.map_err(|error| StoreError::call("list the notices", DUE, error))?;
                due.extend(page.items().iter().filter_map(DueNotice::read));
            }
            due.truncate(limit);
            Ok(due)
        })
    }

    /// Writes down who is still to be told of a notice, and when. When nobody is, it is due no
    /// longer, and remembered for 90 days. `false` when another run has written it since: what
    /// that one does not know it finds out.
    ///
    /// # Errors
    /// A failed call.
    pub fn settle<'a>(
        &'a self,
        due: &'a DueNotice,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let name = &due.notice.key;
            let rows = if due.deliveries.is_empty() {
                vec![self.end(due)?, self.remember(name, now_ms)?]
            } else {
                let item = due.write(due.version.saturating_add(1))?;
                vec![self.put(item, Condition::Version(due.version))?]
            };
            Ok(self.write(name, rows).await? == Written::All)
        })
    }

    fn end(&self, due: &DueNotice) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key(DUE, &due.notice.key)))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(due.version))
            .build()
            .map_err(|error| self.unbuilt("delete the notice from", error))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    fn remember(&self, name: &str, now_ms: i64) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(NOTICE, name)))
            .update_expression("SET sent_ms = :now, expires_at = :expires_at")
            .expression_attribute_values(":now", number(now_ms))
            .expression_attribute_values(":expires_at", expiry(now_ms, REMEMBERED_S))
            .build()
            .map_err(|error| self.unbuilt("mark the notice in", error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn expiry(from_ms: i64, seconds: i64) -> AttributeValue {
    number(from_ms.div_euclid(1000).saturating_add(seconds))
}

#[cfg(test)]
pub(crate) mod tests {
    use health_state::{NoticeKind, NoticeTopic, Severity};

    use super::*;

    pub(crate) fn notice(key: &str) -> Notice {
        Notice {
            key: key.to_owned(),
            kind: NoticeKind::Raised,
            topic: NoticeTopic::Failure,
            check: "home".to_owned(),
            severity: Severity::Page,
            since_ms: 1_795_774_800_000,
            at_ms: 1_795_774_920_000,
            title: "`home` fails".to_owned(),
            text: "status 503".to_owned(),
            evidence: vec!["dns 1 ms".to_owned()],
            causes: Vec::new(),
        }
    }

    #[test]
    fn a_due_notice_reads_back_as_written() {
        let to = [Destination::Topic, Destination::Webhook("crm".to_owned())];
        let mut due = DueNotice::to_all(notice("home/failure/1/raised"), &to);
        if let Some(delivery) = due.deliveries.get_mut(&to[1]) {
            *delivery = Delivery {
                attempts: 3,
                next_ms: 1_795_775_000_000,
            };
        }
        let item = due.write(5).unwrap();
        let expected = DueNotice { version: 5, ..due };
        assert_eq!(DueNotice::read(&item), Some(expected));
    }

    #[test]
    fn destinations_have_names() {
        for destination in [Destination::Topic, Destination::Webhook("a:b".to_owned())] {
            assert_eq!(
                Destination::try_from(destination.to_string()),
                Ok(destination)
            );
        }
        assert!(Destination::try_from("mail".to_owned()).is_err());
    }
}
