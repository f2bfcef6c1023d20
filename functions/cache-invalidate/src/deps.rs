use std::time::Duration;

use cache::{Cache, CacheError};
use database::{Database, DatabaseError};

use crate::Config;
use crate::edge::Edge;
use crate::purge_table::PurgeTable;

/// How long a run waits for what is due soon, instead of leaving it to the next minute: long
/// enough for the second pass over the proxies' old copies.
const PATIENCE: Duration = Duration::from_secs(15);

/// What invalidating needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The outbox's database.
    pub database: Database,
    /// Redis.
    pub cache: Cache,
    pub(crate) purges: PurgeTable,
    pub(crate) edge: Edge,
    /// How long a run waits for what is due soon.
    pub patience: Duration,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database's settings are no good.
    #[error("use the database")]
    Database(#[from] DatabaseError),
    /// The cache's settings are no good.
    #[error("use the cache")]
    Cache(#[from] CacheError),
}

impl Deps {
    /// Makes the clients from the environment. Nothing is sent yet.
    ///
    /// # Errors
    /// When an address is none, or certificates cannot be read.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let credentials = aws.credentials_provider();
        let database = Database::new(&config.database, credentials.clone())?;
        let cache = Cache::new(&config.cache, credentials)?;
        let cloudfront = aws_sdk_cloudfront::Client::new(&aws);
        let events = aws_sdk_eventbridge::Client::new(&aws);
        Ok(Self::new(config, database, cache, cloudfront, events))
    }

    /// Uses the clients given.
    #[must_use]
    pub fn new(
        config: Config,
        database: Database,
        cache: Cache,
        cloudfront: aws_sdk_cloudfront::Client,
        events: aws_sdk_eventbridge::Client,
    ) -> Self {
        Self {
            purges: PurgeTable::new(database.clone()),
            edge: Edge::new(
                cloudfront,
                events,
                config.distribution_id.clone(),
                config.event_bus.clone(),
            ),
            database,
            cache,
            config,
            patience: PATIENCE,
        }
    }
}
