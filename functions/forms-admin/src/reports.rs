//! Reports about the logs. `log-report` writes them: `reports/{site}/{date}.html` for a
//! day, `reports/{site}/{date}-{hour}.html` for an hour, UTC.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::{AdminError, Deps};

/// What the names of all reports start with.
const PREFIX: &str = "reports/";
/// Longest report, in bytes: an ALB passes on 1 MB
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>).
const MAX_BYTES: usize = 900 * 1024;
/// Longest answer, in bytes. The 1 MB is that of JSON, where a quotation mark takes two
/// bytes; what is left of it is for the headers.
const MAX_ANSWER: usize = 990_000;
/// Days of a site that are listed.
const DAYS: usize = 31;
/// Most sites that are listed.
const MAX_SITES: usize = 50;
/// Most pages of names, a thousand each, that are read of one site: two years of hours.
const MAX_PAGES: usize = 20;
/// Longest name of a site.
const MAX_SITE: usize = 40;
/// The folder of the reports about cache warming: no site has this name.
const WARMING: &str = "warming";

/// A report's name, which can be nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReportName {
    site: String,
    date: Date,
    hour: Option<i8>,
}

impl ReportName {
    /// The name of `site`'s report `file`, such as `2026-11-27.html` or
    /// `2026-11-27-10.html`; `None` for anything else.
    pub(crate) fn parse(site: &str, file: &str) -> Option<Self> {
        let name = file.strip_suffix(".html")?;
        let (date, hour) = match name.split_at_checked(10)? {
            (date, "") => (date, None),
            (date, hour) => (date, Some(hour.strip_prefix('-')?.parse().ok()?)),
        };
        let name = Self {
            site: site.to_owned(),
            date: date.parse().ok()?,
            hour,
        };
        let fits = is_site(site) && hour.is_none_or(|hour| (0..24).contains(&hour));
        // A date and a number can be written in many ways: one of them is ours.
        (fits && name.file() == file).then_some(name)
    }

    fn of_key(key: &str) -> Option<Self> {
        let (site, file) = key.strip_prefix(PREFIX)?.split_once('/')?;
        Self::parse(site, file)
    }

    fn file(&self) -> String {
        file(self.date, self.hour)
    }

    fn key(&self) -> String {
        format!("{PREFIX}{}/{}", self.site, self.file())
    }
}

fn is_site(name: &str) -> bool {
    (1..=MAX_SITE).contains(&name.len())
        && name != WARMING
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn file(date: Date, hour: Option<i8>) -> String {
    hour.map_or_else(
        || format!("{date}.html"),
        |hour| format!("{date}-{hour:02}.html"),
    )
}

/// What there is of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reports {
    /// Whether there is a report of the whole day.
    pub has_day: bool,
    /// The hours that have a report.
    pub hours: BTreeSet<i8>,
}

/// A site's reports by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SiteReports {
    /// The site's name.
    pub site: String,
    /// Its days.
    pub days: BTreeMap<Date, Reports>,
}

impl SiteReports {
    fn new(site: &str) -> Self {
        Self {
            site: site.to_owned(),
            days: BTreeMap::new(),
        }
    }

    /// Takes a report in, by its key: only the newest days are kept.
    pub(crate) fn add(&mut self, key: &str) {
        let Some(name) = ReportName::of_key(key).filter(|name| name.site == self.site) else {
            return;
        };
        let reports = self.days.entry(name.date).or_default();
        match name.hour {
            Some(hour) => {
                reports.hours.insert(hour);
            }
            None => reports.has_day = true,
        }
        if self.days.len() > DAYS {
            self.days.pop_first();
        }
    }

    /// Where the report of a day or an hour is shown.
    pub(crate) fn path(&self, date: Date, hour: Option<i8>) -> String {
        format!("/forms/admin/reports/{}/{}", self.site, file(date, hour))
    }
}

/// The newest reports of each site: those of the last 31 days, and where there are none,
/// the newest of those that are older.
pub(crate) async fn list_reports(deps: &Deps) -> Result<Vec<SiteReports>, AdminError> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    // Names are listed from the oldest on: starting late saves reading years of them.
    let since = today.saturating_sub((DAYS as i64 - 1).days());
    let mut sites = Vec::new();
    for name in list_sites(deps).await? {
        let mut reports = list_site(&name, Some(since), deps).await?;
        if reports.days.is_empty() {
            reports = list_site(&name, None, deps).await?;
        }
        sites.push(reports);
    }
    Ok(sites)
}

async fn list_sites(deps: &Deps) -> Result<Vec<String>, AdminError> {
    let output = deps
        .objects
        .list_objects_v2()
        .bucket(&deps.config.log_results_bucket)
        .prefix(PREFIX)
        .delimiter("/")
        .send()
        .await
        .map_err(|error| AdminError::Reports(error.into()))?;
    let folders = output.common_prefixes().iter();
    Ok(folders
        .filter_map(|folder| folder.prefix()?.strip_prefix(PREFIX)?.strip_suffix('/'))
        .filter(|site| is_site(site))
        .take(MAX_SITES)
        .map(str::to_owned)
        .collect())
}

