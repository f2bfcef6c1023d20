use health_store::HealthStore;
use secrets::SecretError;
use warm_store::{Lanes, WarmStore};
use warming::{BaseError, SiteWarming, WarmingError, product};

use crate::Config;
use crate::brake::Brake;
use crate::http_get::{GetLimits, Getter, client};
use crate::site_target::{SiteTarget, SiteTargets};

/// What asking for pages needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// What is to be warmed, and how.
    pub site: SiteWarming,
    /// Runs, chunks and limiters.
    pub store: WarmStore,
    /// The queues.
    pub lanes: Lanes,
    /// What the health checks say.
    pub(crate) brake: Brake,
    /// Whom to ask.
    pub(crate) targets: SiteTargets,
}

/// Clients of AWS services.
#[derive(Debug, Clone)]
pub struct Clients {
    /// The tables of the warmer and of the health checks.
    pub tables: aws_sdk_dynamodb::Client,
    /// The lanes.
    pub queues: aws_sdk_sqs::Client,
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
    /// The client for pages.
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
        let http = client()?;
        let product = product(&config.warm.site_url);
        let mut targets = Vec::new();
        for target in &site.targets {
            let base = target.base_url(|name| config.warm.variable(name))?;
            let getter = Getter {
                client: http.clone(),
                base,
                product: product.clone(),
                key: key.as_bytes().to_vec(),
                limits: GetLimits::default(),
            };
            targets.push(SiteTarget {
                target: target.clone(),
                getter,
            });
        }
        let health = HealthStore::new(clients.tables.clone(), config.health_table.clone());
        Ok(Self {
            store: WarmStore::new(clients.tables, config.warm.table.clone()),
            lanes: Lanes::new(clients.queues, config.warm.lanes.clone()),
            brake: Brake::new(health),
            targets: SiteTargets::new(targets),
            site,
            config,
        })
    }
}
