//! The event around what it says.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Told;
use crate::{alarm, auto_scaling, elasticache, rds};

/// Characters of others that are kept of one text.
const MAX_TEXT: usize = 200;
/// Notifications that are looked at in one event; SNS sends one.
const MAX_RECORDS: usize = 10;

/// What one event, or one notification of an event, came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It says something of what checks may look at.
    Told(Told),
    /// It is of another kind, or not all there; this is what it seems to be, in one line.
    Other(String),
}

/// An event of EventBridge.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    #[serde(rename = "detail-type")]
    pub(crate) detail_type: String,
    pub(crate) source: String,
    pub(crate) time: String,
    pub(crate) detail: Value,
}

impl Event {
    /// What it says, if that has the expected form.
    pub(crate) fn detail<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.detail).ok()
    }

    /// The moment that the detail names, or else when the event was sent.
    pub(crate) fn at_ms(&self, named: Option<&str>) -> Option<i64> {
        named.and_then(moment_ms).or_else(|| moment_ms(&self.time))
    }

    /// The event's id, as proof.
    pub(crate) fn proof(&self) -> String {
        format!("event {}", self.id)
    }
}

/// A notification of SNS in an event of Lambda.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Notification {
    pub(crate) message_id: String,
    pub(crate) timestamp: String,
    pub(crate) message: String,
}

/// Reads an event of EventBridge, or notifications of SNS.
#[must_use]
pub fn read(event: &Value) -> Vec<Reading> {
    let Some(Value::Array(records)) = event.get("Records") else {
        return vec![read_event(event)];
    };
    let records = records.iter().take(MAX_RECORDS);
    records.map(read_record).collect()
}

fn read_record(record: &Value) -> Reading {
    let notification = record.get("Sns").map(Notification::deserialize);
    let told = match notification {
        Some(Ok(notification)) => elasticache::read_notification(&notification),
        _ => None,
    };
    told.map_or_else(
        || Reading::Other("a notification of something else".to_owned()),
        Reading::Told,
    )
}

fn read_event(event: &Value) -> Reading {
    let Ok(event) = Event::deserialize(event) else {
        return Reading::Other("no event of EventBridge".to_owned());
    };
    let told = match event.source.as_str() {
        "aws.rds" => rds::read(&event),
        "aws.elasticache" => elasticache::read_event(&event),
        "aws.autoscaling" => auto_scaling::read(&event),
        "aws.cloudwatch" => alarm::read(&event),
        _ => None,
    };
    told.map_or_else(
        || Reading::Other(line(&format!("{}: {}", event.source, event.detail_type))),
        Reading::Told,
    )
}

/// A moment such as `2026-11-27T10:20:30.123Z`, of alarms with `+0000` at its end.
pub(crate) fn moment_ms(text: &str) -> Option<i64> {
    let utc = text.strip_suffix("+0000");
    let utc = utc.map(|moment| format!("{moment}Z"));
    let moment: Timestamp = utc.as_deref().unwrap_or(text).parse().ok()?;
    Some(moment.as_millisecond())
}

/// Proof, without what is empty.
pub(crate) fn evidence<const N: usize>(parts: [&str; N]) -> Vec<String> {
    let lines = parts.into_iter().map(line);
    lines.filter(|line| !line.trim().is_empty()).collect()
}

/// Text of others as one line that is not too long.
pub(crate) fn line(text: &str) -> String {
    let plain = |char: char| if char.is_control() { ' ' } else { char };
    let mut line: String = text.chars().map(plain).take(MAX_TEXT).collect();
    if text.chars().nth(MAX_TEXT).is_some() {
        line.pop();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_either_form_of_utc() {
        let moments = [
            "2026-11-27T10:20:30Z",
            "2026-11-27T10:20:30.000+0000",
            "2026-11-27T11:20:30+01:00",
        ];
        for text in moments {
            assert_eq!(moment_ms(text), Some(1_795_774_830_000), "{text}");
        }
        assert_eq!(moment_ms("yesterday"), None);
    }

    #[test]
    fn text_of_others_is_one_short_line() {
        assert_eq!(line("a\nb\u{1b}[0m"), "a b [0m");
        assert_eq!(line(&"ä".repeat(201)).chars().count(), 200);
        assert!(line(&"ä".repeat(201)).ends_with('…'));
    }
}
