use std::time::Duration;

use audit_log::{AuditRules, RulesError as AuditRulesError};
use lambda_kit::Idempotency;
use log_privacy::Privacy;
use secrets::SecretError;
use site_logs::{LogRules, RulesError};
use store::Bucket;

use crate::Config;
use crate::public_keys::PublicKeys;

/// How long a claim on a log lasts: longer than the function's timeout (300 s), shorter than
/// the queue's visibility timeout (1,800 s), so that the delivery after a crash finds the log
/// free.
const LEASE: Duration = Duration::from_secs(400);
/// How long a claim on a delivery of CloudWatch Logs lasts. It has a megabyte of text at most,
/// and Lambda tries again after one minute and after two: a longer claim than that would
/// make all tries after a crash find it taken.
const DELIVERY_LEASE: Duration = Duration::from_secs(50);

/// What reading a log needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The site's rules.
    pub rules: LogRules,
    /// Rules about calls of AWS APIs.
    pub audit: AuditRules,
    /// The key that addresses are hashed with; empty where they are not.
    pub(crate) hash_key: Vec<u8>,
    /// The bucket that logs are delivered to.
    pub logs: Bucket,
    /// The bucket with what is made of them.
    pub results: Bucket,
    /// What CloudTrail signs its digests with.
    pub(crate) public_keys: PublicKeys,
    /// Once per log.
    pub idempotency: Idempotency,
    /// Once per delivery.
    pub deliveries: Idempotency,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The compiled-in rules have a fault.
    #[error("start with the site's log rules")]
    Rules(#[from] RulesError),
    /// The compiled-in rules about API calls have a fault.
    #[error("start with the audit rules")]
    AuditRules(#[from] AuditRulesError),
    /// The secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The rules hash addresses, and there is nothing to hash them with.
    #[error("start: the log rules hash addresses with a key; set LOG_HASH_KEY_SECRET_ARN")]
    NoHashKey,
}

impl Deps {
    /// Makes the clients from the environment, and reads the key where the rules need one.
    ///
    /// # Errors
    /// Rules with a fault, or a key that is missing.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let rules = LogRules::of_site()?;
        let needs_key = Privacy::new(rules.privacy.clone(), b"").needs_key();
        let hash_key = match (&config.hash_key_secret_arn, needs_key) {
            (_, false) => Vec::new(),
            (None, true) => return Err(StartError::NoHashKey),
            (Some(arn), true) => secrets::read(&aws, arn).await?.expose().as_bytes().to_vec(),
        };
        let objects = aws_sdk_s3::Client::new(&aws);
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        Ok(Self {
            rules,
            audit: AuditRules::standard()?,
            hash_key,
            logs: Bucket::new(objects.clone(), config.log_bucket.clone()),
            results: Bucket::new(objects, config.results_bucket.clone()),
            public_keys: PublicKeys::new(aws_sdk_cloudtrail::Config::new(&aws)),
            idempotency: Idempotency::new(tables.clone(), config.log_table.clone(), LEASE),
            deliveries: Idempotency::new(tables, config.log_table.clone(), DELIVERY_LEASE),
            config,
        })
    }
}
