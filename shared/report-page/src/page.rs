use log_formats::Source;
use log_summary::{Hour, Minute};
use maud::{Markup, html};

use crate::format::{bytes, count, date, duration, moment, percent};
use crate::layout::{Document, tiles as figures};
use crate::{Period, Report, chart, security, tables};

/// The page as HTML.
#[must_use]
pub fn render(report: &Report<'_>) -> String {
    let title = title(report);
    let document = Document {
        title,
        lead: html! {
            p.soft { "Made " (moment(report.made_ms)) ". Addresses are shortened; of queries only what makes another page is shown." }
        },
        main: body(report),
        footer: html! {
            p { "Percentiles are within 1.6 %. Rankings hold the most frequent; totals are exact." }
        },
    };
    document.render()
}

fn title(report: &Report<'_>) -> String {
    let start_ms = report.period.start_ms();
    match report.period {
        Period::Day(_) => format!("{}: {}", report.site, date(start_ms)),
        Period::Hour(hour) => {
            let of_day = hour.rem_euclid(24);
            format!(
                "{}: {}, {of_day:02}:00–{of_day:02}:59 UTC",
                report.site,
                date(start_ms)
            )
        }
    }
}

fn body(report: &Report<'_>) -> Markup {
    let Some((source, name, hour)) = report.outermost() else {
        return html! {
            p { "No log of this time has a request." }
            h2 { "Security" }
            (security::alerts(report.alerts))
            (security::activity(report))
        };
    };
    html! {
        (tiles(name, &hour))
        h2 { "Traffic" }
        (traffic(report, source))
        (tables::tiers(report))
        (tables::routes(&hour))
        h2 { "Pages" }
        (tables::pages(&hour))
        (tables::hot(report.hot))
        h2 { "Errors" }
        (tables::statuses(&hour))
        h2 { "Security" }
        (security::alerts(report.alerts))
        (security::activity(report))
        h2 { "Visitors" }
        (tables::referrers(&hour))
        (tables::agents(&hour))
    }
}

fn tiles(name: &str, hour: &Hour) -> Markup {
    let counters = &hour.counters;
    let mut all = vec![
        ("Requests", count(counters.requests)),
        ("Ended in 5xx", percent(counters.error_ratio())),
        ("From the cache", percent(counters.hit_ratio())),
        ("Median", duration(hour.latency.quantile(0.5))),
        ("99 %", duration(hour.latency.quantile(0.99))),
        ("Sent", bytes(counters.bytes_sent)),
    ];
    if hour.warmer_requests > 0 {
        all.push(("Cache warmer", count(hour.warmer_requests)));
    }
    html! {
        p.soft { "As the tier next to visitors saw it: " (name) "." }
        (figures(&all))
    }
}

fn traffic(report: &Report<'_>, source: Source) -> Markup {
    let hours = report.hours_of(source);
    match report.period {
        Period::Hour(hour) => {
            let minutes = hours
                .first()
                .map_or_else(Vec::new, |(_, hour)| hour.minutes.clone());
            let of_day = hour.rem_euclid(24);
            let labels: Vec<_> = (0..60)
                .step_by(10)
                .map(|minute| (minute, format!("{of_day:02}:{minute:02}")))
                .collect();
            chart::requests(&minutes, &labels, "minute")
        }
        Period::Day(_) => {
            let first = report.period.hours().start;
            let mut bars = vec![Minute::default(); 24];
            for (hour, stats) in hours {
                let bar = usize::try_from(hour - first)
                    .ok()
                    .and_then(|at| bars.get_mut(at));
                if let Some(bar) = bar {
                    bar.requests = stats.counters.requests;
                    bar.errors = stats.counters.status_5xx;
                    bar.bytes_sent = stats.counters.bytes_sent;
                }
            }
            let labels: Vec<_> = (0..24)
                .step_by(4)
                .map(|hour| (hour, format!("{hour:02}:00")))
                .collect();
            chart::requests(&bars, &labels, "hour")
        }
    }
}

#[cfg(test)]
mod tests {
    use log_detections::{Alert, Severity};
    use log_formats::{Request, Text};
    use log_summary::{Activity, HOUR_MS, Observer, Site, Summary, SummaryRules};

    use super::*;

    const NOW_MS: i64 = 1_795_774_830_000;
    const HOUR: i64 = NOW_MS / HOUR_MS;

    fn summary(path: &str, agent: &str) -> Summary {
        let rules = SummaryRules {
            sites: vec![Site {
                name: "shop".to_owned(),
                hosts: Vec::new(),
            }],
            warmer: "Sidetier-Warmer".to_owned(),
            ..SummaryRules::default()
        };
        let mut observer = Observer::new(&rules, Source::Nginx);
        for minute in 0..20 {
            observer.observe(&Request {
                time_ms: HOUR * HOUR_MS + minute * 60_000,
                method: b"GET",
                path: path.as_bytes(),
                status: if minute == 3 { 500 } else { 200 },
                duration_us: Some(20_000),
                bytes_sent: 1000,
                user_agent: Text::plain(agent.as_bytes()),
                referer: Text::plain(b"https://search.example/"),
                ..Request::default()
            });
        }
        observer.finish()
    }

    fn rendered(summary: &Summary, period: Period, alerts: &[Alert]) -> String {
        render(&Report {
            site: "shop",
            period,
            made_ms: NOW_MS,
            summary,
            activity: &Activity::default(),
            alerts,
            hot: &hot_list::hot_list(summary, "shop", NOW_MS),
        })
    }

    #[test]
    fn an_hour_and_a_day_show_what_was_counted() {
        let summary = summary("/cups", "curl/8");
        let hour = rendered(&summary, Period::Hour(HOUR), &[]);
        assert!(hour.contains("shop: 27 November 2026, 10:00–10:59 UTC"));
        assert!(
            hour.contains(
                "Requests per minute: 20 in all, at most 1 in one minute; 1 ended in 5xx"
            )
        );
        assert!(hour.contains("search.example") && hour.contains("20.0 kB"));
        let day = rendered(&summary, Period::Day(HOUR / 24), &[]);
        assert!(day.contains("Requests per hour: 20 in all"));
        let empty = rendered(&summary, Period::Hour(HOUR + 1), &[]);
        assert!(empty.contains("No log of this time has a request"));
    }

    #[test]
    fn what_visitors_send_is_text_and_never_markup() {
        let summary = summary("/<script>alert(1)</script>", "<img src=x onerror=alert(1)>");
        let page = rendered(&summary, Period::Hour(HOUR), &[]);
        assert!(!page.contains("<script") && !page.contains("<img"));
        assert!(page.contains("&lt;script&gt;"));
    }

    #[test]
    fn alerts_say_what_was_found_and_where_to_read_on() {
        let alert = Alert {
            rule: "scanner".to_owned(),
            title: "Someone looks for weaknesses".to_owned(),
            severity: Severity::High,
            site: "shop".to_owned(),
            source: Source::Nginx,
            group: "203.0.113.0/24".to_owned(),
            finding: "12 requests of scanners in 10 minutes".to_owned(),
            value: 12.0,
            threshold: 10.0,
            first_ms: NOW_MS,
            last_ms: NOW_MS,
            evidence: vec!["/.env".to_owned()],
            runbook: "scanner".to_owned(),
        };
        let page = rendered(&Summary::default(), Period::Hour(HOUR), &[alert]);
        for part in [
            "Someone looks",
            "12 requests of scanners in 10 minutes by 203.0.113.0/24",
            "/.env",
            "runbook",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }
}
