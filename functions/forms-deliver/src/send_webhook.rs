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

/// A client that connects to the addresses that were checked and to no other: it does not
/// resolve again, follows no redirect and asks no proxy.
fn client(target: &Target, addresses: &[SocketAddr]) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .resolve_to_addrs(&target.host, addresses)
        .build()
}

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
    let answer = client(target, addresses)?
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn target(host: &str, port: u16) -> Target {
        Target {
            url: format!("http://{host}:{port}/hook").parse().unwrap(),
            host: host.to_owned(),
            port,
            is_exempt: false,
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_into_a_private_network_is_not_called() {
        assert_eq!(
            resolve(&target("localhost", 443)).await,
            Err(AddressError::NotPublic)
        );
        assert_eq!(
            resolve(&target("nowhere.invalid", 443)).await,
            Err(AddressError::Unresolved)
        );
    }

    #[tokio::test]
    async fn the_connection_goes_to_what_was_checked_and_no_further() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let receiver = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 1024];
            let length = stream.read(&mut asked).unwrap();
            stream
                .write_all(
                    b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data/\r\n\
                      content-length: 0\r\n\r\n",
                )
                .unwrap();
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        // Whatever the name leads to by now (here: nowhere), the client does not ask.
        let target = target("rebound.invalid", address.port());
        let client = client(&target, &[address]).unwrap();
        let answer = client.get(target.url.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 302);
        let asked = receiver.join().unwrap();
        assert!(asked.contains("host: rebound.invalid"), "{asked}");
    }
}
