use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Settings of `log-processor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `LOG_BUCKET`: the bucket that logs are delivered to.
    pub log_bucket: String,
    /// `LOG_RESULTS_BUCKET`: the bucket with what is made of them.
    pub results_bucket: String,
    /// `LOG_TABLE`: the DynamoDB table of claims.
    pub log_table: String,
    /// `LOG_HASH_KEY_SECRET_ARN`: the secret with the key that addresses are hashed with, where
    /// the rules ask for that.
    pub hash_key_secret_arn: Option<String>,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "LOG_BUCKET",
        "LOG_RESULTS_BUCKET",
        "LOG_TABLE",
        "LOG_HASH_KEY_SECRET_ARN",
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
            log_bucket: reader.required("LOG_BUCKET", "an S3 bucket name"),
            results_bucket: reader.required("LOG_RESULTS_BUCKET", "an S3 bucket name"),
            log_table: reader.required("LOG_TABLE", "a DynamoDB table name"),
            hash_key_secret_arn: reader.optional("LOG_HASH_KEY_SECRET_ARN"),
            telemetry: Service::read(&reader, "log-processor"),
        };
        reader.finish(config)
    }
}
