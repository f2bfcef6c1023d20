//! Events of RDS: instances, clusters and proxies.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html>

use health_checks::EventKind;
use serde::Deserialize;

use crate::envelope::{Event, evidence};
use crate::told::{Meaning, Told};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    source_identifier: String,
    #[serde(rename = "EventID")]
    event_id: String,
    date: Option<String>,
    #[serde(default)]
    message: String,
}

pub(crate) fn read(event: &Event) -> Option<Told> {
    let kind = match event.detail_type.as_str() {
        "RDS DB Instance Event" => EventKind::Rds,
        "RDS DB Cluster Event" => EventKind::RdsCluster,
        "RDS DB Proxy Event" => EventKind::RdsProxy,
        _ => return None,
    };
    let detail: Detail = event.detail()?;
    let number = detail.event_id.strip_prefix("RDS-EVENT-");
    let (word, meaning) = meaning(kind, number.unwrap_or_default());
    Some(Told {
        kind,
        at_ms: event.at_ms(detail.date.as_deref())?,
        word,
        meaning,
        evidence: evidence([&detail.event_id, &event.proof(), &detail.message]),
        names: vec![detail.source_identifier],
    })
}

fn meaning(kind: EventKind, number: &str) -> (&'static str, Meaning) {
    match kind {
        EventKind::Rds => of_instance(number),
        EventKind::RdsCluster => of_cluster(number),
        _ => of_proxy(number),
    }
}

fn of_instance(number: &str) -> (&'static str, Meaning) {
    use Meaning::{Ends, Informs};
    match number {
        "0013" => ("failing-over", Meaning::PASSES),
        // The other zone has the instance; its name may take minutes to follow.
        "0015" | "0049" | "0065" => ("failed-over", Ends),
        "0050" => ("activating", Meaning::PASSES),
        "0051" => ("activated", Ends),
        "0004" => ("shut-down", Meaning::PASSES),
        "0006" => ("restarted", Ends),
        "0022" => ("restart-failed", Meaning::STAYS),
        "0020" | "0052" => ("recovering", Meaning::PASSES),
        "0021" | "0053" => ("recovered", Ends),
        "0026" => ("offline-maintenance", Meaning::PASSES),
        "0027" => ("maintenance-over", Ends),
        "0007" | "0221" => ("storage-full", Meaning::STAYS),
        "0089" | "0222" => ("storage-low", Informs),
        "0031" | "0035" | "0036" => ("failed", Meaning::STAYS),
        "0087" => ("stopped", Meaning::STAYS),
        "0088" => ("started", Ends),
        "0003" => ("deleted", Meaning::STAYS),
        _ => ("event", Informs),
    }
}

fn of_cluster(number: &str) -> (&'static str, Meaning) {
    match number {
        "0070" | "0072" | "0073" => ("failing-over", Meaning::PASSES),
        "0071" => ("failed-over", Meaning::Ends),
        "0069" => ("failover-failed", Meaning::STAYS),
        _ => ("event", Meaning::Informs),
    }
}

fn of_proxy(number: &str) -> (&'static str, Meaning) {
    match number {
        "0214" | "0215" => ("no-database", Meaning::STAYS),
        "0213" => ("has-a-database", Meaning::Ends),
        "0205" => ("deleted", Meaning::STAYS),
        // What it has of connections goes on working.
        "0243" => ("out-of-addresses", Meaning::Informs),
        _ => ("event", Meaning::Informs),
    }
}
