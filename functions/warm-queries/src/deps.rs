use cache::{Cache, CacheError};
use database::{Database, DatabaseError};
use health_store::HealthStore;
use store::Bucket;
use warming::{SiteWarming, WarmingError};

use crate::Config;

/// What warming needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// What is kept warm.
    pub warming: SiteWarming,
    /// The database, as a role that only reads.
    pub database: Database,
    /// Redis.
    pub cache: Cache,
    /// The bucket with the hot lists.
    pub results: Bucket,
    /// How the site is.
    pub health: HealthStore,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// `warming.toml` has faults.
    #[error("start with the queries of warming.toml")]
    Warming(#[from] WarmingError),
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
    /// When `warming.toml` has faults, an address is none, or certificates cannot be read.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let objects = aws_sdk_s3::Client::new(&aws);
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        let credentials = aws.credentials_provider();
        let database = Database::new(&config.database, credentials.clone())?;
        let cache = Cache::new(&config.cache, credentials)?;
        Self::new(config, database, cache, objects, tables)
    }

    /// Uses the clients given.
    ///
    /// # Errors
    /// When `warming.toml` has faults.
    pub fn new(
        config: Config,
        database: Database,
        cache: Cache,
        objects: aws_sdk_s3::Client,
        tables: aws_sdk_dynamodb::Client,
    ) -> Result<Self, StartError> {
        Ok(Self {
            warming: SiteWarming::of_site()?,
            database,
            cache,
            results: Bucket::new(objects, config.results_bucket.clone()),
            health: HealthStore::new(tables, config.health_table.clone()),
            config,
        })
    }
}
