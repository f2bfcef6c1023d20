//! The optional third-party verifier. Its outage quarantines, and never rejects.

use form_definition::{Form, Verifier};
use form_guard::VerifierFinding;
use serde::Deserialize;
use telemetry::Chain;
use tracing::warn;

use crate::Deps;

/// Longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 16 * 1024;

/// What all three verifiers answer.
#[derive(Deserialize)]
struct SiteVerify {
    success: bool,
    /// reCAPTCHA v3 only, 0 (robot) to 1.
    score: Option<f64>,
}

/// Asks the form's verifier about the visitor, if it has one.
pub(crate) async fn verify(form: &Form, response: Option<&str>, deps: &Deps) -> VerifierFinding {
    let (Some(verifier), Some(keys)) = (form.spam.verifier, &deps.verifier) else {
        return VerifierFinding::NotAsked;
    };
    let Some(response) = response else {
        return VerifierFinding::Refused;
    };
    let call = async {
        let answer = deps
            .http
            .post(address(verifier))
            .form(&[("secret", keys.secret.expose()), ("response", response)])
            .send()
            .await?
            .error_for_status()?;
        if answer
            .content_length()
            .is_some_and(|length| length > MAX_ANSWER)
        {
            return Ok(None);
        }
        answer.json::<SiteVerify>().await.map(Some)
    };
    match call.await {
        Ok(Some(answer)) if answer.success && answer.score.is_none_or(|score| score >= 0.5) => {
            VerifierFinding::Passed
        }
        Ok(Some(_)) => VerifierFinding::Refused,
        Ok(None) => VerifierFinding::Down,
        Err(error) => {
            let error: reqwest::Error = error;
            warn!(error = %Chain(&error.without_url()), "The verifier did not answer");
            VerifierFinding::Down
        }
    }
}

const fn address(verifier: Verifier) -> &'static str {
    match verifier {
        Verifier::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        Verifier::HCaptcha => "https://api.hcaptcha.com/siteverify",
        Verifier::ReCaptcha => "https://www.google.com/recaptcha/api/siteverify",
    }
}
