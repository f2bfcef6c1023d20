use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Settings of `forms-dispatch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `SUBMISSIONS_TABLE`: the DynamoDB table of submissions.
    pub submissions_table: String,
    /// `DELIVERY_QUEUE_URL`: mails, webhooks and events.
    pub delivery_queue_url: String,
    /// `PROJECTION_QUEUE_URL`: rows for PostgreSQL.
    pub projection_queue_url: String,
    /// `FILES_QUEUE_URL`: attachments.
    pub files_queue_url: String,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "SUBMISSIONS_TABLE",
        "DELIVERY_QUEUE_URL",
        "PROJECTION_QUEUE_URL",
        "FILES_QUEUE_URL",
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
            delivery_queue_url: reader.required("DELIVERY_QUEUE_URL", "the URL of an SQS queue"),
            projection_queue_url: reader
                .required("PROJECTION_QUEUE_URL", "the URL of an SQS queue"),
            files_queue_url: reader.required("FILES_QUEUE_URL", "the URL of an SQS queue"),
            telemetry: Service::read(&reader, "forms-dispatch"),
        };
        reader.finish(config)
    }
}
