use hot_list::HotList;
use log_detections::Alert;
use log_formats::{Source, date_and_hour};
use log_summary::{Activity, HOUR_MS, Hour, Summary};

/// What time a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// An hour, by its number since 1970.
    Hour(i64),
    /// A day in UTC, by its number since 1970.
    Day(i64),
}

impl Period {
    /// The hours of the period.
    #[must_use]
    pub fn hours(self) -> std::ops::Range<i64> {
        match self {
            Self::Hour(hour) => hour..hour + 1,
            Self::Day(day) => day * 24..(day + 1) * 24,
        }
    }

    /// When it begins, in milliseconds since 1970.
    #[must_use]
    pub fn start_ms(self) -> i64 {
        self.hours().start * HOUR_MS
    }

    /// The name of its page: `2026-11-27.html` for a day, `2026-11-27-10.html` for an hour.
    #[must_use]
    pub fn page_name(self) -> String {
        let (date, hour) = date_and_hour(self.start_ms());
        match self {
            Self::Day(_) => format!("{date}.html"),
            Self::Hour(_) => format!("{date}-{hour:02}.html"),
        }
    }

    /// What of it concerns a site and was going on in the period. What was done with the
    /// account is every site's business.
    #[must_use]
    pub fn alerts_of(self, site: &str, alerts: &[Alert]) -> Vec<Alert> {
        let hours = self.hours();
        let (from, to) = (hours.start * HOUR_MS, hours.end * HOUR_MS);
        let concerns = |alert: &&Alert| {
            let is_of_site = alert.site == site || alert.source == Source::Cloudtrail;
            is_of_site && alert.first_ms < to && alert.last_ms >= from
        };
        alerts.iter().filter(concerns).cloned().collect()
    }
}

/// All that a report shows.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The site's name.
    pub site: &'a str,
    /// What time it is about.
    pub period: Period,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
    /// What the requests add up to; hours outside the period are not looked at.
    pub summary: &'a Summary,
    /// What happened besides.
    pub activity: &'a Activity,
    /// What was found.
    pub alerts: &'a [Alert],
    /// What the cache warmer begins with.
    pub hot: &'a HotList,
}

/// The tiers that see web requests, from visitors inwards.
pub(crate) const TIERS: [(Source, &str); 3] = [
    (Source::Cloudfront, "CloudFront"),
    (Source::Alb, "Load balancer"),
    (Source::Nginx, "Proxies"),
];

impl Report<'_> {
    /// The hours of a tier in the period, in their order.
    pub(crate) fn hours_of(&self, source: Source) -> Vec<(i64, &Hour)> {
        let hours = self.period.hours();
        let is_in = |key: &log_summary::HourKey| {
            key.site == self.site && key.source == source && hours.contains(&key.hour)
        };
        self.summary
            .hours
            .iter()
            .filter(|(key, _)| is_in(key))
            .map(|(key, hour)| (key.hour, hour))
            .collect()
    }

    /// A tier's hours as one; `None` when it saw nothing.
    pub(crate) fn total_of(&self, source: Source) -> Option<Hour> {
        let hours = self.hours_of(source);
        if hours.is_empty() {
            return None;
        }
        let mut total = Hour::default();
        hours.iter().for_each(|(_, hour)| total.merge(hour));
        Some(total)
    }

    /// The tier next to visitors that has logs.
    pub(crate) fn outermost(&self) -> Option<(Source, &'static str, Hour)> {
        TIERS
            .iter()
            .find_map(|(source, name)| Some((*source, *name, self.total_of(*source)?)))
    }
}
