use settings::{Reader, Secret, SettingsError, Vars};
use telemetry::Service;

/// Settings of `forms-project`.
#[derive(Debug, Clone)]
pub struct Config {
    /// `SUBMISSIONS_TABLE`: the DynamoDB table of submissions.
    pub submissions_table: String,
    /// `DATABASE_URL`: `postgres://user@host:port/database`.
    pub database_url: Secret,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "SUBMISSIONS_TABLE",
        "DATABASE_URL",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// All missing variables at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        let database_url = reader.required("DATABASE_URL", "postgres://user@host:port/database");
        let config = Self {
            submissions_table: reader.required("SUBMISSIONS_TABLE", "a DynamoDB table name"),
            database_url: Secret::new(database_url),
            telemetry: Service::read(&reader, "forms-project"),
        };
        reader.finish(config)
    }
}
