//! The table of what is counted.

use std::collections::BTreeMap;

use crate::tables::{class_headings, row, units};
use crate::{Class, CostError, CountedClasses, Quantities};

/// What is counted, as the table names it.
type Counted = (&'static str, fn(&Quantities) -> String);

const COUNTED: [Counted; 20] = [
    ("web ACLs", |has| units(has.web_acls)),
    ("their rules", |has| units(has.web_acl_rules)),
    ("load balancers", |has| units(has.load_balancers)),
    ("NAT gateways", |has| units(has.nat_gateways)),
    ("public IPv4 addresses", |has| units(has.public_addresses)),
    ("interface endpoints, each zone", |has| {
        units(has.interface_endpoints)
    }),
    ("instances at least", |has| kinds(&has.instances)),
    ("GB of their disks", |has| units(has.disk_gb)),
    ("database instances, standby included", |has| {
        kinds(&has.databases)
    }),
    ("GB of their disks", |has| units(has.database_gb)),
    ("RDS proxies", |has| units(has.database_proxies)),
    ("cache nodes", |has| kinds(&has.cache_nodes)),
    ("metrics that alarms read", |has| units(has.alarm_metrics)),
    ("composite alarms", |has| units(has.composite_alarms)),
    ("dashboards", |has| units(has.dashboards)),
    ("secrets", |has| units(has.secrets)),
    ("KMS keys", |has| units(has.keys)),
    ("queues that Lambda polls", |has| units(has.polled_queues)),
    ("scheduled runs a month", |has| units(has.scheduled_runs)),
    ("instances with detailed monitoring", |has| {
        units(has.monitored_instances)
    }),
];

fn kinds(kinds: &BTreeMap<String, f64>) -> String {
    let all: Vec<String> = kinds
        .iter()
        .map(|(kind, number)| format!("{number:.0} `{kind}`"))
        .collect();
    all.join(", ")
}

pub(crate) fn markdown(counted: &CountedClasses) -> Result<String, CostError> {
    let mut markdown = class_headings("");
    for (heading, read) in COUNTED {
        let each = |class| Ok(read(counted.of(class)?));
        let cells: Vec<String> = Class::ALL
            .into_iter()
            .map(each)
            .collect::<Result<_, CostError>>()?;
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let cells = cells.iter().map(String::as_str);
        markdown.push_str(&row(std::iter::once(heading).chain(cells)));
    }
    Ok(markdown)
}
