use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Settings of `log-report`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `LOG_RESULTS_BUCKET`: the bucket with what is made of logs.
    pub results_bucket: String,
    /// `LOG_TABLE`: the DynamoDB table of alerts and claims.
    pub log_table: String,
    /// `GUARD_TABLE`: the forms' DynamoDB table of counters, which has the list of operators.
    pub guard_table: String,
    /// `ALERT_TOPIC_ARN`: the SNS topic of alerts.
    pub alert_topic_arn: String,
    /// `SITE_URL`: the site's public origin, without a slash at the end.
    pub site_url: String,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "LOG_RESULTS_BUCKET",
        "LOG_TABLE",
        "GUARD_TABLE",
        "ALERT_TOPIC_ARN",
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
            results_bucket: reader.required("LOG_RESULTS_BUCKET", "an S3 bucket name"),
            log_table: reader.required("LOG_TABLE", "a DynamoDB table name"),
            guard_table: reader.required("GUARD_TABLE", "a DynamoDB table name"),
            alert_topic_arn: reader.required("ALERT_TOPIC_ARN", "the ARN of an SNS topic"),
            site_url: reader.origin("SITE_URL"),
            telemetry: Service::read(&reader, "log-report"),
        };
        reader.finish(config)
    }
}
