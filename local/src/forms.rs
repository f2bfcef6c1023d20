//! What the forms need on this machine: a webhook endpoint with its secret, a mail
//! address that may send.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::ports::PortPlan;

/// Sender of the site's mails.
pub(crate) const MAIL_FROM: &str = "shop@sidetier.example";
/// Who gets what forms send to the team.
pub(crate) const MAIL_TEAM: &str = "team@sidetier.example";
/// Password of the owner's pages on this machine.
pub(crate) const ADMIN_PASSWORD: &str = "sidetier";
/// Path of the webhook receiver.
pub(crate) const WEBHOOKS: &str = "/_local/webhooks";

/// The secret that webhooks are signed with on this machine. It guards nothing: sender
/// and receiver are the same machine.
const WEBHOOK_SECRET: &[u8] = b"a secret for one machine only";

/// What the template is told about the forms.
#[derive(Debug, Clone)]
pub(crate) struct FormsSetup {
    /// ARN of the secret with the webhook endpoint.
    pub(crate) endpoints_secret_arn: String,
}

/// Prepares the emulator before the template is deployed.
pub(crate) fn prepare(aws: &Aws, ports: &PortPlan) -> Result<FormsSetup> {
    let form = format!(
        "Action=VerifyEmailIdentity&Version=2010-12-01&EmailAddress={}",
        MAIL_FROM.replace('@', "%40")
    );
    aws.post("ses", "application/x-www-form-urlencoded", None, &form)
        .context("let the site send mail")?;
    let endpoints = json!({"crm": {
        "url": format!("http://{}{WEBHOOKS}", receiver(ports)),
        "secrets": [format!("whsec_{}", STANDARD.encode(WEBHOOK_SECRET))],
    }});
    let request = json!({"Name": "sidetier-webhooks", "SecretString": endpoints.to_string()});
    let answer = aws
        .post(
            "secretsmanager",
            "application/x-amz-json-1.1",
            Some("secretsmanager.CreateSecret"),
            &request.to_string(),
        )
        .context("store the webhook endpoint")?;
    let answer: Value = serde_json::from_str(&answer).context("read the secret's ARN")?;
    let arn = answer["ARN"].as_str().context("read the secret's ARN")?;
    Ok(FormsSetup {
        endpoints_secret_arn: arn.to_owned(),
    })
}

/// Host and port of the webhook receiver.
pub(crate) fn receiver(ports: &PortPlan) -> String {
    format!("127.0.0.1:{}", ports.home)
}

/// The signature of a webhook, as
/// [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md)
/// has it.
pub(crate) fn webhook_signature(id: &str, timestamp: &str, body: &str) -> Result<String> {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac =
        Hmac::<sha2::Sha256>::new_from_slice(WEBHOOK_SECRET).context("make the webhook's key")?;
    let mut signed = String::new();
    write!(signed, "{id}.{timestamp}.{body}").context("write what is signed")?;
    mac.update(signed.as_bytes());
    Ok(format!(
        "v1,{}",
        STANDARD.encode(mac.finalize().into_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_has_the_length_that_senders_ask_for() {
        assert!((24..=64).contains(&WEBHOOK_SECRET.len()));
        let one = webhook_signature("a", "1", "{}").unwrap();
        assert!(one.starts_with("v1,") && one != webhook_signature("b", "1", "{}").unwrap());
    }
}
