use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use crate::Source;

/// What CloudWatch Logs sends to a subscriber.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// `DATA_MESSAGE`, or `CONTROL_MESSAGE` when CloudWatch asks whether someone is there.
    pub message_type: String,
    /// The log group.
    pub log_group: String,
    /// The log stream.
    pub log_stream: String,
    /// The filters that let the events pass. Ours have the name of a [`Source`].
    #[serde(default)]
    pub subscription_filters: Vec<String>,
    /// The events, in the order of their time.
    pub log_events: Vec<LogEvent>,
}

/// One event of a log stream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LogEvent {
    /// Its name, the same whenever it is delivered again.
    pub id: String,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// The text.
    pub message: String,
}

/// Why a subscription's data could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SubscriptionError {
    /// Not base64.
    #[error("the subscription's data are not base64: {0}")]
    Base64(base64::DecodeError),
    /// Not gzip, or cut off.
    #[error("the subscription's data cannot be decompressed")]
    Gzip(#[source] std::io::Error),
    /// More than a subscription may hold.
    #[error("the subscription's data have more than {max_bytes} bytes")]
    TooLarge {
        /// The limit.
        max_bytes: u64,
    },
    /// Not the form that CloudWatch Logs sends.
    #[error("the subscription's data are not what CloudWatch Logs sends")]
    Json(#[source] serde_json::Error),
}

impl Subscription {
    /// Reads the `data` member of an event, base64 of gzip of JSON, of at most `max_bytes`
    /// after decompression.
    ///
    /// # Errors
    /// When it is anything else, or larger.
    pub fn decode(data: &str, max_bytes: u64) -> Result<Self, SubscriptionError> {
        let bytes = BASE64_STANDARD
            .decode(data)
            .map_err(SubscriptionError::Base64)?;
        let mut json = Vec::new();
        MultiGzDecoder::new(&bytes[..])
            .take(max_bytes + 1)
            .read_to_end(&mut json)
            .map_err(SubscriptionError::Gzip)?;
        if json.len() as u64 > max_bytes {
            return Err(SubscriptionError::TooLarge { max_bytes });
        }
        serde_json::from_slice(&json).map_err(SubscriptionError::Json)
    }

    /// Whether it only asks whether someone is there.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.message_type == "CONTROL_MESSAGE"
    }

    /// What wrote the log, by the name of the filter.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        self.subscription_filters
            .iter()
            .find_map(|name| Source::named(name))
    }

    /// The events as a log file has them, a line each. A line break within an event is a
    /// blank: PostgreSQL writes statements of several lines.
    #[must_use]
    pub fn lines(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for event in &self.log_events {
            let one_line = event.message.trim_end().replace(['\n', '\r'], " ");
            lines.extend_from_slice(one_line.as_bytes());
            lines.push(b'\n');
        }
        lines
    }

    /// A name of this delivery that a second delivery of the same events shares.
    #[must_use]
    pub fn dedupe_key(&self) -> String {
        let id = |event: Option<&LogEvent>| event.map_or("", |event| event.id.as_str()).to_owned();
        format!(
            "{}:{}:{}-{}-{}",
            self.log_group,
            self.log_stream,
            id(self.log_events.first()),
            id(self.log_events.last()),
            self.log_events.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn encode(json: &str) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(json.as_bytes()).unwrap();
        BASE64_STANDARD.encode(encoder.finish().unwrap())
    }

    const DATA: &str = r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s",
        "subscriptionFilters":["nginx-error"],"logEvents":[{"id":"1","timestamp":5,"message":"a\nb\n"},
        {"id":"2","timestamp":6,"message":"b","extractedFields":{}}]}"#;

    #[test]
    fn data_messages_have_events_and_a_name() {
        let subscription = Subscription::decode(&encode(DATA), 10_000).unwrap();
        assert_eq!(subscription.log_events.len(), 2);
        assert_eq!(subscription.dedupe_key(), "g:s:1-2-2");
        assert!(!subscription.is_control());
        assert_eq!(subscription.source(), Some(Source::NginxError));
        assert_eq!(subscription.lines(), b"a b\nb\n");
    }

    #[test]
    fn what_is_not_a_subscription_is_refused_by_name() {
        let text = |data: &str| Subscription::decode(data, 100).unwrap_err().to_string();
        assert!(text("%").contains("base64"));
        assert!(text("AAAA").contains("decompressed"));
        assert!(text(&encode("{}")).contains("CloudWatch"));
        assert!(text(&encode(&" ".repeat(101))).contains("more than 100 bytes"));
    }
}
