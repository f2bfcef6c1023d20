//! Events of ElastiCache.
//!
//! Caches of nodes tell what happens to them by SNS only:
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ElastiCacheSNS.html>. What
//! EventBridge gets is of caches without servers, and nothing of it is a failure:
//! <https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-elasticache.html>.

use std::collections::BTreeMap;

use health_checks::EventKind;
use serde::Deserialize;
use serde_json::Value;

use crate::envelope::{Event, Notification, evidence, moment_ms};
use crate::told::{Meaning, Told};

/// The node, where a message names one.
const NODE: &str = "Cache Cluster ID";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    source_identifier: String,
    date: Option<String>,
    #[serde(default)]
    message: String,
}

pub(crate) fn read_event(event: &Event) -> Option<Told> {
    let detail: Detail = event.detail()?;
    Some(Told {
        kind: EventKind::ElastiCache,
        at_ms: event.at_ms(detail.date.as_deref())?,
        word: "event",
        meaning: Meaning::Informs,
        evidence: evidence([&event.detail_type, &event.proof(), &detail.message]),
        names: vec![detail.source_identifier],
    })
}

/// A message such as `{"ElastiCache:FailoverComplete": "shop", "Cache Cluster ID": "shop-001"}`.
pub(crate) fn read_notification(notification: &Notification) -> Option<Told> {
    let message: BTreeMap<String, Value> = serde_json::from_str(&notification.message).ok()?;
    let (key, name) = message
        .iter()
        .find(|(key, _)| key.starts_with("ElastiCache:"))?;
    let names = [Some(name), message.get(NODE)];
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    let (word, meaning) = meaning(key.trim_start_matches("ElastiCache:"));
    Some(Told {
        kind: EventKind::ElastiCache,
        names: names.map(str::to_owned).collect(),
        at_ms: moment_ms(&notification.timestamp)?,
        word,
        meaning,
        evidence: evidence([key, &format!("message {}", notification.message_id)]),
    })
}

fn meaning(name: &str) -> (&'static str, Meaning) {
    match name {
        "CacheNodeReplaceStarted" => ("replacing-a-node", Meaning::PASSES),
        "CacheNodeReplaceComplete" => ("replaced-a-node", Meaning::Ends),
        // That it began, nobody tells.
        "FailoverComplete" => ("failed-over", Meaning::Ends),
        "CacheNodesRebooted" => ("restarted", Meaning::Ends),
        _ => ("event", Meaning::Informs),
    }
}
