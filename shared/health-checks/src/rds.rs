use health_state::Outcome;
use serde::Deserialize;

use crate::excerpt::excerpt;
use crate::judgement::Findings;
use crate::{Floors, Judgement, Levels, Period, Setting};

/// Whether a database has a standby in another zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MultiAz {
    /// Nobody asks.
    #[default]
    Any,
    /// It fails without.
    Required,
}

/// Whether maintenance that AWS wants to do is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PendingMaintenance {
    /// No.
    #[default]
    Ignore,
    /// It warns.
    Warn,
}

/// Asks AWS about a database instance.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RdsCheck {
    /// Its name.
    pub instance: Setting,
    /// Whether it has a standby in another zone.
    #[serde(default)]
    pub multi_az: MultiAz,
    /// How old the moment is that it can be restored to.
    #[serde(default)]
    pub backup_age: Levels<Period>,
    /// For so many more days its certificate authority is valid.
    #[serde(default)]
    pub ca_days: Floors<u32>,
    /// Whether pending maintenance is told of.
    #[serde(default)]
    pub pending_maintenance: PendingMaintenance,
}

/// What AWS said of a database instance; `None` for what was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RdsAnswer {
    /// Its status, such as `available`.
    pub status: String,
    /// Whether it has a standby in another zone.
    pub multi_az: Option<bool>,
    /// How old the moment is that it can be restored to.
    pub backup_age: Option<Period>,
    /// For so many more days its certificate authority is valid.
    pub ca_days: Option<u32>,
    /// The maintenance that is pending.
    pub pending_maintenance: Vec<String>,
}

/// Statuses of an instance that serves. The last ones are of changes during which it does.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html>
const SERVING: [&str; 11] = [
    "available",
    "backing-up",
    "configuring-enhanced-monitoring",
    "configuring-iam-database-auth",
    "configuring-log-exports",
    "converting-to-vpc",
    "delete-precheck",
    "moving-to-vpc",
    "resetting-master-credentials",
    "storage-config-upgrade",
    "storage-optimization",
];
/// Statuses of an instance that may serve, or soon will.
const CHANGING: [&str; 7] = [
    "maintenance",
    "modifying",
    "rebooting",
    "renaming",
    "starting",
    "upgrading",
    "storage-initialization",
];

fn judge_status(status: &str) -> Judgement {
    let outcome = if SERVING.contains(&status) {
        Outcome::Pass
    } else if CHANGING.contains(&status) {
        Outcome::Warn
    } else {
        Outcome::Fail
    };
    let shown = excerpt(status.as_bytes(), 60, &[]);
    Judgement::new(outcome, format!("the instance is {shown}"))
}

impl RdsCheck {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &RdsAnswer) -> Judgement {
        let mut findings = Findings::default();
        findings.add(judge_status(&answer.status));
        let requires = self.multi_az == MultiAz::Required;
        match answer.multi_az {
            None if requires => findings.not_measured("the standby"),
            Some(false) if requires => findings.fail("there is no standby in another zone"),
            _ => {}
        }
        findings.levels(
            "age of the last backup",
            &self.backup_age,
            answer.backup_age.as_ref(),
        );
        let ca_days = answer.ca_days.as_ref();
        findings.levels("the certificate authority's days", &self.ca_days, ca_days);
        if self.pending_maintenance == PendingMaintenance::Warn {
            for pending in answer.pending_maintenance.iter().take(5) {
                let pending = excerpt(pending.as_bytes(), 60, &[]);
                let text = format!("maintenance is pending: {pending}");
                findings.add(Judgement::new(Outcome::Warn, text));
            }
        }
        findings.judgement()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = [
            self.instance.fault("instance"),
            self.backup_age.fault("backup_age"),
            self.ca_days.fault("ca_days"),
        ];
        faults.into_iter().flatten().collect()
    }
}
