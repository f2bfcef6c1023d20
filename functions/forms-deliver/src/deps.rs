use form_guard::{Key, KeyError};
use secrets::SecretError;
use submission_store::{GuardTable, SubmissionStore};
use webhooks::{Endpoints, EndpointsError, read_endpoints};

use crate::Config;

/// What delivering needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// Signs links.
    pub key: Key,
    /// The webhook endpoints, by name.
    pub endpoints: Endpoints,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// The table of breakers.
    pub guard: GuardTable,
    /// Sends mail.
    pub mail: aws_sdk_sesv2::Client,
    /// Takes events.
    pub events: aws_sdk_eventbridge::Client,
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
    /// The webhook endpoints are not known.
    #[error(transparent)]
    Endpoints(#[from] EndpointsError),
}

impl Deps {
    /// Makes the clients from the environment and reads the secrets.
    ///
    /// # Errors
    /// A secret that cannot be read or used.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let key = Key::new(secrets::read(&aws, &config.key_secret_arn).await?.expose())?;
        let endpoints_arn = config.webhooks.endpoints_secret_arn.as_deref();
        let endpoints = read_endpoints(&aws, endpoints_arn).await?;
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
