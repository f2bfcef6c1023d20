//! The optional third-party verifier. Its outage quarantines, and never rejects.

use form_definition::{Form, Verifier};
use form_guard::VerifierFinding;
use serde::Deserialize;
use telemetry::Chain;
use tracing::warn;

use crate::Deps;

/// Longest answer that is read, in bytes.
const MAX_ANSWER: usize = 16 * 1024;
/// reCAPTCHA's own suggestion:
/// <https://developers.google.com/recaptcha/docs/v3#interpreting_the_score>.
const LEAST_SCORE: f64 = 0.5;

/// What all three verifiers answer.
#[derive(Deserialize)]
struct SiteVerify {
    success: bool,
    /// reCAPTCHA v3 only, 0 (robot) to 1.
    score: Option<f64>,
}

/// Why a verifier's answer counts for nothing.
#[derive(Debug, thiserror::Error)]
enum VerifierError {
    #[error("reach the verifier")]
    Call(#[from] reqwest::Error),
    #[error("read the verifier's answer: it is longer than {MAX_ANSWER} bytes")]
    TooLong,
    #[error("read the verifier's answer")]
    Answer(#[from] serde_json::Error),
}

/// Asks the form's verifier about the visitor, if it has one.
pub(crate) async fn verify(form: &Form, response: Option<&str>, deps: &Deps) -> VerifierFinding {
    let (Some(verifier), Some(keys)) = (form.spam.verifier, &deps.verifier) else {
        return VerifierFinding::NotAsked;
    };
    let Some(response) = response else {
        return VerifierFinding::Refused;
    };
    let parameters = [("secret", keys.secret.expose()), ("response", response)];
    match ask(&deps.http, address(verifier), &parameters).await {
        Ok(finding) => finding,
        Err(error) => {
            warn!(error = %Chain(&error), "The verifier did not answer");
            VerifierFinding::Down
        }
    }
}

async fn ask(
    http: &reqwest::Client,
    address: &str,
    parameters: &[(&str, &str)],
) -> Result<VerifierFinding, VerifierError> {
    let call = http.post(address).form(parameters).send().await;
    let mut answer = call.and_then(reqwest::Response::error_for_status)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(VerifierError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    let answer: SiteVerify = serde_json::from_slice(&body)?;
    let passed = answer.success && answer.score.is_none_or(|score| score >= LEAST_SCORE);
    Ok(if passed {
        VerifierFinding::Passed
    } else {
        VerifierFinding::Refused
    })
}

const fn address(verifier: Verifier) -> &'static str {
    match verifier {
        Verifier::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        Verifier::HCaptcha => "https://api.hcaptcha.com/siteverify",
        Verifier::ReCaptcha => "https://www.google.com/recaptcha/api/siteverify",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// What is found where a verifier answers with `answer`, and what it was asked.
    async fn finding(answer: String) -> (Result<VerifierFinding, VerifierError>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/siteverify", listener.local_addr().unwrap());
        let verifier = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"response=r") {
                let mut part = [0; 4096];
                let length = stream.read(&mut part).unwrap();
                asked.extend_from_slice(&part[..length]);
            }
            // The other side may have read enough and gone.
            let _sent = stream.write_all(answer.as_bytes());
            String::from_utf8_lossy(&asked).into_owned()
        });
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(1))
            .build()
            .unwrap();
        let found = ask(&http, &address, &[("secret", "s"), ("response", "r")]).await;
        (found, verifier.join().unwrap())
    }

    fn json(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}")
    }

    #[tokio::test]
    async fn a_verifier_passes_or_refuses() {
        for (body, expected) in [
            (r#"{"success":true}"#, VerifierFinding::Passed),
            (r#"{"success":true,"score":0.9}"#, VerifierFinding::Passed),
            (r#"{"success":true,"score":0.1}"#, VerifierFinding::Refused),
            (
                r#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#,
                VerifierFinding::Refused,
            ),
        ] {
            let (found, asked) = finding(json(body)).await;
            assert_eq!(found.unwrap(), expected, "{body}");
            assert!(asked.starts_with("POST /siteverify "), "{asked}");
            assert!(asked.ends_with("secret=s&response=r"), "{asked}");
        }
    }

    #[tokio::test]
    async fn a_verifier_that_is_down_says_nothing_about_the_visitor() {
        for (answer, error) in [
            (
                "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n".to_owned(),
                "reach the verifier",
            ),
            (String::new(), "reach the verifier"),
            (json("<html>"), "read the verifier's answer"),
            (
                json(&" ".repeat(MAX_ANSWER + 1)),
                "read the verifier's answer: it is longer than 16384 bytes",
            ),
        ] {
            let (found, _) = finding(answer).await;
            assert_eq!(found.unwrap_err().to_string(), error);
        }
    }
}
