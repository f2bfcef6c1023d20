use form_delivery::AllowedHosts;
use settings::Reader;

/// Where webhooks may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSettings {
    /// `WEBHOOK_ENDPOINTS_SECRET_ARN`: JSON with address and secrets of each endpoint.
    pub endpoints_secret_arn: Option<String>,
    /// `WEBHOOK_ALLOWED_HOSTS`: receivers on a developer's own machine.
    pub allowed_hosts: AllowedHosts,
}

impl WebhookSettings {
    /// Reads the settings. Where none are set, there are no endpoints.
    #[must_use]
    pub fn read(reader: &Reader<'_>) -> Self {
        let hosts = reader.optional("WEBHOOK_ALLOWED_HOSTS").unwrap_or_default();
        Self {
            endpoints_secret_arn: reader.optional("WEBHOOK_ENDPOINTS_SECRET_ARN"),
            allowed_hosts: AllowedHosts::parse(&hosts),
        }
    }
}
