use std::collections::BTreeMap;

use secrets::SecretError;
use store::Bucket;
use tokio::sync::Mutex;
use warm_store::{Lanes, WarmStore};
use warming::{BaseError, SiteWarming, WarmingError};

use crate::Config;
use crate::find_caches::FoundCaches;
use crate::site_client::{SiteClient, client};

/// What planning needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// What is to be warmed, and how.
    pub site: SiteWarming,
    /// Runs and chunks.
    pub store: WarmStore,
    /// The queues.
    pub lanes: Lanes,
    /// Hot lists and reports.
    pub results: Bucket,
    /// Cache policies.
    pub(crate) distributions: aws_sdk_cloudfront::Client,
    /// Asks targets for sitemaps, by their ids.
    pub(crate) sites: BTreeMap<String, SiteClient>,
    /// Cache policies that were found.
    pub(crate) caches: Mutex<FoundCaches>,
}

/// Clients of AWS services.
#[derive(Debug, Clone)]
pub struct Clients {
    /// The table.
    pub tables: aws_sdk_dynamodb::Client,
    /// The lanes.
    pub queues: aws_sdk_sqs::Client,
    /// The bucket.
    pub objects: aws_sdk_s3::Client,
    /// Cache policies.
    pub distributions: aws_sdk_cloudfront::Client,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The compiled-in configuration has a fault.
    #[error("start with the site's warming.toml")]
    Warming(#[from] WarmingError),
    /// A secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A target's base is not known or no address.
    #[error(transparent)]
    Base(#[from] BaseError),
    /// The client for sitemaps.
    #[error("make the HTTP client")]
    Http(#[from] reqwest::Error),
}

impl Deps {
    /// Makes the clients from the environment and reads the secret.
    ///
    /// # Errors
    /// A configuration with a fault, or a secret that cannot be read.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let key = secrets::read(&aws, &config.warm.key_secret_arn).await?;
        let clients = Clients {
            tables: aws_sdk_dynamodb::Client::new(&aws),
            queues: aws_sdk_sqs::Client::new(&aws),
            objects: aws_sdk_s3::Client::new(&aws),
            distributions: aws_sdk_cloudfront::Client::new(&aws),
        };
        Self::new(config, SiteWarming::of_site()?, clients, key.expose())
    }

    /// Puts together what there is. Nothing is sent yet.
    ///
    /// # Errors
    /// A target whose base is no address.
    pub fn new(
        config: Config,
        site: SiteWarming,
        clients: Clients,
        key: &str,
    ) -> Result<Self, StartError> {
        let http = client(&config.warm.site_url)?;
        let mut sites = BTreeMap::new();
        for target in &site.targets {
            let base = target.base_url(|name| config.warm.variable(name))?;
            let client = SiteClient::new(http.clone(), base, key);
            sites.insert(target.id.clone(), client);
        }
        Ok(Self {
            store: WarmStore::new(clients.tables, config.warm.table.clone()),
            lanes: Lanes::new(clients.queues, config.warm.lanes.clone()),
            results: Bucket::new(clients.objects, config.results_bucket.clone()),
            distributions: clients.distributions,
            sites,
            caches: Mutex::default(),
            site,
            config,
        })
    }
}
