use health_checks::{ChecksError, SiteChecks};
use health_store::HealthStore;
use store::Bucket;

use crate::Config;
use crate::push_keys::PushKeys;
use crate::snapshots::Snapshots;

/// What answering a request needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The site's checks.
    pub checks: SiteChecks,
    /// What tokens of heartbeats are made with.
    pub push_keys: PushKeys,
    /// The table of the site's health.
    pub(crate) store: HealthStore,
    /// What the prober saw last.
    pub(crate) snapshots: Snapshots,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The compiled-in checks have a fault.
    #[error("start with the site's checks")]
    Checks(#[from] ChecksError),
}

impl Deps {
    /// Makes the clients from the environment. Nothing is sent yet: the page is there though
    /// nothing else is.
    ///
    /// # Errors
    /// When the compiled-in checks have a fault.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let keys = PushKeys::of_secret(aws.clone(), config.push_secret_arn.clone());
        let objects = aws_sdk_s3::Client::new(&aws);
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        Ok(Self::new(
            config,
            SiteChecks::of_site()?,
            keys,
            objects,
            tables,
        ))
    }

    /// Uses what is given.
    #[must_use]
    pub fn new(
        config: Config,
        checks: SiteChecks,
        push_keys: PushKeys,
        objects: aws_sdk_s3::Client,
        tables: aws_sdk_dynamodb::Client,
    ) -> Self {
        let bucket = Bucket::new(objects, config.status_bucket.clone());
        Self {
            checks,
            push_keys,
            store: HealthStore::new(tables, config.health_table.clone()),
            snapshots: Snapshots::new(bucket),
            config,
        }
    }
}
