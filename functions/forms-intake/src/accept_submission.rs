//! From a post to a stored submission.

use std::time::{Duration, SystemTime};

use form_definition::{AddressPolicy, Decoded, Delivery, Form, Trigger};
use form_guard::{OriginVerdict, Purpose, TokenFinding, Verdict};
use http::HeaderMap;
use submission_store::{
    Acceptance, Accepted, DeliveryKey, MAX_SUBMISSION, Millis, NotedSignal, OnChange,
    PlannedDelivery, State, Submission, SubmissionId,
};

use crate::judge_visitor::{Counts, Identity, count, hex, judge};
use crate::store_acceptance::{Place, store};
use crate::visitor::{Visitor, header};
use crate::{Deps, IntakeError};

/// Posts without a key or a token are the same one within this time.
const CONTENT_WINDOW: u64 = 10 * 60;
/// How long mails and webhooks wait for attachments.
const WAIT_FOR_FILES: Duration = Duration::from_mins(15);

/// What became of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// The submission.
    pub id: SubmissionId,
    /// When it arrived first.
    pub received_at: Millis,
    /// Until when it is kept, in seconds since 1970.
    pub expires_at: u64,
    /// Where it is.
    pub place: Place,
    /// Its state on arrival, for the metrics: the visitor is not told.
    pub state: State,
    /// Its score, for the metrics.
    pub score: u32,
}

impl Receipt {
    /// Whether the same post was there before.
    pub(crate) const fn is_replay(&self) -> bool {
        matches!(self.place, Place::Table(Accepted::Replayed(_)))
    }
}

/// Judges and stores a post.
///
/// # Errors
/// What is wrong with it; a form from another site; too many posts; all stores refusing.
pub(crate) async fn accept_submission(
    form: &Form,
    headers: &HeaderMap,
    decoded: Decoded,
    visitor: &Visitor,
    deps: &Deps,
    now: SystemTime,
) -> Result<Receipt, IntakeError> {
    let now = Millis::of(now);
    check_origin(form, headers, deps)?;
    let faults = form.validate(&decoded);
    if !faults.is_empty() {
        return Err(IntakeError::Fields { faults });
    }
    let key = idempotency_key(headers)?;
    let identity = identify(form, key, &decoded, visitor, deps, now);
    let counts = count(form, &decoded, visitor, &identity, deps, now).await;
    check_rate(form, counts)?;
    let verdict = judge(form, &decoded, visitor, &identity, counts, deps, now).await;
    let on_change = if key.is_some() {
        OnChange::Refuse
    } else {
        OnChange::Revise
    };
    let submission = submission(form, decoded, visitor, &identity, &verdict, deps, now);
    check_size(&submission)?;
    let acceptance = Acceptance {
        body_hash: body_hash(&submission),
        deliveries: deliveries(form, &submission),
        identity: identity.digest,
        on_change,
        submission,
    };
    let place = store(&acceptance, deps).await?;
    let submission = acceptance.submission;
    let received_at = match &place {
        Place::Table(Accepted::Refused(_)) => return Err(IntakeError::KeyReused),
        Place::Table(Accepted::Replayed(first)) => *first,
        _ => submission.received_at,
    };
    Ok(Receipt {
        id: submission.id,
        received_at,
        expires_at: submission.expires_at,
        place,
        state: submission.state,
        score: submission.score,
    })
}

fn check_origin(form: &Form, headers: &HeaderMap, deps: &Deps) -> Result<(), IntakeError> {
    let verdict = form_guard::judge_origin(
        header(headers, "sec-fetch-site"),
        header(headers, "origin"),
        header(headers, "referer"),
        &deps.config.site_url,
        &form.origins,
    );
    match verdict {
        OriginVerdict::Refused => Err(IntakeError::Origin),
        _ => Ok(()),
    }
}

const fn check_rate(form: &Form, counts: Counts) -> Result<(), IntakeError> {
    let allowed = form.limits.refused_per_minute;
    if counts.network > allowed {
        return Err(IntakeError::TooMany { allowed });
    }
    Ok(())
}

/// Nothing is promised that no place can keep for good.
fn check_size(submission: &Submission) -> Result<(), IntakeError> {
    let bytes = serde_json::to_string(submission).map_or(0, |document| document.len());
    if bytes > MAX_SUBMISSION {
        let allowed = MAX_SUBMISSION;
        return Err(IntakeError::TooLarge { bytes, allowed });
    }
    Ok(())
}

/// The `Idempotency-Key` header:
/// <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, IntakeError> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default().trim_matches('"');
    if (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Some(key))
    } else {
        Err(IntakeError::IdempotencyKey)
    }
}

