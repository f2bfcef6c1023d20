//! What was found, and what happened besides web requests.

use log_detections::Alert;
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
    let sources = report.activity.within(&report.period.hours());
    html! {
        @if sources.is_empty() {
            p { "The firewall, the network and the programs have nothing to say." }
        }
        @for (source, counts) in &sources {
            table {
                caption { "What " (source.name()) " says" }
                thead { tr { th scope="col" { "What" } th scope="col" { "Times" } } }
                tbody { @for (label, times, _) in counts.ranking().into_iter().take(ROWS) { tr {
                    th scope="row" { (label) } td { (count(times)) }
                } } }
            }
        }
    }
}
