use std::collections::BTreeMap;

use form_delivery::{SecretError as WebhookSecretError, WebhookSecret};
use form_guard::{Key, KeyError};
use secrets::SecretError;
use serde::Deserialize;
use submission_store::{GuardTable, SubmissionStore};

use crate::Config;

/// What delivering needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// Signs links.
    pub key: Key,
    /// The webhook endpoints, by name.
    pub endpoints: BTreeMap<String, WebhookEndpoint>,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// The table of breakers.
    pub guard: GuardTable,
    /// Sends mail.
    pub mail: aws_sdk_sesv2::Client,
    /// Takes events.
    pub events: aws_sdk_eventbridge::Client,
}

/// Where a webhook goes, and how it is signed.
#[derive(Debug, Clone)]
pub struct WebhookEndpoint {
    /// Its address.
    pub url: String,
    /// Its secrets: two while one is being replaced.
    pub secrets: Vec<WebhookSecret>,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The signing secret cannot be used.
    #[error("start with the signing secret")]
    Key(#[from] KeyError),
    /// The endpoints are not what they have to be.
    #[error(
        "read the webhook endpoints: JSON {{\"name\": {{\"url\": …, \"secrets\": […]}}}} is allowed"
    )]
    Endpoints(#[from] serde_json::Error),
    /// An endpoint's secret is none.
    #[error("read the secrets of the webhook endpoint `{endpoint}`")]
    EndpointSecret {
        /// The endpoint.
        endpoint: String,
        /// What is wrong.
        #[source]
        source: WebhookSecretError,
    },
}

impl Deps {
    /// Makes the clients from the environment and reads the secrets.
    ///
    /// # Errors
    /// A secret that cannot be read or used.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let key = Key::new(secrets::read(&aws, &config.key_secret_arn).await?.expose())?;
        let endpoints = match &config.endpoints_secret_arn {
            Some(arn) => read_endpoints(secrets::read(&aws, arn).await?.expose())?,
            None => BTreeMap::new(),
        };
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        Ok(Self {
            key,
            endpoints,
            submissions: SubmissionStore::new(tables.clone(), config.submissions_table.clone()),
            guard: GuardTable::new(tables, config.guard_table.clone()),
            mail: aws_sdk_sesv2::Client::new(&aws),
            events: aws_sdk_eventbridge::Client::new(&aws),
            config,
        })
    }
}

fn read_endpoints(json: &str) -> Result<BTreeMap<String, WebhookEndpoint>, StartError> {
    #[derive(Deserialize)]
    struct Document {
        url: String,
        secrets: Vec<String>,
    }
    let documents: BTreeMap<String, Document> = serde_json::from_str(json)?;
    documents
        .into_iter()
        .map(|(name, document)| {
            let secrets: Result<Vec<WebhookSecret>, _> = document
                .secrets
                .iter()
                .map(|secret| WebhookSecret::parse(secret))
                .collect();
            let secrets = secrets.map_err(|source| StartError::EndpointSecret {
                endpoint: name.clone(),
                source,
            })?;
            let url = document.url;
            Ok((name, WebhookEndpoint { url, secrets }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_have_addresses_and_secrets() {
        let json = r#"{"crm":{"url":"https://crm.example/","secrets":["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]}}"#;
        let endpoints = read_endpoints(json).unwrap();
        assert_eq!(endpoints["crm"].url, "https://crm.example/");
        let error = read_endpoints(&json.replace("whsec_", "")).unwrap_err();
        assert!(error.to_string().contains("`crm`"));
        assert!(read_endpoints("[]").is_err());
    }
}
