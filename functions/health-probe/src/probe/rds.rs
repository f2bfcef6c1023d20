//! What the RDS API says: one request a run for all instances, and one each for what some
//! check wants to know besides.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use aws_sdk_rds::Client;
use aws_sdk_rds::primitives::DateTime;
use aws_sdk_rds::types::{DbInstance, Filter};
use health_checks::{PendingMaintenance, Period, RdsAnswer, RdsCheck};
use tracing::warn;

use crate::probe::ProbeError;
use crate::probe::aws_error::api;

/// Pages of an answer that are read at most. One has a hundred entries.
const MAX_PAGES: usize = 10;
const DAY_S: u64 = 86_400;

/// What the checks of a run want to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Of these instances.
    pub(crate) instances: BTreeSet<String>,
    authorities: bool,
    pending: bool,
}

impl Wanted {
    /// Adds what a check wants to know of an instance.
    pub(crate) fn add(&mut self, check: &RdsCheck, instance: String) {
        self.instances.insert(instance);
        self.authorities |= check.ca_days.is_set();
        self.pending |= check.pending_maintenance == PendingMaintenance::Warn;
    }
}

/// What the RDS API said.
#[derive(Debug, Default)]
pub(crate) struct Instances {
    instances: BTreeMap<String, DbInstance>,
    /// Until when certificate authorities are valid.
    authorities: BTreeMap<String, DateTime>,
    /// By the ARN of what the maintenance is of.
    pending: BTreeMap<String, Vec<String>>,
}

/// Asks for all of it. The three requests go out at once.
pub(crate) async fn fetch(client: &Client, wanted: &Wanted) -> Result<Instances, ProbeError> {
    let (instances, authorities, pending) = tokio::join!(
        instances(client, wanted),
        authorities(client, wanted.authorities),
        pending(client, wanted),
    );
    Ok(Instances {
        instances: instances?,
        authorities: or_nothing(authorities),
        pending: or_nothing(pending),
    })
}

/// What is said besides of instances: without it, the rest is still told.
fn or_nothing<T: Default>(said: Result<T, ProbeError>) -> T {
    said.unwrap_or_else(|error| {
        warn!(error = %error, "Some of what the RDS API says is missing");
        T::default()
    })
}

fn of(wanted: &Wanted) -> Filter {
    let ids = wanted.instances.iter().cloned().collect();
    Filter::builder()
        .name("db-instance-id")
        .set_values(Some(ids))
        .build()
}

async fn instances(
    client: &Client,
    wanted: &Wanted,
) -> Result<BTreeMap<String, DbInstance>, ProbeError> {
    let request = client.describe_db_instances().filters(of(wanted));
    let mut pages = request.into_paginator().send();
    let mut found = BTreeMap::new();
    for _ in 0..MAX_PAGES {
        let Some(page) = pages.next().await else {
            break;
        };
        for instance in page
            .map_err(|error| api("RDS", &error))?
            .db_instances
            .unwrap_or_default()
        {
            if let Some(id) = instance.db_instance_identifier() {
                found.insert(id.to_owned(), instance);
            }
        }
    }
    Ok(found)
}

async fn authorities(
    client: &Client,
    is_wanted: bool,
) -> Result<BTreeMap<String, DateTime>, ProbeError> {
    if !is_wanted {
        return Ok(BTreeMap::new());
    }
    let found = client.describe_certificates().send().await;
    let found = found.map_err(|error| api("RDS", &error))?;
    let certificates = found.certificates().iter();
    let end = |certificate: &aws_sdk_rds::types::Certificate| {
        let id = certificate.certificate_identifier()?.to_owned();
        Some((id, *certificate.valid_till()?))
    };
    Ok(certificates.filter_map(end).collect())
}

async fn pending(
    client: &Client,
    wanted: &Wanted,
) -> Result<BTreeMap<String, Vec<String>>, ProbeError> {
    if !wanted.pending {
        return Ok(BTreeMap::new());
    }
    let request = client.describe_pending_maintenance_actions();
    let found = request.filters(of(wanted)).send().await;
    let found = found.map_err(|error| api("RDS", &error))?;
    let mut pending: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for resource in found.pending_maintenance_actions() {
        let actions = resource.pending_maintenance_action_details().iter();
        let names = actions.filter_map(|action| action.action().map(str::to_owned));
        let of = resource.resource_identifier().unwrap_or_default();
        pending.entry(of.to_owned()).or_default().extend(names);
    }
    Ok(pending)
}

impl Instances {
    /// What was said of an instance; its status is `not found` when there is none.
    pub(crate) fn answer(&self, instance: &str, now: SystemTime) -> RdsAnswer {
        let Some(found) = self.instances.get(instance) else {
            return RdsAnswer {
                status: "not found".to_owned(),
                ..RdsAnswer::default()
            };
        };
        let now = DateTime::from(now).secs();
        let since = |time: &DateTime| u64::try_from(now.saturating_sub(time.secs())).unwrap_or(0);
        let until = |time: &DateTime| u64::try_from(time.secs().saturating_sub(now)).unwrap_or(0);
        let authority = found.ca_certificate_identifier();
        let authority = authority.and_then(|name| self.authorities.get(name));
        let days = |end: &DateTime| u32::try_from(until(end) / DAY_S).unwrap_or(u32::MAX);
        let pending = found
            .db_instance_arn()
            .and_then(|arn| self.pending.get(arn));
        let backup = found.latest_restorable_time();
        RdsAnswer {
            status: found.db_instance_status().unwrap_or("unknown").to_owned(),
            multi_az: found.multi_az(),
            backup_age: backup.map(|time| Period::from_seconds(since(time))),
            ca_days: authority.map(days),
            pending_maintenance: pending.cloned().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_instance_is_told_of_with_all_that_belongs_to_it() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_000_000);
        let instance = DbInstance::builder()
            .db_instance_identifier("db")
            .db_instance_arn("arn:db")
            .db_instance_status("available")
            .multi_az(true)
            .latest_restorable_time(DateTime::from_secs(1_795_999_700))
            .ca_certificate_identifier("ca-g1")
            .build();
        let end = DateTime::from_secs(1_796_000_000 + 61 * 86_400 - 1);
        let instances = Instances {
            instances: BTreeMap::from([("db".to_owned(), instance)]),
            authorities: BTreeMap::from([("ca-g1".to_owned(), end)]),
            pending: BTreeMap::from([("arn:db".to_owned(), vec!["system-update".to_owned()])]),
        };
        let answer = instances.answer("db", now);
        assert_eq!(answer.status, "available");
        assert_eq!((answer.multi_az, answer.ca_days), (Some(true), Some(60)));
        assert_eq!(answer.backup_age, Some(Period::from_seconds(300)));
        assert_eq!(answer.pending_maintenance, ["system-update"]);
        assert_eq!(instances.answer("other", now).status, "not found");
    }
}
