use cache::{CacheSettings, Refresh};
use database::DatabaseSettings;
use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

use crate::warm_keys::CONCURRENCY;

/// Settings of `warm-queries`.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL` and what belongs to it: the role that only reads.
    pub database: DatabaseSettings,
    /// `CACHE_URL` and what belongs to it.
    pub cache: CacheSettings,
    /// `LOG_RESULTS_BUCKET`: the bucket with the hot lists.
    pub results_bucket: String,
    /// `HEALTH_TABLE`: the DynamoDB table that says how the site is.
    pub health_table: String,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them, besides `AWS_REGION`.
    pub const VARIABLES: &[&str] = &[
        "DATABASE_URL",
        "DATABASE_AUTH",
        "DATABASE_CA_FILE",
        "CACHE_URL",
        "CACHE_AUTH",
        "CACHE_USER",
        "CACHE_NAME",
        "LOG_RESULTS_BUCKET",
        "HEALTH_TABLE",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// All faults at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        let config = Self {
            database: DatabaseSettings::read(&mut reader, CONCURRENCY),
            cache: CacheSettings::read(&mut reader, Refresh::Inline),
            results_bucket: reader.required("LOG_RESULTS_BUCKET", "an S3 bucket name"),
            health_table: reader.required("HEALTH_TABLE", "a DynamoDB table name"),
            telemetry: Service::read(&reader, "warm-queries"),
        };
        reader.finish(config)
    }
}
