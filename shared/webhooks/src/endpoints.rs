use std::collections::BTreeMap;

use form_delivery::{SecretError, WebhookSecret};
use serde::Deserialize;

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
        source: SecretError,
    },
}

/// Reads endpoints by their names, as the secret of the endpoints has them.
///
/// # Errors
/// What is not of that form. No secret is told.
pub fn read_endpoints(json: &str) -> Result<BTreeMap<String, Endpoint>, EndpointsError> {
    #[derive(Deserialize)]
    struct Document {
        url: String,
        secrets: Vec<String>,
    }
    let documents: BTreeMap<String, Document> = serde_json::from_str(json)?;
    let mut endpoints = BTreeMap::new();
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
        let endpoints = read_endpoints(json).unwrap();
        assert_eq!(endpoints["crm"].url, "https://crm.example/");
        let error = read_endpoints(&json.replace("whsec_", "")).unwrap_err();
        assert!(error.to_string().contains("`crm`"));
        assert!(read_endpoints("[]").is_err());
    }
}
