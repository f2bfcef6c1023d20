//! The use case: detections found something. Each episode is told once.

use std::collections::BTreeMap;
use std::time::Duration;

use alert_topic::Message;
use lambda_kit::{Deadline, Once};
use log_detections::Alert;
use log_formats::date_and_hour;
use log_summary::HOUR_MS;
use report_page::Period;
use telemetry::Chain;
use tracing::{error, warn};

use crate::alert_log::Episode;
use crate::{Deps, ReportError};

/// What became of alerts.
#[derive(Default)]
pub(crate) struct Raised {
    /// So many were sent.
    pub(crate) sent: usize,
    /// Why one was not recorded or sent: the first of them. The others were tried all the same.
    pub(crate) fault: Option<ReportError>,
}

/// Records alerts and sends those that are news. `known` has episodes that were sent, as a run
/// before has left them.
pub(crate) async fn raise_alerts(
    deps: &Deps,
    found: &[Alert],
    known: &mut BTreeMap<String, Alert>,
    deadline: Deadline,
) -> Raised {
    let mut raised = Raised::default();
    for alert in found {
        if known
            .get(&alert.key())
            .is_some_and(|known| known.has(alert))
        {
            continue;
        }
        if deadline.has_passed() {
            raised.fault.get_or_insert(ReportError::OutOfTime);
            break;
        }
        match raise(deps, alert, known).await {
            Ok(is_sent) => raised.sent += usize::from(is_sent),
            Err(fault) => {
                error!(alert.key = alert.key(), error = %Chain(&fault), "Could not raise an alert");
                raised.fault.get_or_insert(fault);
            }
        }
    }
    raised
}

/// Records an alert and sends it if it is news; whether it was.
async fn raise(
    deps: &Deps,
    alert: &Alert,
    known: &mut BTreeMap<String, Alert>,
) -> Result<bool, ReportError> {
    let Some(episode) = deps.alerts.record(alert).await? else {
        return Ok(false);
    };
    if episode.is_sent {
        known.insert(alert.key(), episode.alert);
        return Ok(false);
    }
    send(deps, episode).await
}

/// Sends an alert, unless another run does or has.
async fn send(deps: &Deps, episode: Episode) -> Result<bool, ReportError> {
    let claim = format!("log-alert#{}", episode.name);
    let work = async {
        publish(deps, &episode.alert).await?;
        Ok::<_, ReportError>("sent")
    };
    let outcome = deps.idempotency.once(&claim, work).await?;
    if outcome != Once::InProgress {
        deps.alerts.mark_sent(episode).await?;
    }
    Ok(matches!(outcome, Once::Done(_)))
}

async fn publish(deps: &Deps, alert: &Alert) -> Result<(), ReportError> {
    warn!(
        alert.key = alert.key(),
        alert.severity = alert.severity.name(),
        alert.finding = alert.finding,
        "Raised an alert"
    );
    let message = message(alert, &report_url(alert, deps));
    let published = deps.topic.publish(&message).await;
    published.map_err(|source| ReportError::Send {
        key: alert.key(),
        source,
    })
}

/// The page of the hour in which it began.
fn report_url(alert: &Alert, deps: &Deps) -> String {
    let sites = &deps.rules.requests.sites;
    let is_site = sites.iter().any(|site| site.name == alert.site);
    // What was done with the account is on every site's page.
    let site = match sites.first() {
        Some(first) if !is_site => &first.name,
        _ => &alert.site,
    };
    let page = Period::Hour(alert.first_ms.div_euclid(HOUR_MS)).page_name();
    format!("{}/forms/admin/reports/{site}/{page}", deps.config.site_url)
}

fn message(alert: &Alert, report_url: &str) -> Message {
    let group = match alert.group.as_str() {
        "" => "the site as a whole",
        group => group,
    };
    let mut lines = vec![
        format!("{} ({})", alert.title, alert.severity.name()),
        String::new(),
        format!("What: {}", alert.finding),
        format!("Who: {group}"),
        format!(
            "Site: {}, by the logs of {}",
            alert.site,
            alert.source.name()
        ),
        format!("First: {}", utc(alert.first_ms)),
        format!("Last: {}", utc(alert.last_ms)),
    ];
    for example in &alert.evidence {
        lines.push(format!("Example: {example}"));
    }
    lines.push(String::new());
    lines.push(format!("Report: {report_url}"));
    lines.push(format!("What to do: docs/runbook.md#{}", alert.runbook));
    lines.push(format!("Rule: {}, from {} on", alert.rule, alert.threshold));
    Message::new(alert.severity.name(), &alert.site, &alert.title, &lines)
}

fn utc(time_ms: i64) -> String {
    let (date, hour) = date_and_hour(time_ms);
    let of_hour = Duration::from_millis(u64::try_from(time_ms.rem_euclid(HOUR_MS)).unwrap_or(0));
    let (minute, second) = (of_hour.as_secs() / 60, of_hour.as_secs() % 60);
    format!("{date} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use log_detections::Severity;
    use log_formats::Source;

    use super::*;

    #[test]
    fn a_message_says_what_who_when_and_what_to_do() {
        let alert = Alert {
            rule: "path-traversal".to_owned(),
            title: "Someone tries to read files outside the site — again".to_owned(),
            severity: Severity::High,
            site: "halden".to_owned(),
            source: Source::Cloudfront,
            group: "203.0.113.0/24".to_owned(),
            finding: "7 path traversals in 10 minutes".to_owned(),
            value: 7.0,
            threshold: 5.0,
            first_ms: 1_795_774_830_000,
            last_ms: 1_795_774_899_000,
            evidence: vec!["/../etc/passwd\nReport: https://evil.example".to_owned()],
            runbook: "path-traversal".to_owned(),
        };
        let message = message(&alert, "https://shop.example.com/r.html");
        let text = message.text();
        for line in [
            "What: 7 path traversals in 10 minutes",
            "Who: 203.0.113.0/24",
            "First: 2026-11-27 10:20:30 UTC",
            "Report: https://shop.example.com/r.html",
            "What to do: docs/runbook.md#path-traversal",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        assert!(
            !text
                .lines()
                .any(|line| line.contains("evil") && line.starts_with("Report"))
        );
        let subject = message.subject();
        assert!(subject.starts_with("[high] halden: Someone tries"));
    }
}
