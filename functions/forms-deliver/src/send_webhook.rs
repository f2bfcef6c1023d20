//! A submission as a webhook.

use serde_json::json;
use submission_store::{Millis, Submission};
use webhooks::{Posted, Webhook, post};

use crate::Deps;
use crate::deliver::{Attempt, Parcel};

/// Sends a submission to an endpoint.
pub(crate) async fn send_webhook(
    parcel: &Parcel<'_>,
    endpoint: &str,
    deps: &Deps,
    now: Millis,
) -> Attempt {
    let Some(endpoint) = deps.endpoints.get(endpoint) else {
        return Attempt::Hopeless("there is no webhook endpoint of that name".to_owned());
    };
    let submission = &parcel.stored.submission;
    let webhook = Webhook {
        id: &format!("{}.{}", submission.id, parcel.sink),
        timestamp: now.seconds(),
        body: &body(submission),
    };
    match post(webhook, endpoint, &deps.config.webhooks.allowed_hosts).await {
        Posted::Delivered => Attempt::Delivered(None),
        Posted::Hopeless(reason) => Attempt::Hopeless(reason),
        Posted::Failed(reason, wish) => Attempt::Failed(reason, wish),
    }
}

/// The body, as Standard Webhooks suggests it.
fn body(submission: &Submission) -> String {
    let body = json!({
        "type": "form.submitted",
        "timestamp": rfc3339(submission.received_at),
        "data": {
            "submission": submission.id,
            "form": submission.form,
            "version": submission.version,
            "revises": submission.revises,
            "fields": submission.fields,
        },
    });
    body.to_string()
}

fn rfc3339(at: Millis) -> String {
    i64::try_from(at.0)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .map_or_else(String::new, |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};
    use submission_store::{State, SubmissionId};

    use super::*;

    #[test]
    fn a_body_has_what_was_submitted_and_when() {
        let id: SubmissionId = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let submission = Submission {
            id: id.clone(),
            form: "contact".to_owned(),
            version: 3,
            received_at: Millis(1_795_774_830_123),
            fields: Map::from_iter([("name".to_owned(), json!("Ada"))]),
            state: State::Accepted,
            score: 7,
            signals: Vec::new(),
            subject: Some("a hash".to_owned()),
            network: Some("192.0.2.0/24".to_owned()),
            country: Some("NO".to_owned()),
            asn: Some(64_500),
            revises: None,
            expires_at: 1_800_000_000,
        };
        let sent: Value = serde_json::from_str(&body(&submission)).unwrap();
        // Nothing of the visitor's network, and no score.
        let data = json!({
            "submission": id, "form": "contact", "version": 3, "revises": null,
            "fields": {"name": "Ada"},
        });
        let whole = json!({
            "type": "form.submitted", "timestamp": "2026-11-27T10:20:30.123Z", "data": data,
        });
        assert_eq!(sent, whole);
    }
}
