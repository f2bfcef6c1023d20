//! Records of the table's stream, keys only:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.Lambda.html>.

use serde::Deserialize;
use submission_store::{DeliveryKey, SubmissionId};

/// A batch of the stream.
#[derive(Debug, Deserialize)]
pub(crate) struct StreamEvent {
    #[serde(rename = "Records")]
    pub records: Vec<StreamRecord>,
}

/// One change of one row.
#[derive(Debug, Deserialize)]
pub(crate) struct StreamRecord {
    #[serde(rename = "eventName")]
    event_name: String,
    dynamodb: StreamData,
}

#[derive(Debug, Deserialize)]
struct StreamData {
    #[serde(rename = "SequenceNumber")]
    sequence_number: String,
    #[serde(rename = "Keys")]
    keys: Keys,
}

#[derive(Debug, Deserialize)]
struct Keys {
    pk: Text,
    sk: Text,
}

#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

/// What a new row asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    /// A delivery.
    Deliver(DeliveryKey),
    /// A look at the attachments: the visitor has finished.
    CheckFiles(SubmissionId),
}

impl StreamRecord {
    /// The name by which a failed record is reported.
    pub(crate) fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }

    /// What a new row asks for; nothing where it is changed, removed, or of another kind.
    pub(crate) fn work(&self) -> Option<Work> {
        if self.event_name != "INSERT" {
            return None;
        }
        let submission: SubmissionId = self
            .dynamodb
            .keys
            .pk
            .text
            .strip_prefix("SUB#")?
            .parse()
            .ok()?;
        let sort = self.dynamodb.keys.sk.text.as_str();
        if sort == "UPLOADS" {
            return Some(Work::CheckFiles(submission));
        }
        let (kind, sink) = sort.strip_prefix("DLV#")?.split_once('#')?;
        Some(Work::Deliver(DeliveryKey {
            submission,
            kind: kind.to_owned(),
            sink: sink.to_owned(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(event: &str, sort: &str) -> Option<Work> {
        let json = format!(
            r#"{{"eventName":"{event}","dynamodb":{{"SequenceNumber":"7","Keys":{{
                "pk":{{"S":"SUB#00112233445566778899aabbccddeeff"}},"sk":{{"S":"{sort}"}}}}}}}}"#
        );
        serde_json::from_str::<StreamRecord>(&json).unwrap().work()
    }

    #[test]
    fn only_new_deliveries_and_finished_uploads_are_work() {
        let Some(Work::Deliver(key)) = work("INSERT", "DLV#email#team") else {
            panic!("no delivery");
        };
        assert_eq!((key.kind.as_str(), key.sink.as_str()), ("email", "team"));
        assert!(matches!(
            work("INSERT", "UPLOADS"),
            Some(Work::CheckFiles(_))
        ));
        for (event, sort) in [
            ("MODIFY", "DLV#email#team"),
            ("REMOVE", "UPLOADS"),
            ("INSERT", "META"),
        ] {
            assert_eq!(work(event, sort), None, "{event} {sort}");
        }
    }
}
