use settings::{Reader, Secret, SettingsError, Vars};
use telemetry::Service;

/// How the owner signs in.
#[derive(Debug, Clone)]
pub enum Auth {
    /// The ALB has done it, and says who it is in a signed header.
    Oidc {
        /// `ADMIN_OIDC_ALB_ARN`: the load balancer whose word counts.
        load_balancer_arn: String,
    },
    /// With a password, on a developer's machine.
    Local {
        /// `ADMIN_PASSWORD`.
        password: Secret,
    },
}

/// Settings of `forms-admin`.
#[derive(Debug, Clone)]
pub struct Config {
    /// `SUBMISSIONS_TABLE`: the DynamoDB table of submissions.
    pub submissions_table: String,
    /// `GUARD_TABLE`: the DynamoDB table of counters.
    pub guard_table: String,
    /// `FORMS_BUCKET`: the bucket of attachments.
    pub forms_bucket: String,
    /// `LOG_RESULTS_BUCKET`: the bucket of the reports about the logs.
    pub log_results_bucket: String,
    /// `PROJECTION_QUEUE_URL`: where erasures go.
    pub projection_queue_url: String,
    /// `DEAD_LETTER_QUEUE_URLS`: the queues whose depth is shown, separated by commas.
    pub dead_letter_queue_urls: Vec<String>,
    /// `FORMS_KEY_SECRET_ARN`: the secret that sessions are signed with.
    pub key_secret_arn: String,
    /// `SITE_URL`: the site's public origin, without a slash at the end.
    pub site_url: String,
    /// `ADMIN_AUTH`: `oidc` or `local`.
    pub auth: Auth,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "SUBMISSIONS_TABLE",
        "GUARD_TABLE",
        "FORMS_BUCKET",
        "LOG_RESULTS_BUCKET",
        "PROJECTION_QUEUE_URL",
        "DEAD_LETTER_QUEUE_URLS",
        "FORMS_KEY_SECRET_ARN",
        "SITE_URL",
        "ADMIN_AUTH",
        "ADMIN_OIDC_ALB_ARN",
        "ADMIN_PASSWORD",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// All missing and misunderstood variables at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        let queues = reader
            .optional("DEAD_LETTER_QUEUE_URLS")
            .unwrap_or_default();
        let is_local = reader.choice("ADMIN_AUTH", &[("oidc", false), ("local", true)], false);
        let auth = if is_local {
            Auth::Local {
                password: Secret::new(reader.required("ADMIN_PASSWORD", "a password")),
            }
        } else {
            Auth::Oidc {
                load_balancer_arn: reader
                    .required("ADMIN_OIDC_ALB_ARN", "the ARN of the load balancer"),
            }
        };
        let config = Self {
            submissions_table: reader.required("SUBMISSIONS_TABLE", "a DynamoDB table name"),
            guard_table: reader.required("GUARD_TABLE", "a DynamoDB table name"),
            forms_bucket: reader.required("FORMS_BUCKET", "an S3 bucket name"),
            log_results_bucket: reader.required("LOG_RESULTS_BUCKET", "an S3 bucket name"),
            projection_queue_url: reader
                .required("PROJECTION_QUEUE_URL", "the URL of an SQS queue"),
            dead_letter_queue_urls: queues
                .split(',')
                .filter(|url| !url.is_empty())
                .map(str::to_owned)
                .collect(),
            key_secret_arn: reader.required("FORMS_KEY_SECRET_ARN", "the ARN of a secret"),
            site_url: reader.origin("SITE_URL"),
            auth,
            telemetry: Service::read(&reader, "forms-admin"),
        };
        reader.finish(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn nobody_gets_in_without_a_way_to_sign_in() {
        let error = |vars: &[(&'static str, &'static str)]| {
            Config::from_vars(&vars.iter().copied().collect::<BTreeMap<_, _>>())
                .unwrap_err()
                .to_string()
        };
        assert!(error(&[]).contains("ADMIN_OIDC_ALB_ARN is not set"));
        assert!(error(&[("ADMIN_AUTH", "local")]).contains("ADMIN_PASSWORD is not set"));
        assert!(error(&[("ADMIN_AUTH", "none")]).contains("allowed: oidc, local"));
    }
}
