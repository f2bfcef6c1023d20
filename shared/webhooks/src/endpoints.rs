use std::collections::BTreeMap;

use aws_config::SdkConfig;
use form_delivery::WebhookSecret;
use lambda_kit::BoxFuture;
use serde::Deserialize;

/// Endpoints by their names.
pub type Endpoints = BTreeMap<String, Endpoint>;

/// Where webhooks go, and how they are signed.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its address.
    pub url: String,
    /// Its secrets: two while one is being replaced.
    pub secrets: Vec<WebhookSecret>,
}

/// Why endpoints cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EndpointsError {
    /// The secret that has them cannot be read.
    #[error(transparent)]
    Unread(#[from] secrets::SecretError),
    /// They are not what they have to be.
    #[error(
        "read the webhook endpoints: JSON {{\"name\": {{\"url\": …, \"secrets\": […]}}}} is allowed"
    )]
    Json(#[from] serde_json::Error),
    /// The secret of one is none.
    #[error("read the secrets of the webhook endpoint `{endpoint}`")]
    Secret {
        /// Which one.
        endpoint: String,
        /// What is wrong.
        #[source]
        source: form_delivery::SecretError,
    },
}

/// Reads the endpoints from the secret of this ARN: JSON
/// `{"name": {"url": …, "secrets": ["whsec_…"]}}`. Without an ARN there are none.
///
/// # Errors
/// A secret that cannot be read or is not of that form. Nothing of it is told but names.
pub fn read_endpoints<'a>(
    aws: &'a SdkConfig,
    secret_arn: Option<&'a str>,
) -> BoxFuture<'a, Result<Endpoints, EndpointsError>> {
    Box::pin(async move {
        let Some(arn) = secret_arn else {
            return Ok(Endpoints::new());
        };
        parse(secrets::read(aws, arn).await?.expose())
    })
}

fn parse(json: &str) -> Result<Endpoints, EndpointsError> {
    #[derive(Deserialize)]
    struct Document {
        url: String,
        secrets: Vec<String>,
    }
    let documents: BTreeMap<String, Document> = serde_json::from_str(json)?;
    let mut endpoints = Endpoints::new();
    for (name, document) in documents {
        let secrets = document.secrets.iter();
        let secrets: Result<_, _> = secrets.map(|text| WebhookSecret::parse(text)).collect();
        let secrets = secrets.map_err(|source| EndpointsError::Secret {
            endpoint: name.clone(),
            source,
        })?;
        let url = document.url;
        endpoints.insert(name, Endpoint { url, secrets });
    }
    Ok(endpoints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_have_addresses_and_secrets() {
        let json = r#"{"crm":{"url":"https://crm.example/","secrets":["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]}}"#;
        let endpoints = parse(json).unwrap();
        assert_eq!(endpoints["crm"].url, "https://crm.example/");
        let error = parse(&json.replace("whsec_", "")).unwrap_err();
        assert!(error.to_string().contains("`crm`"));
        assert!(parse("[]").is_err());
    }
}
