use settings::{Reader, SettingsError, Vars};
use telemetry::Service;
use warm_store::WarmSettings;

/// Settings of `warm-plan`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `WARM_TABLE`, the lanes' queues, `WARM_KEY_SECRET_ARN` and `SITE_URL`.
    pub warm: WarmSettings,
    /// `LOG_RESULTS_BUCKET`: the bucket of hot lists and reports.
    pub results_bucket: String,
    /// `DISTRIBUTION_ID`: the CloudFront distribution whose cache policies count; where it is
    /// not set, those of `warming.toml` do.
    pub distribution_id: Option<String>,
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
        "LOG_RESULTS_BUCKET",
        "SITE_URL",
        "DISTRIBUTION_ID",
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
            results_bucket: reader.required("LOG_RESULTS_BUCKET", "an S3 bucket name"),
            distribution_id: reader.optional("DISTRIBUTION_ID"),
            telemetry: Service::read(&reader, "warm-plan"),
        };
        reader.finish(config)
    }
}
