use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use audit_log::AuditRules;
use hot_list::hot_list;
use log_detections::judge;
use log_summary::HOUR_MS;
use report_page::{Period, Report, render};
use site_logs::LogRules;

use crate::arguments::ReportArguments;
use crate::read::Read;

/// Writes pages, hot lists and alerts; what they are, a line each.
pub(crate) fn write_all(
    read: &Read,
    (rules, audit): (&LogRules, &AuditRules),
    arguments: &ReportArguments,
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
        let days: BTreeSet<i64> = hours.iter().map(|hour| hour.div_euclid(24)).collect();
        let hours = hours.iter().map(|hour| Period::Hour(*hour));
        for period in hours.chain(days.into_iter().map(Period::Day)) {
            let report = Report {
                site: &site.name,
                period,
                made_ms: read.now_ms,
                summary: &read.summary,
                activity: &read.activity,
                alerts: &period.alerts_of(&site.name, &alerts),
                hot: &hot,
            };
            let path = dir.join(period.page_name());
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

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
    }
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
