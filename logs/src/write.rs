use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use audit_log::AuditRules;
use hot_list::hot_list;
use log_detections::{Alert, judge};
use log_formats::{Source, date_and_hour};
use log_report::{Period, Report, render};
use log_summary::HOUR_MS;
use site_logs::LogRules;

use crate::arguments::Arguments;
use crate::read::Read;

/// Writes pages, hot lists and alerts; what they are, a line each.
pub(crate) fn write_all(
    read: &Read,
    (rules, audit): (&LogRules, &AuditRules),
    arguments: &Arguments,
) -> Result<Vec<String>> {
    let mut alerts = judge(&read.summary, &rules.detections, 0);
    alerts.extend(read.audit.alerts(audit, 0));
    let mut lines = Vec::new();
    for site in &rules.requests.sites {
        let keys = read.summary.hours.keys();
        let hours: BTreeSet<i64> = keys
            .filter(|key| key.site == site.name)
            .map(|key| key.hour)
            .collect();
        let Some(last) = hours.last() else { continue };
        // Pages are hot as of the logs' end, however long ago that was.
        let hot = hot_list(&read.summary, &site.name, (last + 1) * HOUR_MS);
        let dir = arguments.out.join(&site.name);
        write(
            &dir.join("hot-list.json"),
            &serde_json::to_string_pretty(&hot)?,
        )?;
        // What was done with the account is every site's business.
        let of_site =
            |alert: &&Alert| alert.site == site.name || alert.source == Source::Cloudtrail;
        let days: BTreeSet<i64> = hours.iter().map(|hour| hour.div_euclid(24)).collect();
        let hours = hours.iter().map(|hour| Period::Hour(*hour));
        for period in hours.chain(days.into_iter().map(Period::Day)) {
            let alerts: Vec<_> = alerts.iter().filter(of_site).cloned().collect();
            let report = Report {
                site: &site.name,
                period,
                made_ms: read.now_ms,
                summary: &read.summary,
                activity: &read.activity,
                alerts: &within(&alerts, period),
                hot: &hot,
            };
            let path = dir.join(page_name(period));
            write(&path, &render(&report))?;
            if matches!(period, Period::Day(_)) {
                lines.push(format!("page: {}", path.display()));
            }
        }
    }
    for alert in &alerts {
        lines.push(format!(
            "{} ({}): {} {}",
            alert.rule,
            alert.severity.name(),
            alert.finding,
            alert.group
        ));
    }
    write(
        &arguments.out.join("alerts.json"),
        &serde_json::to_string_pretty(&alerts)?,
    )?;
    Ok(lines)
}

/// What was going on in a period.
fn within(alerts: &[Alert], period: Period) -> Vec<Alert> {
    let hours = period.hours();
    let (from, to) = (hours.start * HOUR_MS, hours.end * HOUR_MS);
    let touches = |alert: &&Alert| alert.first_ms < to && alert.last_ms >= from;
    alerts.iter().filter(touches).cloned().collect()
}

/// `2026-11-27.html` for a day, `2026-11-27-10.html` for an hour.
fn page_name(period: Period) -> String {
    let (date, hour) = date_and_hour(period.start_ms());
    match period {
        Period::Day(_) => format!("{date}.html"),
        Period::Hour(_) => format!("{date}-{hour:02}.html"),
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
    }
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
