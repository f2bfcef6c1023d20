use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Settings of `health-web`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `HEALTH_TABLE`: the DynamoDB table of the site's health, for heartbeats.
    pub health_table: String,
    /// `STATUS_BUCKET`: the bucket with `snapshot.json`.
    pub status_bucket: String,
    /// `HEALTH_PUSH_SECRET_ARN`: the secret that tokens of heartbeats are made with. Without
    /// it nobody can send any.
    pub push_secret_arn: Option<String>,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "HEALTH_TABLE",
        "STATUS_BUCKET",
        "HEALTH_PUSH_SECRET_ARN",
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
            health_table: reader.required("HEALTH_TABLE", "a DynamoDB table name"),
            status_bucket: reader.required("STATUS_BUCKET", "an S3 bucket name"),
            push_secret_arn: reader.optional("HEALTH_PUSH_SECRET_ARN"),
            telemetry: Service::read(&reader, "health-web"),
        };
        reader.finish(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn heartbeats_need_not_be_set_up() {
        let mut vars = BTreeMap::from([("HEALTH_TABLE", "health")]);
        let error = Config::from_vars(&vars).unwrap_err().to_string();
        assert!(
            error.contains("STATUS_BUCKET") && !error.contains("SECRET"),
            "{error}"
        );
        vars.insert("STATUS_BUCKET", "status");
        assert_eq!(Config::from_vars(&vars).unwrap().push_secret_arn, None);
    }
}
