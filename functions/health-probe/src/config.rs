use health_store::Destination;
use settings::{Reader, SettingsError, Vars};
use telemetry::Service;
use webhooks::WebhookSettings;

use crate::ProbeSettings;

/// Settings of `health-probe`.
#[derive(Clone)]
pub struct Config {
    /// `HEALTH_TABLE`: the DynamoDB table of the site's health.
    pub health_table: String,
    /// `STATUS_BUCKET`: the bucket of the status page.
    pub status_bucket: String,
    /// `ALERT_TOPIC_ARN`: the SNS topic of alerts.
    pub alert_topic_arn: String,
    /// `HEALTH_WEBHOOKS`: names of webhook endpoints that are told, too, with commas between.
    pub told_webhooks: Vec<String>,
    /// `WEBHOOK_ENDPOINTS_SECRET_ARN` and `WEBHOOK_ALLOWED_HOSTS`.
    pub webhooks: WebhookSettings,
    /// `SITE_URL`: the site's public origin, without a slash at the end.
    pub site_url: String,
    /// `SITE_NAME`: the site's name on the status page and in alerts.
    pub site_name: String,
    /// What probes ask with: what checks name as `env:NAME`, and how to sign in.
    pub probes: ProbeSettings,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables that checks may name. None of them must be set: a check that cannot do
    /// without tells nothing, and one that says so itself is left out.
    pub const OF_CHECKS: &[&str] = &[
        "SITE_URL",
        "SITE_DOMAIN",
        "STACK_NAME",
        "PROXY_TARGET_GROUP_ARN",
        "WEB_TARGET_GROUP_ARN",
        "DATABASE_URL",
        "DATABASE_INSTANCE",
        "CACHE_URL",
        "MEDIA_BUCKET",
        "IMAGE_QUEUE_URL",
        "IMAGE_DEAD_LETTER_QUEUE_URL",
        "SUBMISSIONS_TABLE",
        "DELIVERY_QUEUE_URL",
        "DELIVERY_DEAD_LETTER_QUEUE_URL",
        "LOG_QUEUE_URL",
        "LOG_DEAD_LETTER_QUEUE_URL",
    ];

    /// The variables read, as the template must set them, besides `AWS_REGION`.
    pub const VARIABLES: &[&str] = &[
        "HEALTH_TABLE",
        "STATUS_BUCKET",
        "ALERT_TOPIC_ARN",
        "HEALTH_WEBHOOKS",
        "WEBHOOK_ENDPOINTS_SECRET_ARN",
        "WEBHOOK_ALLOWED_HOSTS",
        "SITE_URL",
        "SITE_NAME",
        "SITE_DOMAIN",
        "STACK_NAME",
        "PROXY_TARGET_GROUP_ARN",
        "WEB_TARGET_GROUP_ARN",
        "DATABASE_URL",
        "DATABASE_AUTH",
        "DATABASE_CA_FILE",
        "DATABASE_INSTANCE",
        "CACHE_URL",
        "CACHE_AUTH",
        "CACHE_USER",
        "CACHE_NAME",
        "CACHE_CA_FILE",
        "MEDIA_BUCKET",
        "IMAGE_QUEUE_URL",
        "IMAGE_DEAD_LETTER_QUEUE_URL",
        "SUBMISSIONS_TABLE",
        "DELIVERY_QUEUE_URL",
        "DELIVERY_DEAD_LETTER_QUEUE_URL",
        "LOG_QUEUE_URL",
        "LOG_DEAD_LETTER_QUEUE_URL",
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
            alert_topic_arn: reader.required("ALERT_TOPIC_ARN", "the ARN of an SNS topic"),
            told_webhooks: told_webhooks(&mut reader),
            webhooks: WebhookSettings::read(&reader),
            site_url: reader.origin("SITE_URL"),
            site_name: reader.required("SITE_NAME", "the site's name"),
            probes: ProbeSettings::read(&mut reader, Self::OF_CHECKS),
            telemetry: Service::read(&reader, "health-probe"),
        };
        reader.finish(config)
    }

    /// Who is told of alerts.
    #[must_use]
    pub fn destinations(&self) -> Vec<Destination> {
        let webhooks = self.told_webhooks.iter().cloned().map(Destination::Webhook);
        std::iter::once(Destination::Topic)
            .chain(webhooks)
            .collect()
    }

    /// Where the status page is.
    #[must_use]
    pub fn status_url(&self) -> String {
        format!("{}/status", self.site_url)
    }
}

fn told_webhooks(reader: &mut Reader<'_>) -> Vec<String> {
    let list = reader.optional("HEALTH_WEBHOOKS").unwrap_or_default();
    let names = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(str::to_owned).collect();
    if !names.is_empty() && reader.optional("WEBHOOK_ENDPOINTS_SECRET_ARN").is_none() {
        reader.refuse(
            "HEALTH_WEBHOOKS",
            "names endpoints, of which no addresses are known",
            "nothing, or names of endpoints of WEBHOOK_ENDPOINTS_SECRET_ARN",
        );
    }
    names
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use health_checks::SiteChecks;

    use super::*;

    fn vars() -> BTreeMap<&'static str, &'static str> {
        BTreeMap::from([
            ("HEALTH_TABLE", "health"),
            ("STATUS_BUCKET", "status"),
            (
                "ALERT_TOPIC_ARN",
                "arn:aws:sns:us-east-1:111122223333:alarms",
            ),
            ("SITE_URL", "https://shop.example.com/"),
            ("SITE_NAME", "Shop"),
            ("CACHE_URL", "redis://cache.internal:6379"),
        ])
    }

    #[test]
    fn what_the_site_s_checks_name_is_read() {
        let checks = SiteChecks::of_site().unwrap();
        let of_checks: BTreeSet<&str> = Config::OF_CHECKS.iter().copied().collect();
        assert_eq!(checks.variables(), of_checks);
        let read: BTreeSet<&str> = Config::VARIABLES.iter().copied().collect();
        assert!(of_checks.is_subset(&read));
        let of_probes = ProbeSettings::VARIABLES.iter();
        let mut of_probes = of_probes.filter(|name| **name != "AWS_REGION");
        assert!(of_probes.all(|name| read.contains(name)));
    }

    #[test]
    fn what_is_not_set_is_left_out_and_the_rest_is_read() {
        let config = Config::from_vars(&vars()).unwrap();
        assert_eq!(config.status_url(), "https://shop.example.com/status");
        assert_eq!(config.destinations(), [Destination::Topic]);
        let names: Vec<_> = config.probes.variables.keys().collect();
        assert_eq!(names, ["CACHE_URL", "SITE_URL"]);
        let error = Config::from_vars(&BTreeMap::new()).err().unwrap();
        assert!(error.faults.len() >= 5, "{error}");
    }

    #[test]
    fn webhooks_need_their_addresses() {
        let mut vars = vars();
        vars.insert("HEALTH_WEBHOOKS", "pager, crm,");
        assert!(Config::from_vars(&vars).is_err());
        vars.insert("WEBHOOK_ENDPOINTS_SECRET_ARN", "arn:aws:secretsmanager:…");
        let names = Config::from_vars(&vars).unwrap().destinations();
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["topic", "webhook:pager", "webhook:crm"]);
    }
}
