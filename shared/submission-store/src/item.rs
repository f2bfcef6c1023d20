//! Rows as DynamoDB items, there and back.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    Attachment, AttachmentVerdict, Delivery, DeliveryKey, DeliveryState, Millis, State, StoreError,
    Stored, Submission, SubmissionId,
};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// Sort key of the submission itself.
pub(crate) const META: &str = "META";
/// Prefix of the sort keys of its deliveries.
pub(crate) const DELIVERY: &str = "DLV#";
/// Prefix of the sort keys of its attachments.
pub(crate) const FILE: &str = "FILE#";
/// Sort key of the note that the visitor has finished uploading.
pub(crate) const UPLOADS: &str = "UPLOADS";
/// Sort key of the visitor's confirmation.
pub(crate) const CONFIRMED: &str = "CONFIRMED";
/// Sort key of the visitor's withdrawal.
pub(crate) const UNSUBSCRIBED: &str = "UNSUBSCRIBED";

/// Index of pending deliveries by time, and of dead ones.
pub(crate) const DUE_INDEX: &str = "due";
/// Index of submissions by form and time.
pub(crate) const FORM_INDEX: &str = "by-form";
/// Index of submissions by person.
pub(crate) const SUBJECT_INDEX: &str = "by-subject";
/// Partition of dead deliveries in the index `due`.
pub(crate) const DEAD: &str = "DEAD";

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn partition(id: &SubmissionId) -> String {
    format!("SUB#{id}")
}

pub(crate) fn key(id: &SubmissionId, sort: &str) -> Item {
    Item::from([
        ("pk".to_owned(), text(partition(id))),
        ("sk".to_owned(), text(sort)),
    ])
}

pub(crate) fn delivery_sort(key: &DeliveryKey) -> String {
    format!("{DELIVERY}{}#{}", key.kind, key.sink)
}

/// Times as text sort like numbers: 13 digits reach the year 2286.
pub(crate) fn sortable(at: Millis, id: &SubmissionId) -> String {
    format!("{:013}#{id}", at.0)
}

/// The eighth of the due index that a submission's deliveries are in.
pub(crate) fn due_partition(id: &SubmissionId) -> String {
    let digit = id.as_str().bytes().last().unwrap_or_default();
    // Hexadecimal digits: the low three bits of the last one.
    let value = if digit.is_ascii_digit() {
        digit - b'0'
    } else {
        digit.wrapping_sub(b'a') + 10
    };
    format!("DUE#{}", value % 8)
}

pub(crate) fn string<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(crate) fn integer<T: FromStr>(item: &Item, name: &str) -> Option<T> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

pub(crate) fn millis(item: &Item, name: &str) -> Option<Millis> {
    integer(item, name).map(Millis)
}

pub(crate) fn need<T>(
    item: &Item,
    attribute: &'static str,
    value: Option<T>,
) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::Row {
        pk: string(item, "pk").unwrap_or_default().to_owned(),
        attribute,
    })
}

pub(crate) fn write_submission(submission: &Submission) -> Result<Item, StoreError> {
    let mut item = key(&submission.id, META);
    let mut set = |name: &str, value: AttributeValue| {
        item.insert(name.to_owned(), value);
    };
    set("document", text(serde_json::to_string(submission)?));
    set("state", text(submission.state.name()));
    set("expires_at", number(submission.expires_at));
    set("form_pk", text(format!("FORM#{}", submission.form)));
    set(
        "form_sk",
        text(sortable(submission.received_at, &submission.id)),
    );
    if let Some(subject) = &submission.subject {
        set("subject", text(subject.clone()));
    }
    Ok(item)
}

pub(crate) fn read_submission(item: &Item) -> Result<Stored, StoreError> {
    let document = need(item, "document", string(item, "document"))?;
    let submission: Submission = serde_json::from_str(document)?;
    Ok(Stored {
        state: need(item, "state", string(item, "state").and_then(State::named))?,
        read_at: millis(item, "read_at"),
        expires_at: need(item, "expires_at", integer(item, "expires_at"))?,
        submission,
    })
}

/// A new delivery, pending. `next_at` is when the sweep looks for it.
pub(crate) fn write_delivery(
    delivery: &DeliveryKey,
    not_before: Millis,
    next_at: Millis,
    expires_at: u64,
) -> Item {
    let id = &delivery.submission;
    let mut item = key(id, &delivery_sort(delivery));
    item.extend([
        ("state".to_owned(), text(DeliveryState::Pending.name())),
        ("attempts".to_owned(), number(0)),
        ("lease_until".to_owned(), number(0)),
        ("since".to_owned(), number(not_before.0)),
        ("not_before".to_owned(), number(not_before.0)),
        ("next_at".to_owned(), number(next_at.0)),
        ("due_pk".to_owned(), text(due_partition(id))),
        ("due_sk".to_owned(), text(sortable(next_at, id))),
        ("expires_at".to_owned(), number(expires_at)),
    ]);
    item
}

