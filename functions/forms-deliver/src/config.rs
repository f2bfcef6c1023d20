use settings::{Reader, SettingsError, Vars};
use telemetry::Service;
use webhooks::WebhookSettings;

/// Settings of `forms-deliver`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `SUBMISSIONS_TABLE`: the DynamoDB table of submissions.
    pub submissions_table: String,
    /// `GUARD_TABLE`: the DynamoDB table of breakers.
    pub guard_table: String,
    /// `FORMS_KEY_SECRET_ARN`: the secret that links are signed with.
    pub key_secret_arn: String,
    /// `WEBHOOK_ENDPOINTS_SECRET_ARN` and `WEBHOOK_ALLOWED_HOSTS`.
    pub webhooks: WebhookSettings,
    /// `SITE_URL`: the site's public origin, without a slash at the end.
    pub site_url: String,
    /// `MAIL_FROM`: the sender of mails; none are sent where it is empty.
    pub mail_from: Option<String>,
    /// `MAIL_TEAM`: who gets what is meant for the team.
    pub mail_team: Option<String>,
    /// `EVENT_BUS`: the event bus.
    pub event_bus: String,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "SUBMISSIONS_TABLE",
        "GUARD_TABLE",
        "FORMS_KEY_SECRET_ARN",
        "WEBHOOK_ENDPOINTS_SECRET_ARN",
        "WEBHOOK_ALLOWED_HOSTS",
        "SITE_URL",
        "MAIL_FROM",
        "MAIL_TEAM",
        "EVENT_BUS",
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
            key_secret_arn: reader.required("FORMS_KEY_SECRET_ARN", "the ARN of a secret"),
            webhooks: WebhookSettings::read(&reader),
            site_url: reader.origin("SITE_URL"),
            mail_from: reader.optional("MAIL_FROM"),
            mail_team: reader.optional("MAIL_TEAM"),
            event_bus: reader
                .optional("EVENT_BUS")
                .unwrap_or_else(|| "default".to_owned()),
            telemetry: Service::read(&reader, "forms-deliver"),
        };
        reader.finish(config)
    }
}
