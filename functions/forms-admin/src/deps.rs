use std::time::Duration;

use form_guard::{Key, KeyError};
use secrets::SecretError;
use submission_store::{GuardTable, SubmissionStore};

use crate::Config;
use crate::oidc::PublicKeys;

/// Longest wait for the load balancer's public keys.
const KEYS_TIMEOUT: Duration = Duration::from_secs(5);

/// What answering a request needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// Signs sessions.
    pub key: Key,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// The table of counters.
    pub guard: GuardTable,
    /// The buckets of attachments and of reports.
    pub objects: aws_sdk_s3::Client,
    /// The queues.
    pub queues: aws_sdk_sqs::Client,
    /// The load balancer's public keys.
    pub(crate) public_keys: PublicKeys,
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
    /// The client for public keys.
    #[error("make the HTTP client")]
    Http(#[from] reqwest::Error),
}

impl Deps {
    /// Makes the clients from the environment and reads the signing secret.
    ///
    /// # Errors
    /// A secret that cannot be read or used.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let key = Key::new(secrets::read(&aws, &config.key_secret_arn).await?.expose())?;
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        let http = reqwest::Client::builder()
            .timeout(KEYS_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let region = aws.region().map_or_else(String::new, ToString::to_string);
        Ok(Self {
            key,
            submissions: SubmissionStore::new(tables.clone(), config.submissions_table.clone()),
            guard: GuardTable::new(tables, config.guard_table.clone()),
            objects: aws_sdk_s3::Client::new(&aws),
            queues: aws_sdk_sqs::Client::new(&aws),
            public_keys: PublicKeys::new(http, region),
            config,
        })
    }
}
