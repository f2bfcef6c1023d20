use std::collections::BTreeMap;
use std::time::Duration;

use alert_topic::AlertTopic;
use audit_log::{AuditRules, RulesError as AuditRulesError};
use lambda_kit::Idempotency;
use log_detections::Alert;
use log_ledger::RECENT_HOURS;
use log_summary::HOUR_MS;
use site_logs::{LogRules, RulesError};
use store::Bucket;
use submission_store::GuardTable;
use tokio::sync::Mutex;

use crate::Config;
use crate::alert_log::AlertLog;
use crate::recent_hours::RecentHours;
use crate::share_operators::Shared;

/// How long a claim on sending an alert lasts: longer than the function's timeout (120 s).
const LEASE: Duration = Duration::from_secs(150);

/// What reporting needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The site's rules.
    pub rules: LogRules,
    /// Rules about calls of AWS APIs.
    pub audit: AuditRules,
    /// The bucket with what is made of logs.
    pub results: Bucket,
    /// The forms' table of counters.
    pub guard: GuardTable,
    /// Alerts that were raised.
    pub(crate) alerts: AlertLog,
    /// Once per alert.
    pub idempotency: Idempotency,
    /// Where alerts go.
    pub topic: AlertTopic,
    /// Kept from run to run.
    pub(crate) kept: Mutex<Kept>,
}

/// What a run need not read again that one before has read.
#[derive(Default)]
pub(crate) struct Kept {
    /// The hours of the last two days.
    pub(crate) hours: RecentHours,
    /// Alerts that were sent, by their keys.
    pub(crate) alerts: BTreeMap<String, Alert>,
    /// The operators as the forms have them.
    pub(crate) shared: Option<Shared>,
}

impl Kept {
    /// Forgets alerts of which nothing has been seen for two days.
    pub(crate) fn forget_alerts(&mut self, now_ms: i64) {
        let oldest_ms = now_ms - RECENT_HOURS * HOUR_MS;
        self.alerts.retain(|_, alert| alert.last_ms >= oldest_ms);
    }
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The compiled-in rules have a fault.
    #[error("start with the site's log rules")]
    Rules(#[from] RulesError),
    /// The compiled-in rules about API calls have a fault.
    #[error("start with the audit rules")]
    AuditRules(#[from] AuditRulesError),
}

impl Deps {
    /// Makes the clients from the environment. Nothing is sent yet.
    ///
    /// # Errors
    /// When the compiled-in rules have a fault.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        let objects = aws_sdk_s3::Client::new(&aws);
        Ok(Self {
            rules: LogRules::of_site()?,
            audit: AuditRules::standard()?,
            results: Bucket::new(objects, config.results_bucket.clone()),
            guard: GuardTable::new(tables.clone(), config.guard_table.clone()),
            alerts: AlertLog::new(tables.clone(), config.log_table.clone()),
            idempotency: Idempotency::new(tables, config.log_table.clone(), LEASE),
            topic: AlertTopic::new(
                aws_sdk_sns::Client::new(&aws),
                config.alert_topic_arn.clone(),
            ),
            kept: Mutex::default(),
            config,
        })
    }
}
