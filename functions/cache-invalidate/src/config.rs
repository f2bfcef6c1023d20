use cache::{CacheSettings, Refresh};
use database::DatabaseSettings;
use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// A run does one thing at a time.
const CONNECTIONS: usize = 1;

/// Settings of `cache-invalidate`.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL` and what belongs to it: the role that owns the outbox.
    pub database: DatabaseSettings,
    /// `CACHE_URL` and what belongs to it.
    pub cache: CacheSettings,
    /// `DISTRIBUTION_ID`: the CloudFront distribution; none where its API cannot be reached.
    /// Pages there end with their lifetime.
    pub distribution_id: Option<String>,
    /// `EVENT_BUS`: the bus that the warmer listens to; none where it cannot be reached.
    pub event_bus: Option<String>,
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
        "DISTRIBUTION_ID",
        "EVENT_BUS",
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
            database: DatabaseSettings::read(&mut reader, CONNECTIONS),
            cache: CacheSettings::read(&mut reader, Refresh::Inline),
            distribution_id: reader.optional("DISTRIBUTION_ID"),
            event_bus: reader.optional("EVENT_BUS"),
            telemetry: Service::read(&reader, "cache-invalidate"),
        };
        reader.finish(config)
    }
}
