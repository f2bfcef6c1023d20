use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Region, SharedCredentialsProvider};
use form_guard::{Key, KeyError};
use secrets::SecretError;
use serde::Deserialize;
use settings::Secret;
use submission_store::{GuardTable, SubmissionStore};

use crate::Config;
use crate::abusive_operators::AbusiveOperators;

/// One attempt to store. A visitor waits: better the next store than a long wait.
const ATTEMPT: Duration = Duration::from_millis(1_500);
/// Attempts at one store before the next one is tried.
const ATTEMPTS: u32 = 2;
/// Longest wait for a third-party verifier.
const VERIFIER_TIMEOUT: Duration = Duration::from_secs(2);

/// What answering a request needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// Signs tokens and links.
    pub key: Key,
    /// The third-party verifier's keys, where one is configured.
    pub verifier: Option<VerifierKeys>,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// The table of idempotency records and counters.
    pub guard: GuardTable,
    /// The operators that attacked the site.
    pub(crate) abusive_operators: AbusiveOperators,
    /// The queue of submissions that wait for DynamoDB.
    pub(crate) queue: aws_sdk_sqs::Client,
    /// The bucket, the last resort.
    pub(crate) objects: aws_sdk_s3::Client,
    /// For the verifier.
    pub(crate) http: reqwest::Client,
    /// What uploads are signed with.
    pub(crate) credentials: SharedCredentialsProvider,
    /// Where the bucket is.
    pub(crate) region: String,
}

/// The AWS clients.
pub struct Clients {
    /// For both tables.
    pub tables: aws_sdk_dynamodb::Client,
    /// For the queue.
    pub queue: aws_sdk_sqs::Client,
    /// For the bucket.
    pub objects: aws_sdk_s3::Client,
    /// What uploads are signed with.
    pub credentials: SharedCredentialsProvider,
    /// Where the bucket is.
    pub region: String,
}

/// Keys of a third-party verifier.
#[derive(Debug, Clone)]
pub struct VerifierKeys {
    /// The public one, in the page.
    pub site_key: String,
    /// The other.
    pub secret: Secret,
}

impl VerifierKeys {
    /// Reads `{"site_key","secret"}`.
    fn parse(json: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Document {
            site_key: String,
            secret: String,
        }
        let document: Document = serde_json::from_str(json)?;
        Ok(Self {
            site_key: document.site_key,
            secret: Secret::new(document.secret),
        })
    }
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
    /// The verifier's secret is not what it has to be.
    #[error("start with the verifier's keys: JSON with site_key and secret is allowed")]
    Verifier(#[from] serde_json::Error),
    /// The environment gives no credentials.
    #[error("find credentials to sign uploads with")]
    Credentials,
    /// The client for the verifier.
    #[error("make the HTTP client")]
    Http(#[from] reqwest::Error),
}

impl Deps {
    /// Makes the clients from the environment and reads the secrets.
    ///
    /// # Errors
    /// A secret that cannot be read or used.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT)
            .build();
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
        let quick = aws
            .to_builder()
            .timeout_config(timeouts)
            .retry_config(retries)
            .build();
        let key = Key::new(secrets::read(&aws, &config.key_secret_arn).await?.expose())?;
        let verifier = match &config.verifier_secret_arn {
            Some(arn) => Some(VerifierKeys::parse(
                secrets::read(&aws, arn).await?.expose(),
            )?),
            None => None,
        };
        let clients = Clients {
            tables: aws_sdk_dynamodb::Client::new(&quick),
            queue: aws_sdk_sqs::Client::new(&quick),
            objects: aws_sdk_s3::Client::new(&quick),
            credentials: aws.credentials_provider().ok_or(StartError::Credentials)?,
            region: aws.region().map_or_else(String::new, Region::to_string),
        };
        let mut deps = Self::new(config, key, clients)?;
        deps.verifier = verifier;
        Ok(deps)
    }

    /// Uses the clients given.
    ///
    /// # Errors
    /// An HTTP client that cannot be made.
    pub fn new(config: Config, key: Key, clients: Clients) -> Result<Self, StartError> {
        Ok(Self {
            key,
            verifier: None,
            submissions: SubmissionStore::new(
                clients.tables.clone(),
                config.submissions_table.clone(),
            ),
            guard: GuardTable::new(clients.tables, config.guard_table.clone()),
            abusive_operators: AbusiveOperators::default(),
            http: reqwest::Client::builder()
                .timeout(VERIFIER_TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()?,
            credentials: clients.credentials,
            region: clients.region,
            queue: clients.queue,
            objects: clients.objects,
            config,
        })
    }
}
