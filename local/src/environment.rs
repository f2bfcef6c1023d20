//! The functions' environment, for those who run one by hand.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::deploy::SITE_NAME;
use crate::forms;
use crate::stack::Stack;

impl Stack {
    /// File with the functions' environment, for `cargo lambda watch --env-file`.
    #[must_use]
    pub fn functions_environment(&self) -> PathBuf {
        self.state_dir.join("functions.env")
    }

    pub(crate) fn write_functions_environment(&self) -> Result<()> {
        let mut variables = self.site_settings()?.environment();
        variables.extend(self.media_variables()?);
        variables.extend(self.forms_variables()?);
        variables.extend(self.log_variables()?);
        variables.extend(self.health_variables()?);
        variables.extend(self.warm_variables()?);
        let text: String = variables
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        let file = self.functions_environment();
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))
    }

    fn media_variables(&self) -> Result<Vec<(&'static str, String)>> {
        Ok(vec![
            ("MEDIA_TABLE", self.media_table()?.to_owned()),
            ("IMAGE_MAX_INPUT_BYTES", "104857600".to_owned()),
            ("IMAGE_UNSIGNED_OPTIONS", "any".to_owned()),
            ("IMAGE_URL_SIGNING_SECRET_ARN", String::new()),
            ("WATERMARK_KEY", "assets/watermark.png".to_owned()),
            ("FALLBACK_KEY", "assets/fallback.png".to_owned()),
        ])
    }

    fn log_variables(&self) -> Result<Vec<(&'static str, String)>> {
        let output = |name: &str| self.output(name).map(str::to_owned);
        Ok(vec![
            ("LOG_BUCKET", output("LogBucketName")?),
            ("LOG_RESULTS_BUCKET", output("LogResultsBucketName")?),
            ("LOG_TABLE", output("LogTableName")?),
            ("LOG_HASH_KEY_SECRET_ARN", String::new()),
            ("ALERT_TOPIC_ARN", output("AlarmTopicArn")?),
        ])
    }

    /// What is told where in class local there is nothing of the kind is empty.
    fn health_variables(&self) -> Result<Vec<(&'static str, String)>> {
        let output = |name: &str| self.output(name).map(str::to_owned);
        let mut variables = vec![
            ("HEALTH_TABLE", output("HealthTableName")?),
            ("STATUS_BUCKET", output("StatusBucketName")?),
            ("HEALTH_PUSH_SECRET_ARN", output("HealthPushSecretArn")?),
            ("SITE_NAME", SITE_NAME.to_owned()),
        ];
        let absent = [
            "HEALTH_WEBHOOKS",
            "RDS_INSTANCE",
            "RDS_PROXY",
            "CACHE_GROUP",
            "PROXY_GROUP",
            "WEB_GROUP",
        ];
        variables.extend(absent.map(|name| (name, String::new())));
        Ok(variables)
    }

    fn warm_variables(&self) -> Result<Vec<(&'static str, String)>> {
        let output = |name: &str| self.output(name).map(str::to_owned);
        Ok(vec![
            ("WARM_TABLE", output("WarmTableName")?),
            ("WARM_P0_QUEUE_URL", output("WarmP0QueueUrl")?),
            ("WARM_P1_QUEUE_URL", output("WarmP1QueueUrl")?),
            ("WARM_P2_QUEUE_URL", output("WarmP2QueueUrl")?),
            ("WARM_KEY_SECRET_ARN", output("WarmKeySecretArn")?),
            ("DISTRIBUTION_ID", output("DistributionId")?),
        ])
    }

    fn forms_variables(&self) -> Result<Vec<(&'static str, String)>> {
        let output = |name: &str| self.output(name).map(str::to_owned);
        let upload = format!("{}/{}", self.aws.endpoint(), output("FormsBucketName")?);
        let dead_letters = [
            output("AcceptDeadLetterQueueUrl")?,
            output("DeliveryDeadLetterQueueUrl")?,
            output("ProjectionDeadLetterQueueUrl")?,
            output("FilesDeadLetterQueueUrl")?,
            output("OutboxDeadLetterQueueUrl")?,
        ]
        .join(",");
        Ok(vec![
            ("SUBMISSIONS_TABLE", output("SubmissionsTableName")?),
            ("GUARD_TABLE", output("FormsGuardTableName")?),
            ("FORMS_BUCKET", output("FormsBucketName")?),
            ("FORMS_KEY_SECRET_ARN", output("FormsKeySecretArn")?),
            ("ACCEPT_QUEUE_URL", output("AcceptQueueUrl")?),
            ("DELIVERY_QUEUE_URL", output("DeliveryQueueUrl")?),
            ("PROJECTION_QUEUE_URL", output("ProjectionQueueUrl")?),
            ("FILES_QUEUE_URL", output("FilesQueueUrl")?),
            (
                "WEBHOOK_ENDPOINTS_SECRET_ARN",
                self.endpoints_secret_arn.clone(),
            ),
            ("WEBHOOK_ALLOWED_HOSTS", forms::receiver(&self.ports)),
            ("VERIFIER_SECRET_ARN", String::new()),
            ("UPLOAD_URL", upload),
            ("MAIL_FROM", forms::MAIL_FROM.to_owned()),
            ("MAIL_TEAM", forms::MAIL_TEAM.to_owned()),
            ("SCAN_MODE", "none".to_owned()),
            ("DEAD_LETTER_QUEUE_URLS", dead_letters),
            ("ADMIN_AUTH", "local".to_owned()),
            ("ADMIN_PASSWORD", forms::ADMIN_PASSWORD.to_owned()),
        ])
    }
}
