use std::net::SocketAddr;
use std::time::Duration;

use form_delivery::{
    AddressError, AllowedHosts, AnswerVerdict, Target, is_public, judge_answer, judge_url,
    sign_webhook,
};
use lambda_kit::BoxFuture;
use tracing::warn;

use crate::Endpoint;

/// Longest wait for an answer, as Standard Webhooks suggests.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Longest wait for a connection, part of it.
const CONNECT: Duration = Duration::from_secs(5);

/// A webhook to send.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<'a> {
    /// Its name, the same whenever it is sent again: receivers know by it what they have.
    pub id: &'a str,
    /// When it is sent, in seconds since 1970.
    pub timestamp: u64,
    /// JSON.
    pub body: &'a str,
}

/// What became of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// The receiver has it.
    Delivered,
    /// It will never work, and why.
    Hopeless(String),
    /// It did not work now, and why; the receiver may name a time to wait.
    Failed(String, Option<Duration>),
}

/// Sends a webhook, once. It takes 15 s at most.
pub fn post<'a>(
    webhook: Webhook<'a>,
    endpoint: &'a Endpoint,
    allowed: &'a AllowedHosts,
) -> BoxFuture<'a, Posted> {
    Box::pin(async move {
        let target = match judge_url(&endpoint.url, allowed) {
            Ok(target) => target,
            Err(error) => return Posted::Hopeless(format!("failed to {error}")),
        };
        let addresses = match resolve(&target).await {
            Ok(addresses) => addresses,
            // A name may point elsewhere by the next time.
            Err(error) => return Posted::Failed(format!("failed to {error}"), None),
        };
        match send(webhook, endpoint, &target, &addresses).await {
            Ok((status, retry_after)) => judged(status, retry_after.as_deref()),
            Err(error) => Posted::Failed(no_answer(error).to_owned(), None),
        }
    })
}

fn judged(status: u16, retry_after: Option<&str>) -> Posted {
    match judge_answer(status, retry_after) {
        AnswerVerdict::Delivered => Posted::Delivered,
        AnswerVerdict::Gone => Posted::Hopeless("the receiver answered 410: it is gone".to_owned()),
        AnswerVerdict::Failed(wish) => {
            Posted::Failed(format!("the receiver answered {status}"), wish)
        }
    }
}

/// An address may have a secret in it, and is not logged.
fn no_answer(error: reqwest::Error) -> &'static str {
    let error = error.without_url();
    warn!(error = %telemetry::Chain(&error), "A webhook receiver did not answer");
    if error.is_timeout() {
        "the receiver did not answer in time"
    } else {
        "the receiver could not be reached"
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

async fn send(
    webhook: Webhook<'_>,
    endpoint: &Endpoint,
    target: &Target,
    addresses: &[SocketAddr],
) -> Result<(u16, Option<String>), reqwest::Error> {
    let Webhook {
        id,
        timestamp,
        body,
    } = webhook;
    let answer = client(target, addresses)?
        .post(target.url.clone())
        .header("content-type", "application/json")
        .header("user-agent", "Sidetier-Webhooks/1")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header(
            "webhook-signature",
            sign_webhook(&endpoint.secrets, id, timestamp, body),
        )
        .body(body.to_owned())
        .send()
        .await?;
    let retry_after = answer.headers().get("retry-after");
    let retry_after = retry_after.and_then(|value| value.to_str().ok());
    // The body is not read: nothing in it matters, and it may be endless.
    Ok((answer.status().as_u16(), retry_after.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use form_delivery::{WebhookSecret, verify_webhook};

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn endpoint(url: &str) -> Endpoint {
        Endpoint {
            url: url.to_owned(),
            secrets: vec![WebhookSecret::parse(SECRET).unwrap()],
        }
    }

    const WEBHOOK: Webhook<'_> = Webhook {
        id: "home/failure/1/raised",
        timestamp: 1_795_774_800,
        body: "{}",
    };

    /// Answers one webhook; returns its address and what was asked. Whoever else connects, as
    /// strangers do on a machine with other tests, is sent away.
    fn receiver(answer: &'static str) -> (SocketAddr, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = thread::spawn(move || {
            loop {
                let (mut stream, _) = listener.accept().unwrap();
                let asked = read_request(&mut stream);
                if asked.ends_with("{}") {
                    stream.write_all(answer.as_bytes()).unwrap();
                    return asked;
                }
            }
        });
        (address, asked)
    }

    /// What comes until the end of the body, or of the connection.
    fn read_request(stream: &mut TcpStream) -> String {
        let mut asked = String::new();
        let mut bytes = [0; 1024];
        while !asked.ends_with("{}") {
            match stream.read(&mut bytes) {
                Ok(length) if length > 0 => {
                    asked.push_str(&String::from_utf8_lossy(&bytes[..length]));
                }
                _ => break,
            }
        }
        asked
    }

    #[tokio::test]
    async fn a_receiver_gets_what_it_can_verify() {
        let (address, asked) = receiver("HTTP/1.1 204 No Content\r\n\r\n");
        let endpoint = endpoint(&format!("http://{address}/hook"));
        let allowed = AllowedHosts::parse(&address.to_string());
        assert_eq!(post(WEBHOOK, &endpoint, &allowed).await, Posted::Delivered);
        let asked = asked.join().unwrap();
        let header = |name: &str| {
            let line = asked.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_once(": ").unwrap().1.to_owned()
        };
        let (id, signature) = (header("webhook-id"), header("webhook-signature"));
        let (secret, now) = (&endpoint.secrets[0], WEBHOOK.timestamp);
        assert!(verify_webhook(secret, &id, now, "{}", &signature, now));
    }

    #[tokio::test]
    async fn a_redirect_is_no_success_and_is_not_followed() {
        let (address, asked) = receiver(
            "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data/\r\n\
             content-length: 0\r\n\r\n",
        );
        let endpoint = endpoint(&format!("http://{address}/hook"));
        let allowed = AllowedHosts::parse(&address.to_string());
        let posted = post(WEBHOOK, &endpoint, &allowed).await;
        assert_eq!(
            posted,
            Posted::Failed("the receiver answered 302".to_owned(), None)
        );
        asked.join().unwrap();
    }

    #[tokio::test]
    async fn the_connection_goes_to_what_was_checked_and_to_nothing_else() {
        let (address, asked) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        // Whatever the name leads to by now (here: nowhere), the client does not ask.
        let target = Target {
            url: format!("http://rebound.invalid:{}/hook", address.port())
                .parse()
                .unwrap(),
            host: "rebound.invalid".to_owned(),
            port: address.port(),
            is_exempt: false,
        };
        let sent = send(WEBHOOK, &endpoint(""), &target, &[address]).await;
        assert_eq!(sent.unwrap(), (200, None));
        assert!(asked.join().unwrap().contains("host: rebound.invalid"));
    }

    #[tokio::test]
    async fn what_leads_into_a_private_network_is_not_called() {
        let nobody = AllowedHosts::default();
        let literal = post(WEBHOOK, &endpoint("https://127.0.0.1/"), &nobody).await;
        assert!(matches!(literal, Posted::Hopeless(_)), "{literal:?}");
        let target = Target {
            url: "https://localhost/".parse().unwrap(),
            host: "localhost".to_owned(),
            port: 443,
            is_exempt: false,
        };
        assert_eq!(resolve(&target).await, Err(AddressError::NotPublic));
        let nowhere = Target {
            host: "nowhere.invalid".to_owned(),
            ..target
        };
        assert_eq!(resolve(&nowhere).await, Err(AddressError::Unresolved));
    }
}
