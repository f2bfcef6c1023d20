//! Secrets from AWS Secrets Manager, read once when a function starts.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use lambda_kit::BoxFuture;
use settings::Secret;

/// Why a secret cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("get the secret `{arn}`")]
pub struct SecretError {
    arn: String,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// The text of the secret `arn`.
///
/// # Errors
/// A failed call; a secret that is bytes.
pub fn read<'a>(aws: &'a SdkConfig, arn: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
    Box::pin(async move {
        let failed = |source| SecretError {
            arn: arn.to_owned(),
            source,
        };
        let output = Client::new(aws)
            .get_secret_value()
            .secret_id(arn)
            .send()
            .await
            .map_err(|error| failed(Box::new(error)))?;
        output
            .secret_string
            .map(Secret::new)
            .ok_or_else(|| failed("it is not a text".into()))
    })
}
