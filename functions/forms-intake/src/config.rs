use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Settings of `forms-intake`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `SUBMISSIONS_TABLE`: the DynamoDB table of submissions.
    pub submissions_table: String,
    /// `GUARD_TABLE`: the DynamoDB table of idempotency records and counters.
    pub guard_table: String,
    /// `FORMS_BUCKET`: the bucket of attachments, and the last resort of submissions.
    pub forms_bucket: String,
    /// `ACCEPT_QUEUE_URL`: where submissions wait while DynamoDB is away.
    pub accept_queue_url: String,
    /// `FORMS_KEY_SECRET_ARN`: the secret that tokens and links are signed with.
    pub key_secret_arn: String,
    /// `VERIFIER_SECRET_ARN`: JSON `{"site_key","secret"}` of the third-party verifier, if a form uses one.
    pub verifier_secret_arn: Option<String>,
    /// `SITE_URL`: the site's public origin, without a slash at the end.
    pub site_url: String,
    /// `UPLOAD_URL`: where browsers post attachments to: the bucket's own address.
    pub upload_url: String,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "SUBMISSIONS_TABLE",
        "GUARD_TABLE",
        "FORMS_BUCKET",
        "ACCEPT_QUEUE_URL",
        "FORMS_KEY_SECRET_ARN",
        "VERIFIER_SECRET_ARN",
        "SITE_URL",
        "UPLOAD_URL",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// All missing and misunderstood variables at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        let upload_url = reader.required("UPLOAD_URL", "the URL of the bucket");
        let config = Self {
            submissions_table: reader.required("SUBMISSIONS_TABLE", "a DynamoDB table name"),
            guard_table: reader.required("GUARD_TABLE", "a DynamoDB table name"),
            forms_bucket: reader.required("FORMS_BUCKET", "an S3 bucket name"),
            accept_queue_url: reader.required("ACCEPT_QUEUE_URL", "the URL of an SQS queue"),
            key_secret_arn: reader.required("FORMS_KEY_SECRET_ARN", "the ARN of a secret"),
            verifier_secret_arn: reader.optional("VERIFIER_SECRET_ARN"),
            site_url: reader.origin("SITE_URL"),
            upload_url: upload_url.trim_end_matches('/').to_owned(),
            telemetry: Service::read(&reader, "forms-intake"),
        };
        reader.finish(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn names_everything_that_is_missing() {
        let error = Config::from_vars(&BTreeMap::from([("SITE_URL", "https://example.com/")]))
            .unwrap_err()
            .to_string();
        for name in ["SUBMISSIONS_TABLE", "ACCEPT_QUEUE_URL", "UPLOAD_URL"] {
            assert!(error.contains(name), "{error}");
        }
        assert!(!error.contains("VERIFIER_SECRET_ARN") && !error.contains("SITE_URL"));
    }
}
