use cloud_events::EventSources;
use health_checks::{ChecksError, SiteChecks};
use health_store::HealthStore;

use crate::Config;

/// What taking in an event needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The site's checks.
    pub checks: SiteChecks,
    /// Which of them which events concern.
    pub sources: EventSources,
    /// The table of the site's health.
    pub store: HealthStore,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The compiled-in checks have a fault.
    #[error("start with the site's checks")]
    Checks(#[from] ChecksError),
}

impl Deps {
    /// Makes the client from the environment. Nothing is sent yet.
    ///
    /// # Errors
    /// When the compiled-in checks have a fault.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        Ok(Self::new(config, SiteChecks::of_site()?, tables))
    }

    /// Uses the client and the checks given.
    #[must_use]
    pub fn new(config: Config, checks: SiteChecks, tables: aws_sdk_dynamodb::Client) -> Self {
        let value = |name: &str| config.sources.get(name).cloned();
        let sources = EventSources::of(&checks, value);
        Self {
            sources,
            store: HealthStore::new(tables, config.health_table.clone()),
            checks,
            config,
        }
    }
}