/// What makes two posts the same one: the client's key, the form's token, or the content.
fn identify(
    form: &Form,
    key: Option<&str>,
    decoded: &Decoded,
    visitor: &Visitor,
    deps: &Deps,
    now: Millis,
) -> Identity {
    let max_age = u64::from(form.spam.token_hours) * 3_600_000;
    let read = decoded
        .control
        .token
        .as_deref()
        .map(|token| form_guard::read_form_token(&deps.key, token, &form.id, now.0, max_age));
    let minimum = u64::from(form.spam.minimum_seconds) * 1_000;
    let token = match &read {
        None => TokenFinding::Missing,
        Some(Ok(token)) if now.0.saturating_sub(token.issued_at_ms) < minimum => {
            TokenFinding::TooFast
        }
        Some(Ok(_)) => TokenFinding::Valid,
        Some(Err(error)) => TokenFinding::from(error),
    };
    let digest = |parts: &[&[u8]]| hex(&form_guard::digest(&deps.key, Purpose::Identity, parts));
    let id = form.id.as_bytes();
    let digest = match (key, &read) {
        (Some(key), _) => digest(&[b"key", id, key.as_bytes()]),
        (None, Some(Ok(token))) => digest(&[b"token", id, token.id.as_bytes()]),
        _ => {
            let content = serde_json::to_string(&decoded.fields).unwrap_or_default();
            let network = visitor
                .address
                .map(form_guard::network_of)
                .unwrap_or_default();
            let window = (now.seconds() / CONTENT_WINDOW).to_be_bytes();
            digest(&[
                b"content",
                id,
                content.as_bytes(),
                network.as_bytes(),
                &window,
            ])
        }
    };
    Identity { digest, token }
}

fn submission(
    form: &Form,
    decoded: Decoded,
    visitor: &Visitor,
    identity: &Identity,
    verdict: &Verdict,
    deps: &Deps,
    now: Millis,
) -> Submission {
    let (state, days) = if verdict.quarantined {
        (State::Quarantined, form.retention.quarantined_days)
    } else {
        (State::Accepted, form.retention.accepted_days)
    };
    let subject = form
        .visitor_email
        .as_ref()
        .and_then(|name| decoded.fields.get(name)?.as_str())
        .map(|email| form_guard::subject(&deps.key, email));
    let network = visitor
        .address
        .and_then(|address| match form.retention.address {
            AddressPolicy::Truncated => Some(form_guard::network_of(address)),
            AddressPolicy::Full => Some(address.to_string()),
            AddressPolicy::None => None,
        });
    let content = serde_json::to_string(&decoded.fields).unwrap_or_default();
    let parts: &[&[u8]] = &[b"id", identity.digest.as_bytes(), content.as_bytes()];
    Submission {
        id: SubmissionId::from_digest(&form_guard::digest(&deps.key, Purpose::Identity, parts)),
        form: form.id.clone(),
        version: form.version,
        received_at: now,
        fields: decoded.fields,
        state,
        score: verdict.score,
        signals: verdict
            .signals
            .iter()
            .map(|signal| NotedSignal {
                code: signal.code().to_owned(),
                points: signal.points(),
            })
            .collect(),
        subject,
        network,
        country: visitor.country.clone(),
        asn: visitor.asn,
        revises: None,
        expires_at: now.seconds() + u64::from(days) * 24 * 3600,
    }
}

/// The name holds the identity and the content, so it serves as the content's digest.
fn body_hash(submission: &Submission) -> String {
    submission.id.to_string()
}

/// What a submission sets off. A quarantined one is shown to the owner, and told to nobody.
fn deliveries(form: &Form, submission: &Submission) -> Vec<PlannedDelivery> {
    let now = submission.received_at;
    let waits = form.upload_field().is_some();
    form.sinks
        .iter()
        .filter(|sink| sink.trigger == Trigger::Accepted)
        .filter(|sink| submission.state == State::Accepted || sink.delivery == Delivery::Database)
        .map(|sink| {
            let tells_of_files =
                matches!(sink.delivery, Delivery::Email(_) | Delivery::Webhook { .. });
            PlannedDelivery {
                key: DeliveryKey {
                    submission: submission.id.clone(),
                    kind: sink.delivery.kind().to_owned(),
                    sink: sink.id.clone(),
                },
                not_before: if waits && tells_of_files {
                    now.after(WAIT_FOR_FILES)
                } else {
                    now
                },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_row_can_hold_is_refused_before_it_is_promised() {
        let of_size = |size: usize| {
            let text = serde_json::Value::from("x".repeat(size));
            Submission {
                id: SubmissionId::from_digest(&[7; 32]),
                form: "contact".to_owned(),
                version: 1,
                received_at: Millis(0),
                fields: [("message".to_owned(), text)].into_iter().collect(),
                state: State::Accepted,
                score: 0,
                signals: Vec::new(),
                subject: None,
                network: None,
                country: None,
                asn: None,
                revises: None,
                expires_at: 0,
            }
        };
        assert!(check_size(&of_size(300 * 1024)).is_ok());
        let error = check_size(&of_size(400 * 1024)).unwrap_err().to_string();
        assert!(error.ends_with("at most 389120 are allowed"), "{error}");
    }
}