async fn list_site(
    site: &str,
    since: Option<Date>,
    deps: &Deps,
) -> Result<SiteReports, AdminError> {
    let prefix = format!("{PREFIX}{site}/");
    let mut pages = deps
        .objects
        .list_objects_v2()
        .bucket(&deps.config.log_results_bucket)
        .set_start_after(since.map(|date| format!("{prefix}{date}")))
        .prefix(prefix)
        .into_paginator()
        .send();
    let mut reports = SiteReports::new(site);
    for _ in 0..MAX_PAGES {
        let Some(page) = pages.next().await else {
            break;
        };
        let page = page.map_err(|error| AdminError::Reports(error.into()))?;
        for object in page.contents() {
            reports.add(object.key().unwrap_or_default());
        }
    }
    Ok(reports)
}

/// A report as it was written; `None` where there is none.
pub(crate) async fn read_report(
    name: &ReportName,
    deps: &Deps,
) -> Result<Option<String>, AdminError> {
    read_text(&name.key(), deps).await
}

/// A text of the bucket of reports that an answer can hold; `None` where there is none.
pub(crate) async fn read_text(key: &str, deps: &Deps) -> Result<Option<String>, AdminError> {
    let outcome = deps
        .objects
        .get_object()
        .bucket(&deps.config.log_results_bucket)
        .key(key)
        .send()
        .await;
    let mut output = match outcome {
        Ok(output) => output,
        Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
            return Ok(None);
        }
        Err(error) => return Err(AdminError::Reports(error.into())),
    };
    let told = output.content_length().unwrap_or_default();
    check_size(usize::try_from(told).unwrap_or_default(), MAX_BYTES)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = output.body.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| AdminError::Reports(error.into()))?);
        check_size(bytes.len(), MAX_BYTES)?;
    }
    let html = String::from_utf8(bytes).map_err(|error| AdminError::Reports(error.into()))?;
    check_size(serde_json::to_string(&html)?.len(), MAX_ANSWER)?;
    Ok(Some(html))
}

const fn check_size(bytes: usize, allowed: usize) -> Result<(), AdminError> {
    if bytes > allowed {
        return Err(AdminError::ReportTooLarge { bytes, allowed });
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;

    use super::*;

    /// The reports of the site `halden` with these files.
    pub(crate) fn site(files: &[&str]) -> SiteReports {
        let mut reports = SiteReports::new("halden");
        for file in files {
            reports.add(&format!("reports/halden/{file}"));
        }
        reports
    }

    #[test]
    fn a_report_is_named_by_site_day_and_hour() {
        for file in [
            "2026-11-27.html",
            "2026-11-27-00.html",
            "2026-11-27-23.html",
            "2028-02-29.html",
        ] {
            let name = ReportName::parse("halden-2", file).unwrap();
            assert_eq!(name.key(), format!("reports/halden-2/{file}"));
        }
    }

    #[test]
    fn no_other_name_reaches_the_bucket() {
        let longest = "a".repeat(40);
        assert!(ReportName::parse(&longest, "2026-11-27.html").is_some());
        let too_long = "a".repeat(41);
        for site in [
            "", "..", "warming", "Halden", "a_b", "a%2fb", "a/b", "é", &too_long,
        ] {
            assert_eq!(ReportName::parse(site, "2026-11-27.html"), None, "{site}");
        }
        for file in [
            "",
            ".html",
            "2026-11-27",
            "2026-11-27.htm",
            "2026-11-27.html.gz",
            "2026-11-31.html",
            "2026-1-27.html",
            "20261127.html",
            "+002026-11-27.html",
            "2026-11-27T00.html",
            "2026-11-27-.html",
            "2026-11-27-24.html",
            "2026-11-27-7.html",
            "2026-11-27-+7.html",
            "2026-11-27--1.html",
            "2026-11-27-007.html",
            "2026-11-27-10-00.html",
            "../2026-11-27.html",
            "2026-11-2é.html",
            "hot-list.json",
        ] {
            assert_eq!(ReportName::parse("halden", file), None, "{file}");
        }
    }

    #[test]
    fn the_newest_days_are_kept_whatever_the_order() {
        let mut reports = site(&["2026-11-27-10.html", "2026-11-27.html", "hot-list.json"]);
        reports.add("reports/other/2026-11-28.html");
        let day = Reports {
            has_day: true,
            hours: BTreeSet::from([10]),
        };
        assert_eq!(
            reports.days,
            BTreeMap::from([(date(2026, 11, 27), day.clone())])
        );
        for of_month in 1..=31 {
            reports.add(&format!("reports/halden/2026-10-{of_month:02}-05.html"));
        }
        assert_eq!(reports.days.len(), 31);
        assert_eq!(reports.days.get(&date(2026, 11, 27)), Some(&day));
        assert!(!reports.days.contains_key(&date(2026, 10, 1)));
    }

    #[test]
    fn a_report_that_no_answer_can_hold_is_refused_in_words() {
        assert!(check_size(MAX_BYTES, MAX_BYTES).is_ok());
        let error = check_size(MAX_BYTES + 1, MAX_BYTES).unwrap_err();
        assert_eq!(
            error.to_string(),
            "show this report: it takes 921601 bytes, at most 921600 are allowed"
        );
    }
}
