//! What was found, and what happened besides web requests.

use log_detections::Alert;
use log_summary::{Activity, ActivityKey};
use maud::{Markup, html};

use crate::format::{count, moment};
use crate::view::Report;

/// Rows for each source.
const ROWS: usize = 15;

pub(crate) fn alerts(alerts: &[Alert]) -> Markup {
    html! {
        @if alerts.is_empty() {
            p.none { "Nothing was found." }
        }
        @for alert in alerts {
            section.alert {
                h3 { (alert.title) }
                p {
                    strong { (alert.severity.name()) } ": " (alert.finding)
                    @if !alert.group.is_empty() { " by " (alert.group) }
                    ", seen by " (alert.source.name()) "."
                }
                p.soft { (moment(alert.first_ms)) " to " (moment(alert.last_ms)) }
                @if !alert.evidence.is_empty() {
                    p { "For example: " (alert.evidence.join(", ")) }
                }
                p { "What to do: runbook, " code { (alert.runbook) } }
            }
        }
    }
}

pub(crate) fn activity(report: &Report<'_>) -> Markup {
    let hours = report.period.hours();
    let mut total = Activity::default();
    let within = report
        .activity
        .hours
        .iter()
        .filter(|(key, _)| hours.contains(&key.hour));
    for (key, counts) in within {
        let mut of_day = Activity::default();
        let key = ActivityKey {
            hour: hours.start,
            ..*key
        };
        of_day.hours.insert(key, counts.clone());
        total.merge(&of_day);
    }
    html! {
        @if total.hours.is_empty() {
            p { "The firewall, the network and the programs have nothing to say." }
        }
        @for (key, counts) in &total.hours {
            table {
                caption { "What " (key.source.name()) " says" }
                thead { tr { th scope="col" { "What" } th scope="col" { "Times" } } }
                tbody { @for (label, times, _) in counts.ranking().into_iter().take(ROWS) { tr {
                    th scope="row" { (label) } td { (count(times)) }
                } } }
            }
        }
    }
}
