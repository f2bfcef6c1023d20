use std::collections::BTreeMap;
use std::time::Duration;

use alert_topic::AlertTopic;
use aws_config::SdkConfig;
use health_checks::{ChecksError, SiteChecks};
use health_state::CheckState;
use health_store::HealthStore;
use lambda_kit::Idempotency;
use store::Bucket;
use tokio::sync::{Mutex, OnceCell};
use webhooks::{Endpoint, EndpointsError, read_endpoints};

use crate::publish_status::Published;
use crate::{Config, Prober};

/// How long a claim on telling somebody lasts: longer than the function's timeout (60 s).
const LEASE: Duration = Duration::from_secs(90);

/// What probing needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The site's checks, as far as this deployment has what they ask.
    pub checks: SiteChecks,
    /// Asks them.
    pub prober: Prober,
    /// The site's health.
    pub store: HealthStore,
    /// The bucket of the status page.
    pub bucket: Bucket,
    /// Once per notice and destination.
    pub claims: Idempotency,
    /// Where alerts go.
    pub topic: AlertTopic,
    /// Webhook endpoints.
    pub(crate) endpoints: Endpoints,
    /// Kept from run to run.
    pub(crate) kept: Mutex<Kept>,
}

/// What a run need not read again that one before has read or written.
#[derive(Default)]
pub(crate) struct Kept {
    /// How the checks were, for the case that their table fails.
    pub(crate) states: BTreeMap<String, CheckState>,
    /// What the status page was made of.
    pub(crate) published: Published,
}

/// The webhook endpoints, read when the first notice goes to one: a secret that cannot be read
/// must not keep the site from being looked at.
pub(crate) struct Endpoints {
    aws: SdkConfig,
    secret_arn: Option<String>,
    read: OnceCell<webhooks::Endpoints>,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The compiled-in checks have a fault.
    #[error("start with the site's checks")]
    Checks(#[from] ChecksError),
}

impl Deps {
    /// Makes the clients from the environment. Nothing is sent yet.
    ///
    /// # Errors
    /// When the compiled-in checks have a fault.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        let objects = aws_sdk_s3::Client::new(&aws);
        let variables = &config.probes.variables;
        Ok(Self {
            checks: SiteChecks::of_site()?.of_deployment(|name| variables.get(name).cloned()),
            prober: Prober::connect(&aws, config.probes.clone()),
            store: HealthStore::new(tables.clone(), config.health_table.clone()),
            bucket: Bucket::new(objects, config.status_bucket.clone()),
            claims: Idempotency::new(tables, config.health_table.clone(), LEASE),
            topic: AlertTopic::new(
                aws_sdk_sns::Client::new(&aws),
                config.alert_topic_arn.clone(),
            ),
            endpoints: Endpoints {
                secret_arn: config.webhooks.endpoints_secret_arn.clone(),
                aws,
                read: OnceCell::new(),
            },
            kept: Mutex::default(),
            config,
        })
    }
}

impl Endpoints {
    /// The endpoint of a name; `None` where there is none.
    pub(crate) async fn named(&self, name: &str) -> Result<Option<&Endpoint>, EndpointsError> {
        let read = || read_endpoints(&self.aws, self.secret_arn.as_deref());
        Ok(self.read.get_or_try_init(read).await?.get(name))
    }
}