/// The names in a delivery's keys.
pub(crate) fn read_delivery_key(item: &Item) -> Result<DeliveryKey, StoreError> {
    let names = string(item, "sk")
        .and_then(|sort| sort.strip_prefix(DELIVERY))
        .and_then(|rest| rest.split_once('#'));
    let (kind, sink) = need(item, "sk", names)?;
    let id = string(item, "pk").and_then(|pk| pk.strip_prefix("SUB#"));
    Ok(DeliveryKey {
        submission: need(item, "pk", id.and_then(|id| id.parse().ok()))?,
        kind: kind.to_owned(),
        sink: sink.to_owned(),
    })
}

pub(crate) fn read_delivery(item: &Item) -> Result<Delivery, StoreError> {
    let state = string(item, "state").and_then(DeliveryState::named);
    Ok(Delivery {
        key: read_delivery_key(item)?,
        state: need(item, "state", state)?,
        attempts: need(item, "attempts", integer(item, "attempts"))?,
        since: need(item, "since", millis(item, "since"))?,
        not_before: need(item, "not_before", millis(item, "not_before"))?,
        next_at: need(item, "next_at", millis(item, "next_at"))?,
        finished_at: millis(item, "finished_at"),
        external_id: string(item, "external_id").map(str::to_owned),
        note: string(item, "note").map(str::to_owned),
    })
}

pub(crate) fn write_attachment(
    id: &SubmissionId,
    attachment: &Attachment,
    expires_at: u64,
) -> Result<Item, StoreError> {
    let mut item = key(id, &format!("{FILE}{:02}", attachment.slot));
    let verdict = serde_json::to_string(&attachment.verdict)?;
    item.extend([
        ("verdict".to_owned(), text(verdict)),
        (
            "media_type".to_owned(),
            text(attachment.media_type.as_str()),
        ),
        ("bytes".to_owned(), number(attachment.bytes)),
        ("expires_at".to_owned(), number(expires_at)),
    ]);
    Ok(item)
}

pub(crate) fn read_attachment(item: &Item) -> Result<Attachment, StoreError> {
    let slot = string(item, "sk")
        .and_then(|sort| sort.strip_prefix(FILE))
        .and_then(|slot| slot.parse().ok());
    let verdict: AttachmentVerdict =
        serde_json::from_str(need(item, "verdict", string(item, "verdict"))?)?;
    Ok(Attachment {
        slot: need(item, "sk", slot)?,
        verdict,
        media_type: need(item, "media_type", string(item, "media_type"))?.to_owned(),
        bytes: need(item, "bytes", integer(item, "bytes"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NotedSignal;

    fn submission() -> Submission {
        Submission {
            id: "00112233445566778899aabbccddeeff".parse().unwrap(),
            form: "contact".to_owned(),
            version: 1,
            received_at: Millis(1_700_000_000_123),
            fields: [("name".to_owned(), "Ada".into())].into_iter().collect(),
            state: State::Quarantined,
            score: 100,
            signals: vec![NotedSignal {
                code: "honeypot".to_owned(),
                points: 100,
            }],
            subject: Some("abc".to_owned()),
            network: None,
            country: Some("DE".to_owned()),
            asn: Some(3320),
            revises: None,
            expires_at: 1_800_000_000,
        }
    }

    #[test]
    fn a_submission_reads_back_as_written() {
        let item = write_submission(&submission()).unwrap();
        let stored = read_submission(&item).unwrap();
        assert_eq!(stored.submission, submission());
        assert_eq!(stored.state, State::Quarantined);
        assert_eq!(
            string(&item, "form_sk"),
            Some("1700000000123#00112233445566778899aabbccddeeff")
        );
    }

    #[test]
    fn a_delivery_reads_back_as_written() {
        let key = DeliveryKey {
            submission: submission().id,
            kind: "email".to_owned(),
            sink: "team".to_owned(),
        };
        let item = write_delivery(&key, Millis(5), Millis(60_005), 9);
        let delivery = read_delivery(&item).unwrap();
        assert_eq!(
            (
                delivery.key,
                delivery.attempts,
                delivery.since,
                delivery.next_at
            ),
            (key, 0, Millis(5), Millis(60_005))
        );
        assert_eq!(string(&item, "due_pk"), Some("DUE#7"));
    }

    #[test]
    fn an_attachment_reads_back_as_written() {
        let attachment = Attachment {
            slot: 2,
            verdict: AttachmentVerdict::Refused("it is a program".to_owned()),
            media_type: "application/pdf".to_owned(),
            bytes: 12,
        };
        let item = write_attachment(&submission().id, &attachment, 9).unwrap();
        assert_eq!(read_attachment(&item).unwrap(), attachment);
    }

    #[test]
    fn names_what_is_missing() {
        let mut item = write_submission(&submission()).unwrap();
        item.remove("state");
        assert!(
            read_submission(&item)
                .unwrap_err()
                .to_string()
                .contains("`state`")
        );
    }
}
