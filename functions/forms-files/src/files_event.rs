//! What the queue brings.

use serde::Deserialize;
use submission_store::SubmissionId;

use crate::FilesError;

/// Where uploads arrive.
const INCOMING: &str = "incoming/";

/// A message of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FilesEvent {
    /// An upload arrived.
    Uploaded(Place),
    /// The malware scan of an upload ended.
    Scanned {
        place: Place,
        /// S3's entity tag of what was scanned.
        etag: String,
        result: ScanResult,
    },
    /// The visitor has finished.
    Closed(SubmissionId),
}

/// An attachment's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub submission: SubmissionId,
    /// From 1.
    pub slot: u32,
}

impl Place {
    pub(crate) fn incoming(&self) -> String {
        format!("{INCOMING}{}/{}", self.submission, self.slot)
    }

    pub(crate) fn clean(&self) -> String {
        format!("clean/{}/{}", self.submission, self.slot)
    }

    fn read(key: &str) -> Option<Self> {
        let (submission, slot) = key.strip_prefix(INCOMING)?.split_once('/')?;
        Some(Self {
            submission: submission.parse().ok()?,
            slot: slot.parse().ok().filter(|slot| (1..=99).contains(slot))?,
        })
    }
}

/// What the scan says:
/// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ScanResult {
    NoThreatsFound,
    ThreatsFound,
    /// Encrypted, or larger than the scan's limits.
    Unsupported,
    AccessDenied,
    Failed,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Closed { closed: SubmissionId },
    Event(Event),
}

#[derive(Deserialize)]
struct Event {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Detail {
    #[serde(rename_all = "camelCase")]
    Scan {
        s3_object_details: ScannedObject,
        scan_result_details: ScanDetails,
    },
    /// Keys are not URL-encoded here:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>.
    Object { bucket: Named, object: Keyed },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScannedObject {
    bucket_name: String,
    object_key: String,
    e_tag: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScanDetails {
    scan_result_status: ScanResult,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Keyed {
    key: String,
}

impl FilesEvent {
    /// Reads a message about the bucket `served`.
    pub(crate) fn read(body: &str, served: &str) -> Result<Self, FilesError> {
        let place = |bucket: &str, key: String| {
            let place = Place::read(&key).filter(|_| bucket == served);
            place.ok_or(FilesError::OtherObject { key })
        };
        match serde_json::from_str(body).map_err(FilesError::Message)? {
            Message::Closed { closed } => Ok(Self::Closed(closed)),
            Message::Event(Event {
                detail: Detail::Object { bucket, object },
            }) => Ok(Self::Uploaded(place(&bucket.name, object.key)?)),
            Message::Event(Event {
                detail:
                    Detail::Scan {
                        s3_object_details: object,
                        scan_result_details: scan,
                    },
            }) => Ok(Self::Scanned {
                place: place(&object.bucket_name, object.object_key)?,
                etag: object.e_tag,
                result: scan.scan_result_status,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00112233445566778899aabbccddeeff";

    fn place() -> Place {
        Place {
            submission: ID.parse().unwrap(),
            slot: 2,
        }
    }

    #[test]
    fn reads_uploads_scans_and_the_end() {
        let upload = format!(
            r#"{{"source":"aws.s3","detail":{{"bucket":{{"name":"forms"}},"object":{{"key":"incoming/{ID}/2","size":3}}}}}}"#
        );
        let read = FilesEvent::read(&upload, "forms").unwrap();
        assert_eq!(read, FilesEvent::Uploaded(place()));
        let scan = format!(
            r#"{{"source":"aws.guardduty","detail":{{"scanStatus":"COMPLETED","s3ObjectDetails":{{"bucketName":"forms","objectKey":"incoming/{ID}/2","eTag":"abc"}},"scanResultDetails":{{"scanResultStatus":"THREATS_FOUND"}}}}}}"#
        );
        let read = FilesEvent::read(&scan, "forms").unwrap();
        let expected = FilesEvent::Scanned {
            place: place(),
            etag: "abc".to_owned(),
            result: ScanResult::ThreatsFound,
        };
        assert_eq!(read, expected);
        let closed = FilesEvent::read(&format!(r#"{{"closed":"{ID}"}}"#), "forms").unwrap();
        assert_eq!(closed, FilesEvent::Closed(place().submission));
    }

    #[test]
    fn other_buckets_and_places_are_named() {
        for (bucket, key) in [
            ("other", format!("incoming/{ID}/2")),
            ("forms", format!("clean/{ID}/2")),
            ("forms", format!("incoming/{ID}/0")),
            ("forms", "incoming/../../x".to_owned()),
        ] {
            let body = format!(
                r#"{{"detail":{{"bucket":{{"name":"{bucket}"}},"object":{{"key":"{key}"}}}}}}"#
            );
            let error = FilesEvent::read(&body, "forms").unwrap_err();
            assert!(error.to_string().contains(&key), "{error}");
        }
        assert!(matches!(
            FilesEvent::read("{}", "forms"),
            Err(FilesError::Message(_))
        ));
    }
}
