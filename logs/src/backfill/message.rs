use std::mem;

use aws_sdk_s3::types::Object;
use jiff::Timestamp;
use serde_json::json;

/// Most messages of one call, and most bytes of their bodies; AWS has raised the latter since:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>.
const BATCH_MESSAGES: usize = 10;
const BATCH_BYTES: usize = 256 * 1024;

/// A listing has no sequencer. This one is before all others.
const SEQUENCER: &str = "00";

/// What the queue is told of an object.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) key: String,
    /// The object's bytes.
    pub(crate) size: u64,
    pub(crate) modified: Option<Timestamp>,
    pub(crate) body: String,
}

impl Message {
    /// The event that S3 sent when the object was written, as far as anyone reads it:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>.
    ///
    /// log-processor claims a log by bucket, key and `ETag`, and the listing's `ETag` is that of
    /// the event: logs that have been read are skipped. It forgets claims after 15 days; the
    /// ledgers know their logs for good, so that nothing counts twice. What becomes of table
    /// rows by then is in `docs/functions/log-processor.md`.
    pub(crate) fn of_object(bucket: &str, object: &Object) -> Self {
        let key = object.key().unwrap_or_default();
        let size = size_of(object);
        let body = json!({
            "version": "0",
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {
                "version": "0",
                "bucket": {"name": bucket},
                "object": {
                    "key": key,
                    "size": size,
                    "etag": object.e_tag().unwrap_or_default().trim_matches('"'),
                    "sequencer": SEQUENCER,
                },
            },
        });
        Self {
            key: key.to_owned(),
            size,
            modified: modified(object),
            body: body.to_string(),
        }
    }
}

/// The bytes of an object.
pub(crate) fn size_of(object: &Object) -> u64 {
    u64::try_from(object.size().unwrap_or(0)).unwrap_or(0)
}

/// When an object was last modified.
pub(crate) fn modified(object: &Object) -> Option<Timestamp> {
    Timestamp::from_second(object.last_modified()?.secs()).ok()
}

/// Messages that one call sends.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    messages: Vec<Message>,
    bytes: usize,
}

impl Batch {
    pub(crate) const fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Whether a message can be sent by the same call.
    pub(crate) fn has_room_for(&self, message: &Message) -> bool {
        self.is_empty()
            || (self.messages.len() < BATCH_MESSAGES
                && self.bytes + message.body.len() <= BATCH_BYTES)
    }

    pub(crate) fn push(&mut self, message: Message) {
        self.bytes += message.body.len();
        self.messages.push(message);
    }

    /// The messages, in their order; the batch is empty then.
    pub(crate) fn take(&mut self) -> Vec<Message> {
        mem::take(self).messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::primitives::DateTime;
    use object_event::{ObjectChange, ObjectEvent, Sequencer};

    #[test]
    fn an_object_becomes_the_event_that_log_processor_reads() {
        let key = "alb/a+b %41\u{1}\"é.log.gz";
        let object = Object::builder()
            .key(key)
            .size(5)
            .e_tag("\"abc-2\"")
            .last_modified(DateTime::from_secs(1_793_491_200))
            .build();
        let message = Message::of_object("logs", &object);
        let expected = ObjectEvent {
            change: ObjectChange::Created,
            bucket: "logs".to_owned(),
            object_key: key.to_owned(),
            etag: "abc-2".to_owned(),
            sequencer: Sequencer::parse("00").unwrap(),
        };
        assert_eq!(ObjectEvent::parse(&message.body).unwrap(), [expected]);
        assert_eq!((&*message.key, message.size), (key, 5));
        assert_eq!(
            message.modified.unwrap().to_string(),
            "2026-11-01T00:00:00Z"
        );
    }

    /// How many messages each call sends.
    fn sent(bodies: &[usize]) -> Vec<usize> {
        let (mut batch, mut sent) = (Batch::default(), Vec::new());
        for bytes in bodies {
            let message = Message {
                key: String::new(),
                size: 1,
                modified: None,
                body: "x".repeat(*bytes),
            };
            if !batch.has_room_for(&message) {
                sent.push(batch.take().len());
            }
            batch.push(message);
        }
        sent.push(batch.take().len());
        assert!(batch.is_empty());
        sent
    }

    #[test]
    fn batches_are_split_by_count() {
        assert_eq!(sent(&[100; 10]), [10]);
        assert_eq!(sent(&[100; 25]), [10, 10, 5]);
    }

    #[test]
    fn batches_are_split_by_size() {
        assert_eq!(sent(&[128 * 1024, 128 * 1024]), [2]);
        assert_eq!(sent(&[128 * 1024, 128 * 1024, 1]), [2, 1]);
        assert_eq!(sent(&[300 * 1024, 1, 300 * 1024]), [1, 1, 1]);
    }
}
