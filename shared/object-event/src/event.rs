use serde::Deserialize;

use crate::Sequencer;

/// Why a message is no event of S3.
#[derive(Debug, thiserror::Error)]
#[error("read the message: {problem}")]
pub struct EventError {
    /// What is wrong.
    problem: &'static str,
    /// The JSON reader's words, where it is not JSON.
    #[source]
    source: Option<serde_json::Error>,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectChange {
    /// It was written.
    Created,
    /// It was deleted, or hidden by a delete marker.
    Deleted,
}

/// One event about one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectEvent {
    /// What happened.
    pub change: ObjectChange,
    /// The bucket.
    pub bucket: String,
    /// The object's name, decoded.
    pub object_key: String,
    /// The entity tag of what was written; empty for a deletion.
    pub etag: String,
    /// The order among the object's events.
    pub sequencer: Sequencer,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct BridgeEvent {
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: BridgeDetail,
}

#[derive(Deserialize)]
struct BridgeDetail {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
    #[serde(default, alias = "eTag")]
    etag: String,
    sequencer: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    event_name: String,
    s3: BridgeDetail,
}

impl ObjectEvent {
    /// Reads a message body: an EventBridge event
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>, key as it is), or S3's own
    /// notification (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>,
    /// key URL-encoded, `+` for a blank). S3's test message and events of other kinds yield nothing.
    ///
    /// # Errors
    /// When the body is neither.
    pub fn parse(body: &str) -> Result<Vec<Self>, EventError> {
        let json: serde_json::Value = serde_json::from_str(body).map_err(|source| EventError {
            problem: "it is not JSON",
            source: Some(source),
        })?;
        if json
            .get("Event")
            .is_some_and(|event| event == "s3:TestEvent")
        {
            return Ok(Vec::new());
        }
        if let Some(records) = json.get("Records") {
            let notifications: Vec<Notification> = read(records)?;
            return notifications
                .into_iter()
                .filter_map(Self::from_notification)
                .collect();
        }
        let event: BridgeEvent = read(&json)?;
        let change = match event.detail_type.as_str() {
            "Object Created" => ObjectChange::Created,
            "Object Deleted" => ObjectChange::Deleted,
            _ => return Ok(Vec::new()),
        };
        Ok(vec![Self::new(
            change,
            event.detail.bucket.name,
            event.detail.object.key.clone(),
            event.detail.object,
        )?])
    }

    fn from_notification(notification: Notification) -> Option<Result<Self, EventError>> {
        let name = notification.event_name.trim_start_matches("s3:");
        let change = if name.starts_with("ObjectCreated:") {
            ObjectChange::Created
        } else if name.starts_with("ObjectRemoved:") || name.starts_with("LifecycleExpiration:") {
            ObjectChange::Deleted
        } else {
            return None;
        };
        let object = notification.s3.object;
        Some(
            decode_form(&object.key)
                .and_then(|key| Self::new(change, notification.s3.bucket.name, key, object)),
        )
    }

    fn new(
        change: ObjectChange,
        bucket: String,
        object_key: String,
        object: Object,
    ) -> Result<Self, EventError> {
        let sequencer = object
            .sequencer
            .as_deref()
            .and_then(Sequencer::parse)
            .ok_or(EventError {
                problem: "the event has no hexadecimal sequencer",
                source: None,
            })?;
        let etag = object.etag.trim_matches('"').to_owned();
        Ok(Self {
            change,
            bucket,
            object_key,
            etag,
            sequencer,
        })
    }

    /// The name of this event for a record that tells whether `handler` has handled it.
    #[must_use]
    pub fn dedupe_key(&self, handler: &str) -> String {
        format!(
            "{handler}#{}/{}#{}#{}",
            self.bucket, self.object_key, self.etag, self.sequencer
        )
    }
}

fn read<T: for<'de> Deserialize<'de>>(json: &serde_json::Value) -> Result<T, EventError> {
    T::deserialize(json).map_err(|source| EventError {
        problem: "it is not an S3 event",
        source: Some(source),
    })
}

fn decode_form(encoded: &str) -> Result<String, EventError> {
    let blanks = encoded.replace('+', " ");
    percent_encoding::percent_decode_str(&blanks)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| EventError {
            problem: "the key is not UTF-8 after URL-decoding",
            source: None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bridge(detail_type: &str, key: &str) -> String {
        serde_json::json!({
            "version": "0", "source": "aws.s3", "detail-type": detail_type,
            "detail": {
                "bucket": {"name": "media"},
                "object": {"key": key, "size": 5, "etag": "abc", "sequencer": "00AB"},
            },
        })
        .to_string()
    }

    fn notification(name: &str, key: &str) -> String {
        serde_json::json!({"Records": [{
            "eventName": name,
            "s3": {
                "bucket": {"name": "media"},
                "object": {"key": key, "size": 5, "eTag": "abc", "sequencer": "00AB"},
            },
        }]})
        .to_string()
    }

    #[test]
    fn takes_eventbridge_keys_as_they_are() {
        let events =
            ObjectEvent::parse(&bridge("Object Created", "originals/a+b %41é.jpg")).unwrap();
        assert_eq!(events[0].object_key, "originals/a+b %41é.jpg");
        assert_eq!(events[0].change, ObjectChange::Created);
        assert_eq!(
            events[0].dedupe_key("image-derive"),
            "image-derive#media/originals/a+b %41é.jpg#abc#00AB"
        );
    }

    #[test]
    fn decodes_notification_keys() {
        let body = notification(
            "ObjectRemoved:DeleteMarkerCreated",
            "originals/a+b%2Bc+%C3%A9.png",
        );
        let events = ObjectEvent::parse(&body).unwrap();
        assert_eq!(events[0].object_key, "originals/a b+c é.png");
        assert_eq!(events[0].change, ObjectChange::Deleted);
    }

    #[test]
    fn ignores_what_is_not_about_content() {
        for body in [
            bridge("Object Tags Added", "originals/a.jpg"),
            notification("ObjectTagging:Put", "originals/a.jpg"),
            r#"{"Service":"Amazon S3","Event":"s3:TestEvent"}"#.to_owned(),
        ] {
            assert_eq!(ObjectEvent::parse(&body).unwrap(), []);
        }
    }

    #[test]
    fn refuses_what_is_no_event() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"Records":[{}]}"#,
            r#"{"detail-type":"Object Created"}"#,
        ] {
            assert!(ObjectEvent::parse(body).is_err(), "{body}");
        }
        let unordered = bridge("Object Created", "originals/a.jpg").replace("00AB", "");
        assert!(ObjectEvent::parse(&unordered).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(body in "\\PC{0,80}") {
            let _either = ObjectEvent::parse(&body);
        }

        #[test]
        fn reads_back_any_notification_key(key in "[^\\p{Cc}]{1,40}") {
            let encoded = percent_encoding::utf8_percent_encode(&key, percent_encoding::NON_ALPHANUMERIC).to_string();
            let events = ObjectEvent::parse(&notification("ObjectCreated:Put", &encoded)).unwrap();
            prop_assert_eq!(&events[0].object_key, &key);
        }
    }
}
