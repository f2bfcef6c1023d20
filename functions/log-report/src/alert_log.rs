//! Alerts that were raised, one item each: what goes on, since when, and whether it was told.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::BoxFuture;
use log_detections::Alert;
use store::StoreError;

/// How long what went on is remembered.
const REMEMBERED: Duration = Duration::from_secs(90 * 24 * 3600);

/// The alerts' rows: `pk = alert#{key}`, `sk = -`.
#[derive(Debug, Clone)]
pub(crate) struct AlertLog {
    client: Client,
    table: String,
}

/// What goes on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Episode {
    /// All of it so far.
    pub(crate) alert: Alert,
    /// Its name: a later one of the same rule and group has another.
    pub(crate) name: String,
    /// Whether it was sent.
    pub(crate) is_sent: bool,
    /// Counts changes of the row; 0 where there is none yet.
    version: u64,
}

/// A row as it was read.
#[derive(Default)]
struct Row {
    /// `None` where there is none, or one of another form than this version writes: it is
    /// written anew.
    episode: Option<Episode>,
    version: u64,
}

impl Episode {
    /// What an alert makes of what is known. `None` when it is of an episode before that one:
    /// logs that come hours late are no news.
    fn after(known: Option<&Self>, alert: &Alert) -> Option<Self> {
        match known {
            Some(known) if known.alert.is_continued_by(alert) => {
                let mut episode = known.clone();
                episode.alert.absorb(alert);
                Some(episode)
            }
            Some(known) if alert.first_ms < known.alert.first_ms => None,
            earlier => Some(Self {
                alert: alert.clone(),
                name: format!("{}#{}", alert.key(), alert.first_ms),
                is_sent: false,
                version: earlier.map_or(0, |earlier| earlier.version),
            }),
        }
    }
}

impl AlertLog {
    pub(crate) const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Records an alert; the episode that it belongs to, or `None` for one that is long over.
    ///
    /// # Errors
    /// A failed call, or another run that records the same.
    pub(crate) fn record<'a>(
        &'a self,
        alert: &'a Alert,
    ) -> BoxFuture<'a, Result<Option<Episode>, StoreError>> {
        Box::pin(async move {
            let row = self.get(&alert.key()).await?;
            let Some(mut episode) = Episode::after(row.episode.as_ref(), alert) else {
                return Ok(None);
            };
            if row.episode.as_ref() != Some(&episode) {
                episode.version = row.version;
                self.put(&mut episode).await?;
            }
            Ok(Some(episode))
        })
    }

    /// Remembers that an episode was sent.
    ///
    /// # Errors
    /// A failed call, or another run that has changed the row.
    pub(crate) fn mark_sent(&self, mut episode: Episode) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            episode.is_sent = true;
            self.put(&mut episode).await
        })
    }

    async fn get(&self, key: &str) -> Result<Row, StoreError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", partition(key))
            .key("sk", AttributeValue::S("-".to_owned()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::call("get the alert", key, error))?;
        Ok(output.item().map_or_else(Row::default, read))
    }

    /// Writes the row if it is as it was read.
    async fn put(&self, episode: &mut Episode) -> Result<(), StoreError> {
        let key = episode.alert.key();
        let read_version = episode.version;
        episode.version += 1;
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(write(&key, episode)?));
        let request = if read_version == 0 {
            request.condition_expression("attribute_not_exists(version)")
        } else {
            request
                .condition_expression("version = :read")
                .expression_attribute_values(":read", number(read_version))
        };
        match request.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(context))
                if context.err().is_conditional_check_failed_exception() =>
            {
                Err(StoreError::Conflict { key })
            }
            Err(error) => Err(StoreError::call("put the alert", &key, error)),
        }
    }
}

fn partition(key: &str) -> AttributeValue {
    AttributeValue::S(format!("alert#{key}"))
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn write(key: &str, episode: &Episode) -> Result<HashMap<String, AttributeValue>, StoreError> {
    let alert = serde_json::to_string(&episode.alert).map_err(|_| StoreError::Row {
        key: key.to_owned(),
        attribute: "alert",
    })?;
    let expires_at = SystemTime::now() + REMEMBERED;
    let expires_at = expires_at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let item = [
        ("pk", partition(key)),
        ("sk", AttributeValue::S("-".to_owned())),
        ("alert", AttributeValue::S(alert)),
        ("episode", AttributeValue::S(episode.name.clone())),
        ("sent", AttributeValue::Bool(episode.is_sent)),
        ("version", number(episode.version)),
        ("expires_at", number(expires_at.as_secs())),
    ];
    let item = item.map(|(name, value)| (name.to_owned(), value));
    Ok(HashMap::from(item))
}

fn read(item: &HashMap<String, AttributeValue>) -> Row {
    let version = item.get("version").and_then(|value| value.as_n().ok());
    let version = version
        .and_then(|version| version.parse().ok())
        .unwrap_or(0);
    Row {
        episode: read_episode(item, version),
        version,
    }
}

fn read_episode(item: &HashMap<String, AttributeValue>, version: u64) -> Option<Episode> {
    let text = |name| item.get(name).and_then(|value| value.as_s().ok());
    Some(Episode {
        alert: serde_json::from_str(text("alert")?).ok()?,
        name: text("episode")?.clone(),
        is_sent: *item.get("sent")?.as_bool().ok()?,
        version,
    })
}

#[cfg(test)]
mod tests {
    use log_detections::Severity;
    use log_formats::Source;

    use super::*;

    const HOUR: i64 = 3_600_000;

    fn alert(first_ms: i64, last_ms: i64) -> Alert {
        Alert {
            rule: "scanner".to_owned(),
            title: "Someone looks for weaknesses".to_owned(),
            severity: Severity::Medium,
            site: "halden".to_owned(),
            source: Source::Nginx,
            group: "203.0.113.0/24".to_owned(),
            finding: "12 requests of scanners in 10 minutes".to_owned(),
            value: 12.0,
            threshold: 10.0,
            first_ms,
            last_ms,
            evidence: vec!["/.env".to_owned()],
            runbook: "scanner".to_owned(),
        }
    }

    #[test]
    fn what_goes_on_is_one_episode_and_what_comes_back_another() {
        let first = Episode::after(None, &alert(10 * HOUR, 10 * HOUR + 5)).unwrap();
        let sent = Episode {
            is_sent: true,
            version: 2,
            ..first.clone()
        };
        let on = Episode::after(Some(&sent), &alert(10 * HOUR + 9, 11 * HOUR)).unwrap();
        assert!(on.is_sent && on.name == first.name && on.alert.last_ms == 11 * HOUR);
        let again = Episode::after(Some(&on), &alert(15 * HOUR, 15 * HOUR)).unwrap();
        assert!(!again.is_sent && again.name != first.name && again.version == 2);
        assert_eq!(Episode::after(Some(&again), &alert(HOUR, HOUR)), None);
    }

    #[test]
    fn rows_are_read_back() {
        let episode = Episode {
            version: 7,
            ..Episode::after(None, &alert(1, 2)).unwrap()
        };
        let item = write("k", &episode).unwrap();
        assert_eq!(read(&item).episode, Some(episode));
        // One of another form keeps its version, under which it is written anew.
        let other = HashMap::from([("version".to_owned(), number(7))]);
        let row = read(&other);
        assert!(row.episode.is_none() && row.version == 7);
    }
}
