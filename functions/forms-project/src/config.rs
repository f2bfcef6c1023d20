use database::DatabaseSettings;
use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Settings of `forms-project`.
#[derive(Debug, Clone)]
pub struct Config {
    /// `SUBMISSIONS_TABLE`: the DynamoDB table of submissions.
    pub submissions_table: String,
    /// The database that submissions are projected into.
    pub database: DatabaseSettings,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "SUBMISSIONS_TABLE",
        "DATABASE_URL",
        "DATABASE_AUTH",
        "DATABASE_CA_FILE",
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
            // A worker has one event at a time.
            database: DatabaseSettings::read(&mut reader, 1),
            telemetry: Service::read(&reader, "forms-project"),
        };
        reader.finish(config)
    }
}
