//! [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md) 1.0.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Fewest bytes of a secret; the specification asks for 24 to 64.
const MIN_SECRET: usize = 24;
/// Most bytes of a secret.
const MAX_SECRET: usize = 64;
/// How far the clocks of sender and receiver may be apart, in seconds.
const TOLERANCE: u64 = 300;

/// A secret shared with a receiver, written `whsec_` and base64.
#[derive(Clone)]
pub struct WebhookSecret(Vec<u8>);

/// A text that is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "read the webhook secret: whsec_ and base64 of {MIN_SECRET} to {MAX_SECRET} bytes is allowed"
)]
pub struct SecretError;

impl WebhookSecret {
    /// Reads a secret.
    ///
    /// # Errors
    /// Another prefix, no base64, or too few or too many bytes.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.trim().strip_prefix("whsec_").ok_or(SecretError)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError)?;
        if (MIN_SECRET..=MAX_SECRET).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(SecretError)
        }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// The header `webhook-signature`: one signature for each secret, so that a receiver can
/// change from one to the next. `id` stays the same over retries; `timestamp` is in
/// seconds since 1970.
#[must_use]
pub fn sign_webhook(secrets: &[WebhookSecret], id: &str, timestamp: u64, body: &str) -> String {
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let tag = mac(secret, id, timestamp, body).finalize().into_bytes();
            format!("v1,{}", STANDARD.encode(tag))
        })
        .collect();
    signatures.join(" ")
}

/// Whether one of the signatures in a `webhook-signature` header is right, and its time
/// is not far from `now`.
#[must_use]
pub fn verify_webhook(
    secret: &WebhookSecret,
    id: &str,
    timestamp: u64,
    body: &str,
    header: &str,
    now: u64,
) -> bool {
    now.abs_diff(timestamp) <= TOLERANCE
        && header
            .split(' ')
            .filter_map(|signature| signature.strip_prefix("v1,"))
            .filter_map(|signature| STANDARD.decode(signature).ok())
            .any(|tag| mac(secret, id, timestamp, body).verify_slice(&tag).is_ok())
}

fn mac(secret: &WebhookSecret, id: &str, timestamp: u64, body: &str) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("a key");
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    mac
}

/// What a receiver's answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerVerdict {
    /// It has the webhook.
    Delivered,
    /// It does not want any more.
    Gone,
    /// It failed; it may name a time after which to try again.
    Failed(Option<Duration>),
}

/// Judges an answer: only 2xx is success, redirects are not followed, and 410 ends it.
#[must_use]
pub fn judge_answer(status: u16, retry_after: Option<&str>) -> AnswerVerdict {
    match status {
        200..300 => AnswerVerdict::Delivered,
        410 => AnswerVerdict::Gone,
        429 | 502..=504 => AnswerVerdict::Failed(
            retry_after
                .and_then(|seconds| seconds.trim().parse().ok())
                .map(Duration::from_secs),
        ),
        _ => AnswerVerdict::Failed(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &str = r#"{"test": 2432232314}"#;

    fn secret() -> WebhookSecret {
        WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
    }

    #[test]
    fn signs_as_the_specification_s_example() {
        let header = sign_webhook(&[secret()], ID, 1_614_265_330, BODY);
        assert_eq!(header, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_secrets_of_a_change_are_right() {
        let next = WebhookSecret::parse("whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=").unwrap();
        let header = sign_webhook(&[secret(), next.clone()], ID, 100, BODY);
        for secret in [secret(), next] {
            assert!(verify_webhook(&secret, ID, 100, BODY, &header, 200));
            assert!(!verify_webhook(&secret, ID, 100, "{}", &header, 200));
            assert!(!verify_webhook(&secret, ID, 100, BODY, &header, 500));
        }
    }

    #[test]
    fn secrets_have_a_form() {
        for bad in [
            "",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_c2hvcnQ=",
            "whsec_%%%",
        ] {
            assert!(WebhookSecret::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(format!("{:?}", secret()), "WebhookSecret(…)");
    }

    #[test]
    fn only_success_is_success() {
        assert_eq!(judge_answer(204, None), AnswerVerdict::Delivered);
        assert_eq!(judge_answer(302, None), AnswerVerdict::Failed(None));
        assert_eq!(judge_answer(410, None), AnswerVerdict::Gone);
        let wish = Some(Duration::from_secs(90));
        assert_eq!(judge_answer(429, Some("90")), AnswerVerdict::Failed(wish));
        assert_eq!(judge_answer(500, Some("90")), AnswerVerdict::Failed(None));
    }
}
