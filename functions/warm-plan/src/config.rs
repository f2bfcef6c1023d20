use settings::{Reader, SettingsError, Vars};
use telemetry::Service;
use warm_store::LaneUrls;

/// Settings of `warm-plan`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `WARM_TABLE`: the DynamoDB table of runs, chunks and limiters.
    pub warm_table: String,
    /// `WARM_P0_QUEUE_URL`, `WARM_P1_QUEUE_URL`, `WARM_P2_QUEUE_URL`: the queues of the lanes.
    pub lanes: LaneUrls,
    /// `WARM_KEY_SECRET_ARN`: the secret that requests are signed with.
    pub key_secret_arn: String,
    /// `LOG_RESULTS_BUCKET`: the bucket of hot lists and reports.
    pub results_bucket: String,
    /// `SITE_URL`: the site's public origin, without a slash at the end.
    pub site_url: String,
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
            warm_table: reader.required("WARM_TABLE", "a DynamoDB table name"),
            lanes: LaneUrls::read(&mut reader),
            key_secret_arn: reader.required("WARM_KEY_SECRET_ARN", "the ARN of a secret"),
            results_bucket: reader.required("LOG_RESULTS_BUCKET", "an S3 bucket name"),
            site_url: reader.origin("SITE_URL"),
            distribution_id: reader.optional("DISTRIBUTION_ID"),
            telemetry: Service::read(&reader, "warm-plan"),
        };
        reader.finish(config)
    }

    /// The variables that `warming.toml` may name.
    pub(crate) fn setting(&self, variable: &str) -> Option<String> {
        (variable == "SITE_URL").then(|| self.site_url.clone())
    }
}
