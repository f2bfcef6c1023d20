//! The use case: hours have changed, and with them the pages of them and of their days.

use std::collections::BTreeSet;

use hot_list::hot_list;
use log_ledger::keys;
use report_page::{Period, Report, render};
use store::NewObject;

use crate::recent_hours::RecentHours;
use crate::{Deps, ReportError};

/// Writes the pages of some hours and of their days, for each site.
pub(crate) async fn publish_pages(
    deps: &Deps,
    recent: &RecentHours,
    touched: &BTreeSet<i64>,
    now_ms: i64,
) -> Result<(), ReportError> {
    let days: BTreeSet<i64> = touched.iter().map(|hour| hour.div_euclid(24)).collect();
    for day in days {
        let period = Period::Day(day);
        let of_day = touched.range(period.hours()).copied();
        if RecentHours::is_recent(period.hours().start, now_ms) {
            publish_day(deps, recent, day, of_day, now_ms).await?;
        } else {
            // Some of its hours are not among the recent ones, or none is.
            let hours = RecentHours::read(deps, period.hours()).await?;
            publish_day(deps, &hours, day, of_day, now_ms).await?;
        }
    }
    Ok(())
}

async fn publish_day(
    deps: &Deps,
    hours: &RecentHours,
    day: i64,
    touched: impl Iterator<Item = i64>,
    now_ms: i64,
) -> Result<(), ReportError> {
    let periods: Vec<_> = touched
        .map(Period::Hour)
        .chain([Period::Day(day)])
        .collect();
    for site in &deps.rules.requests.sites {
        let hot = hot_list(&hours.summary, &site.name, now_ms);
        for period in &periods {
            let report = Report {
                site: &site.name,
                period: *period,
                made_ms: now_ms,
                summary: &hours.summary,
                activity: &hours.activity,
                alerts: &period.alerts_of(&site.name, &hours.found),
                hot: &hot,
            };
            let key = keys::report(&site.name, *period);
            put(deps, &key, render(&report), "text/html; charset=utf-8").await?;
        }
    }
    Ok(())
}

/// Writes which pages the cache warmer begins with, for each site.
pub(crate) async fn publish_hot_lists(
    deps: &Deps,
    recent: &RecentHours,
    now_ms: i64,
) -> Result<(), ReportError> {
    for site in &deps.rules.requests.sites {
        let key = keys::hot_list(&site.name);
        let hot = hot_list(&recent.summary, &site.name, now_ms);
        let json = serde_json::to_string(&hot).map_err(|source| ReportError::Json {
            key: key.clone(),
            source,
        })?;
        put(deps, &key, json, "application/json").await?;
    }
    Ok(())
}

async fn put(deps: &Deps, key: &str, text: String, content_type: &str) -> Result<(), ReportError> {
    let object = NewObject::private(key, text, content_type);
    deps.results.put(object).await?;
    Ok(())
}
