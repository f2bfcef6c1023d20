//! Changes of CloudWatch alarms.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>

use health_checks::EventKind;
use serde::Deserialize;
use serde_json::Value;

use crate::envelope::{Event, evidence};
use crate::told::{Meaning, Told};

/// The metric of what checks are. An alarm on it says what they know.
const OWN_METRIC: &str = "HealthState";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    alarm_name: String,
    state: State,
    #[serde(default)]
    configuration: Configuration,
}

#[derive(Debug, Deserialize)]
struct State {
    value: String,
    timestamp: Option<String>,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    #[serde(default)]
    alarm_rule: String,
    #[serde(default)]
    metrics: Vec<Value>,
}

pub(crate) fn read(event: &Event) -> Option<Told> {
    if event.detail_type != "CloudWatch Alarm State Change" {
        return None;
    }
    let detail: Detail = event.detail()?;
    let (word, meaning) = match detail.state.value.as_str() {
        _ if detail.configuration.is_of_checks() => ("alarm-of-a-check", Meaning::Informs),
        "ALARM" => ("alarm", Meaning::PASSES),
        "OK" => ("alarm-over", Meaning::Ends),
        _ => ("alarm-without-data", Meaning::Informs),
    };
    let name = format!("alarm {}", detail.alarm_name);
    Some(Told {
        kind: EventKind::Alarm,
        at_ms: event.at_ms(detail.state.timestamp.as_deref())?,
        word,
        meaning,
        evidence: evidence([&name, &event.proof(), &detail.state.reason]),
        names: vec![detail.alarm_name],
    })
}

impl Configuration {
    /// Whether it is an alarm on checks, by their metric or by alarms on that: it would keep
    /// itself going.
    fn is_of_checks(&self) -> bool {
        let name = |metric: &Value| {
            let name = metric.pointer("/metricStat/metric/name")?.as_str();
            name.map(str::to_owned)
        };
        let mut names = self.metrics.iter().filter_map(name);
        let is_own = |name: &str| name.contains("-Health") && name.contains("StateAlarm");
        let mut named = self.alarm_rule.split('"');
        names.any(|name| name == OWN_METRIC) || named.any(is_own)
    }
}
