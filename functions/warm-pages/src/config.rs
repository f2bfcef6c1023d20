use settings::{Reader, SettingsError, Vars};
use telemetry::Service;
use warm_store::WarmSettings;

/// Settings of `warm-pages`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `WARM_TABLE`, the lanes' queues, `WARM_KEY_SECRET_ARN` and `SITE_URL`.
    pub warm: WarmSettings,
    /// `HEALTH_TABLE`: the DynamoDB table of the health checks.
    pub health_table: String,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "WARM_TABLE",
        "WARM_P0_QUEUE_URL",
        "WARM_P1_QUEUE_URL",
        "WARM_P2_QUEUE_URL",
        "WARM_KEY_SECRET_ARN",
        "HEALTH_TABLE",
        "SITE_URL",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// All missing variables at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        let config = Self {
            warm: WarmSettings::read(&mut reader),
            health_table: reader.required("HEALTH_TABLE", "a DynamoDB table name"),
            telemetry: Service::read(&reader, "warm-pages"),
        };
        reader.finish(config)
    }
}
