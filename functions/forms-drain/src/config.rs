use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Settings of `forms-drain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `SUBMISSIONS_TABLE`: the DynamoDB table of submissions.
    pub submissions_table: String,
    /// `GUARD_TABLE`: the DynamoDB table of idempotency records.
    pub guard_table: String,
    /// `FORMS_BUCKET`: the bucket with `accepted/`.
    pub forms_bucket: String,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "SUBMISSIONS_TABLE",
        "GUARD_TABLE",
        "FORMS_BUCKET",
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
            submissions_table: reader.required("SUBMISSIONS_TABLE", "a DynamoDB table name"),
            guard_table: reader.required("GUARD_TABLE", "a DynamoDB table name"),
            forms_bucket: reader.required("FORMS_BUCKET", "an S3 bucket name"),
            telemetry: Service::read(&reader, "forms-drain"),
        };
        reader.finish(config)
    }
}
