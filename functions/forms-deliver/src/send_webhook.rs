//! A webhook, to an address that was checked and to no other.

use std::net::SocketAddr;
use std::time::Duration;

use form_delivery::{
    AddressError, AnswerVerdict, Target, is_public, judge_answer, judge_url, sign_webhook,
};
use serde_json::json;
use submission_store::Millis;
use tracing::warn;

use crate::deliver::{Attempt, Parcel};
use crate::{Deps, WebhookEndpoint};

/// Longest wait for an answer, as Standard Webhooks suggests.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Longest wait for a connection, part of it.
const CONNECT: Duration = Duration::from_secs(5);

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
    let target = match judge_url(&endpoint.url, &deps.config.allowed_hosts) {
        Ok(target) => target,
        Err(error) => return Attempt::Hopeless(format!("failed to {error}")),
    };
    let addresses = match resolve(&target).await {
        Ok(addresses) => addresses,
        // A name may point elsewhere by the next time.
        Err(error) => return Attempt::Failed(format!("failed to {error}"), None),
    };
    match post(parcel, endpoint, &target, &addresses, now).await {
        Ok((status, retry_after)) => match judge_answer(status, retry_after.as_deref()) {
            AnswerVerdict::Delivered => Attempt::Delivered(None),
            AnswerVerdict::Gone => {
                Attempt::Hopeless("the receiver answered 410: it is gone".to_owned())
            }
            AnswerVerdict::Failed(wish) => {
                Attempt::Failed(format!("the receiver answered {status}"), wish)
            }
        },
        Err(error) => {
            let error = error.without_url();
            warn!(error = %telemetry::Chain(&error), "A webhook receiver did not answer");
            let reason = if error.is_timeout() {
                "the receiver did not answer in time"
            } else {
                "the receiver could not be reached"
            };
            Attempt::Failed(reason.to_owned(), None)
        }
    }
}

/// Resolves the name once. Every address has to be public: a name with one private
/// address among public ones is a trap.
async fn resolve(target: &Target) -> Result<Vec<SocketAddr>, AddressError> {
    let host = target.host.trim_matches(['[', ']']);
    let found = tokio::net::lookup_host((host, target.port)).await;
    let addresses: Vec<SocketAddr> = found.map_err(|_| AddressError::Unresolved)?.collect();
    if addresses.is_empty() {
        return Err(AddressError::Unresolved);
    }
    if !target.is_exempt && addresses.iter().any(|address| !is_public(address.ip())) {
        return Err(AddressError::NotPublic);
    }
    Ok(addresses)
}

/// Posts to the addresses that were checked: the client does not resolve again, follows
/// no redirect and asks no proxy.
async fn post(
    parcel: &Parcel<'_>,
    endpoint: &WebhookEndpoint,
    target: &Target,
    addresses: &[SocketAddr],
    now: Millis,
) -> Result<(u16, Option<String>), reqwest::Error> {
    let submission = &parcel.stored.submission;
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
    })
    .to_string();
    let id = format!("{}.{}", submission.id, parcel.sink);
    let timestamp = now.seconds();
    let signature = sign_webhook(&endpoint.secrets, &id, timestamp, &body);
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .resolve_to_addrs(&target.host, addresses)
        .build()?;
    let answer = client
        .post(target.url.clone())
        .header("content-type", "application/json")
        .header("user-agent", "Sidetier-Webhooks/1")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(body)
        .send()
        .await?;
    let retry_after = answer.headers().get("retry-after");
    let retry_after = retry_after.and_then(|value| value.to_str().ok());
    // The body is not read: nothing in it matters, and it may be endless.
    Ok((answer.status().as_u16(), retry_after.map(str::to_owned)))
}

fn rfc3339(at: Millis) -> String {
    i64::try_from(at.0)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .map_or_else(String::new, |time| time.to_string())
}
