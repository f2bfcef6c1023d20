//! What logs add up to, as metrics of the time that they are about.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use log_formats::Source;
use log_ledger::{Ledger, SiteHour, Sums};
use log_summary::{Counters, HOUR_MS, LatencySketch, Merge, WINDOW_MS, WINDOWS};
use site_logs::LogRules;
use telemetry::{Metrics, Service, Unit};

/// CloudWatch refuses what is older than two weeks.
const TOO_OLD: Duration = Duration::from_secs(14 * 24 * 3600 - 3600);
/// The group of all paths that no rule names: each group is a metric that is paid for.
const OTHER: &str = "other";
/// Name and share of the percentiles.
const PERCENTILES: [(&str, f64); 3] = [
    ("LatencyP50", 0.50),
    ("LatencyP95", 0.95),
    ("LatencyP99", 0.99),
];

/// Tells what was added to an hour.
pub(crate) fn emit_sums(added: &Sums, hour: i64, rules: &LogRules, telemetry: &Service) {
    let start_ms = hour * HOUR_MS;
    for of_site in &added.requests {
        for (minute, sums) in (0..).zip(&of_site.hour.minutes) {
            if sums.requests == 0 {
                continue;
            }
            let mut metrics = metrics_of(of_site, telemetry);
            metrics.add("Requests", Unit::Count, sums.requests as f64);
            metrics.add("ServerErrors", Unit::Count, sums.errors as f64);
            metrics.add("BytesSent", Unit::Bytes, sums.bytes_sent as f64);
            flush(metrics, start_ms + minute * 60_000);
        }
        for (window, sums) in (0..).zip(&of_site.hour.windows) {
            if sums.counters.requests == 0 {
                continue;
            }
            let mut metrics = metrics_of(of_site, telemetry);
            let counters = &sums.counters;
            metrics.add("ClientErrors", Unit::Count, counters.status_4xx as f64);
            metrics.add("CacheHits", Unit::Count, counters.cache_hits as f64);
            metrics.add("CacheMisses", Unit::Count, counters.cache_misses as f64);
            flush(metrics, start_ms + window * WINDOW_MS);
        }
        for (route, counters) in routes_of(of_site, rules) {
            let mut metrics = metrics_of(of_site, telemetry);
            metrics.dimension("route", route.to_owned());
            metrics.add("RouteRequests", Unit::Count, counters.requests as f64);
            metrics.add("RouteServerErrors", Unit::Count, counters.status_5xx as f64);
            flush(metrics, start_ms + last_minute(of_site) * 60_000);
        }
    }
}

/// Tells how long requests took in windows that are closed: percentiles cannot be added up,
/// so each is told once.
pub(crate) fn emit_percentiles(
    ledger: &Ledger,
    closed: &[(Source, Range<usize>)],
    telemetry: &Service,
) {
    for (source, windows) in closed {
        let requests = ledger.sums.requests.iter();
        let of_source = requests.filter(|of_site| of_site.source == *source);
        of_source.for_each(|of_site| emit_windows(of_site, ledger.hour, windows, telemetry));
    }
}

fn emit_windows(of_site: &SiteHour, hour: i64, windows: &Range<usize>, telemetry: &Service) {
    let start_ms = hour * HOUR_MS;
    for index in windows.clone() {
        let Some(window) = of_site.hour.windows.get(index) else {
            continue;
        };
        let mut metrics = metrics_of(of_site, telemetry);
        add_percentiles(&mut metrics, &window.latency);
        let index = i64::try_from(index).unwrap_or(0);
        flush(metrics, start_ms + index * WINDOW_MS);
    }
    if windows.end == WINDOWS
        && let Some(ratio) = of_site.hour.counters.hit_ratio()
    {
        let mut metrics = metrics_of(of_site, telemetry);
        metrics.add("HitRatio", Unit::Percent, ratio * 100.0);
        flush(metrics, start_ms);
    }
}

fn add_percentiles(metrics: &mut Metrics, latency: &LatencySketch) {
    for (name, share) in PERCENTILES {
        if let Some(us) = latency.quantile(share) {
            metrics.add(name, Unit::Milliseconds, f64::from(us) / 1000.0);
        }
    }
}

fn metrics_of(of_site: &SiteHour, telemetry: &Service) -> Metrics {
    let mut metrics = telemetry.metrics();
    metrics.dimension("site", of_site.site.clone());
    metrics.dimension("tier", of_site.source.name());
    metrics
}

/// Groups of paths that a rule names, and all others as one.
fn routes_of<'a>(of_site: &'a SiteHour, rules: &LogRules) -> BTreeMap<&'a str, Counters> {
    let mut routes: BTreeMap<&str, Counters> = BTreeMap::new();
    for (name, route) in &of_site.hour.routes {
        let is_named = rules.requests.routes.iter().any(|rule| rule.name == *name);
        let name = if is_named { name.as_str() } else { OTHER };
        routes.entry(name).or_default().merge(&route.counters);
    }
    routes
}

/// The last minute with requests.
fn last_minute(of_site: &SiteHour) -> i64 {
    let minutes = &of_site.hour.minutes;
    let last = minutes.iter().rposition(|minute| minute.requests > 0);
    last.and_then(|minute| i64::try_from(minute).ok())
        .unwrap_or(0)
}

fn flush(mut metrics: Metrics, time_ms: i64) {
    let time = UNIX_EPOCH + Duration::from_millis(u64::try_from(time_ms).unwrap_or(0));
    let is_too_old = SystemTime::now()
        .duration_since(time)
        .is_ok_and(|age| age > TOO_OLD);
    if !is_too_old {
        metrics.flush_at(time);
    }
}
