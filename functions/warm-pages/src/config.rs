use settings::{Reader, SettingsError, Vars};
use telemetry::Service;
use warm_store::LaneUrls;

/// Settings of `warm-pages`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `WARM_TABLE`: the DynamoDB table of runs, chunks and limiters.
    pub warm_table: String,
    /// `WARM_P0_QUEUE_URL`, `WARM_P1_QUEUE_URL`, `WARM_P2_QUEUE_URL`: the queues of the lanes.
    pub lanes: LaneUrls,
    /// `WARM_KEY_SECRET_ARN`: the secret that requests are signed with.
    pub key_secret_arn: String,
    /// `HEALTH_TABLE`: the DynamoDB table of the health checks.
    pub health_table: String,
    /// `SITE_URL`: the site's public origin, without a slash at the end.
    pub site_url: String,
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
            warm_table: reader.required("WARM_TABLE", "a DynamoDB table name"),
            lanes: LaneUrls::read(&mut reader),
            key_secret_arn: reader.required("WARM_KEY_SECRET_ARN", "the ARN of a secret"),
            health_table: reader.required("HEALTH_TABLE", "a DynamoDB table name"),
            site_url: reader.origin("SITE_URL"),
            telemetry: Service::read(&reader, "warm-pages"),
        };
        reader.finish(config)
    }

    /// The variables that `warming.toml` may name.
    pub(crate) fn setting(&self, variable: &str) -> Option<String> {
        (variable == "SITE_URL").then(|| self.site_url.clone())
    }
}
