use std::collections::BTreeMap;

use log_formats::Source;
use log_summary::{Summary, WINDOW_MS};

use crate::alert::bound_groups;
use crate::find::{Found, find};
use crate::timeline::Timeline;
use crate::{Alert, Condition, Detection};

/// What the rules find in the windows that end after `since_ms`, milliseconds since 1970.
/// What a rule finds in several windows, or in the logs of several tiers, is one alert with
/// the highest value, unless there was an hour of quiet between.
#[must_use]
pub fn judge(summary: &Summary, rules: &[Detection], since_ms: i64) -> Vec<Alert> {
    let mut alerts: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
    let timelines = Timeline::all(summary);
    for timeline in &timelines {
        for (number, window) in timeline.since(since_ms) {
            let told = rules
                .iter()
                .filter(|rule| timeline.can_tell(rule, &timelines));
            let found = told.flat_map(|rule| {
                let found = find(timeline, number, window, rule.condition).into_iter();
                found.map(move |found| alert(timeline, number, rule, found))
            });
            for alert in found {
                let key = alert.key();
                alert.join(alerts.entry(key).or_default());
            }
        }
    }
    bound_groups(alerts.into_values().flatten().collect())
}

impl Timeline<'_> {
    /// Whether the tier's log says who it was. The load balancer sees the edge's addresses
    /// where there is an edge, and the proxies know the visitors'.
    fn can_tell(&self, rule: &Detection, all: &[Self]) -> bool {
        let is_about_visitors = matches!(
            rule.condition,
            Condition::Network { .. } | Condition::Operator { .. }
        );
        let is_outer = |other: &Self| other.site == self.site && other.source != Source::Alb;
        !is_about_visitors || self.source != Source::Alb || !all.iter().any(is_outer)
    }
}

fn alert(timeline: &Timeline<'_>, number: i64, rule: &Detection, found: Found) -> Alert {
    let start_ms = number * WINDOW_MS;
    Alert {
        rule: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        site: timeline.site.to_owned(),
        source: timeline.source,
        group: found.group,
        finding: found.finding,
        value: found.value,
        threshold: found.threshold,
        first_ms: found.first_ms.unwrap_or(start_ms),
        last_ms: found.last_ms.unwrap_or(start_ms + WINDOW_MS),
        evidence: found.evidence,
        runbook: rule.runbook.clone(),
    }
}

#[cfg(test)]
mod tests {
    use log_formats::{CacheResult, Request};
    use log_summary::{Observer, Site, SummaryRules};

    use super::*;
    use crate::Severity;

    /// The beginning of an hour.
    const HOUR: i64 = 1_795_773_600_000;
    const MINUTE: i64 = 60_000;

    fn rule(condition: &str) -> Detection {
        let text = format!(
            "id = \"rule\"\ntitle = \"A rule\"\nseverity = \"high\"\nrunbook = \"rule\"\nwhen = {condition}"
        );
        toml::from_str(&text).unwrap()
    }

    fn summary_rules() -> SummaryRules {
        SummaryRules {
            sites: vec![Site {
                name: "shop".to_owned(),
                hosts: Vec::new(),
            }],
            logins: vec!["/login".to_owned()],
            warmer: "Sidetier-Warmer".to_owned(),
            ..SummaryRules::default()
        }
    }

    /// A summary of requests, each of which is made of its time and of what `change` does.
    fn summary(
        times: impl IntoIterator<Item = i64>,
        change: impl Fn(i64, &mut Request<'_>),
    ) -> Summary {
        let rules = summary_rules();
        let mut observer = Observer::new(&rules, Source::Nginx);
        for minute in times {
            let mut request = Request {
                time_ms: HOUR + minute * MINUTE,
                client: b"203.0.113.9",
                method: b"GET",
                path: b"/",
                status: 200,
                duration_us: Some(20_000),
                cache: CacheResult::Hit,
                ..Request::default()
            };
            change(minute, &mut request);
            observer.observe(&request);
        }
        observer.finish()
    }

    fn alerts(summary: &Summary, condition: &str) -> Vec<Alert> {
        judge(summary, &[rule(condition)], HOUR)
    }

    const LOGINS: &str =
        r#"{ what = "network", measure = "failed-logins", at_least = 10, minutes = 10 }"#;

    #[test]
    fn failed_logins_of_a_network_alert_once_though_they_go_on() {
        let fail = |minute: i64, request: &mut Request<'_>| {
            (request.method, request.path, request.status) = (b"POST", b"/login", 401);
            request.client = if minute % 2 == 0 {
                b"203.0.113.9"
            } else {
                b"203.0.113.77"
            };
        };
        let found = alerts(&summary((0..40).cycle().take(120), fail), LOGINS);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].group, "203.0.113.0/24");
        assert_eq!(found[0].finding, "30 failed logins in 10 minutes");
        assert_eq!(
            (found[0].first_ms, found[0].last_ms),
            (HOUR, HOUR + 39 * MINUTE)
        );
        assert_eq!(found[0].severity, Severity::High);
        assert!(alerts(&summary((0..9).cycle().take(9), fail), LOGINS).is_empty());
    }

    #[test]
    fn a_thousand_networks_are_one_alert() {
        let rules = summary_rules();
        let of_networks = |networks: u32| {
            let mut observer = Observer::new(&rules, Source::Nginx);
            for number in 0..networks * 12 {
                let network = number % networks;
                observer.observe(&Request {
                    time_ms: HOUR,
                    client: format!("198.{}.{}.9", network / 200, network % 200).as_bytes(),
                    method: b"POST",
                    path: b"/login",
                    status: 401,
                    ..Request::default()
                });
            }
            alerts(&observer.finish(), LOGINS)
        };
        assert_eq!(of_networks(10).len(), 10);
        let found = of_networks(1000);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].group, "many networks");
        assert_eq!(
            found[0].finding,
            "1000 networks; the most: 12 failed logins in 10 minutes"
        );
        assert_eq!(found[0].evidence.len(), 5);
    }

    #[test]
    fn an_operators_networks_count_together() {
        let flood = |minute: i64, request: &mut Request<'_>| {
            request.client =
                [&b"198.51.100.1"[..], b"203.0.113.9", b"192.0.2.1"][minute as usize % 3];
            request.asn = Some(64_500);
        };
        let many = summary((0..5).cycle().take(90), flood);
        let operator = r#"{ what = "operator", measure = "requests", at_least = 80, minutes = 5 }"#;
        assert_eq!(alerts(&many, operator)[0].group, "AS64500");
        let mut heads = many.clone();
        heads.hours.values_mut().for_each(log_summary::Hour::trim);
        assert_eq!(alerts(&heads, operator), alerts(&many, operator));
        let network = operator.replace("operator", "network");
        assert!(alerts(&many, &network).is_empty());
    }

    #[test]
    fn errors_alert_when_they_are_more_than_before() {
        let condition = r#"{ what = "errors", percent = 5.0, times = 3.0, requests = 20 }"#;
        let fail_late = |minute: i64, request: &mut Request<'_>| {
            request.status = if minute >= 30 && minute % 2 == 0 {
                503
            } else {
                200
            };
        };
        let found = alerts(&summary((0..60).cycle().take(1200), fail_late), condition);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].value >= 40.0 && found[0].first_ms == HOUR + 30 * MINUTE,
            "{found:?}"
        );
        // Always as bad is no news.
        let fail_always = |minute: i64, request: &mut Request<'_>| {
            request.status = if minute % 4 == 0 { 503 } else { 200 };
        };
        let found = alerts(&summary((0..60).cycle().take(1200), fail_always), condition);
        assert!(
            found.iter().all(|alert| alert.first_ms < HOUR + 5 * MINUTE),
            "{found:?}"
        );
    }

    #[test]
    fn slower_answers_and_a_colder_cache_alert() {
        let slow = |minute: i64, request: &mut Request<'_>| {
            if minute >= 40 {
                (request.duration_us, request.cache) = (Some(2_000_000), CacheResult::Miss);
            }
        };
        let worse = summary((0..60).cycle().take(1200), slow);
        let latency =
            r#"{ what = "latency", percentile = 95.0, ms = 500, times = 2.0, requests = 20 }"#;
        assert_eq!(alerts(&worse, latency).len(), 1);
        let cache = r#"{ what = "hit-ratio", points = 30.0, requests = 20 }"#;
        assert!(
            alerts(&worse, cache)[0]
                .finding
                .starts_with("the cache answered 0 %")
        );
        let same = summary((0..60).cycle().take(1200), |_, _| {});
        assert!(alerts(&same, latency).is_empty() && alerts(&same, cache).is_empty());
    }

    #[test]
    fn an_hour_of_quiet_makes_two_alerts() {
        let fail = |_: i64, request: &mut Request<'_>| {
            (request.method, request.path, request.status) = (b"POST", b"/login", 401);
        };
        let apart = (0..5).chain(-240..-235).cycle().take(200);
        let found = judge(&summary(apart, fail), &[rule(LOGINS)], 0);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn the_load_balancer_does_not_accuse_the_edge() {
        let flood = r#"{ what = "network", measure = "requests", at_least = 50, minutes = 5 }"#;
        let mut both = summary((0..5).cycle().take(90), |_, _| {});
        let seen = both.hours.pop_first().unwrap();
        let of = |source| log_summary::HourKey {
            source,
            ..seen.0.clone()
        };
        both.hours.insert(of(Source::Alb), seen.1.clone());
        assert_eq!(alerts(&both, flood).len(), 1);
        both.hours.insert(of(Source::Nginx), seen.1.clone());
        let found = alerts(&both, flood);
        assert!(
            found.len() == 1 && found[0].source == Source::Nginx,
            "{found:?}"
        );
    }

    #[test]
    fn what_ended_before_is_not_judged_again() {
        let fail = |_: i64, request: &mut Request<'_>| {
            (request.method, request.path, request.status) = (b"POST", b"/login", 401);
        };
        let early = summary((0..5).cycle().take(50), fail);
        assert!(judge(&early, &[rule(LOGINS)], HOUR + 30 * MINUTE).is_empty());
    }

    #[test]
    fn a_later_window_or_another_tier_continues_an_alert() {
        let fail = |_: i64, request: &mut Request<'_>| {
            (request.method, request.path, request.status) = (b"POST", b"/login", 401);
        };
        let mut first = alerts(&summary((0..5).cycle().take(50), fail), LOGINS).remove(0);
        let mut later = first.clone();
        (later.source, later.first_ms, later.last_ms) =
            (Source::Alb, HOUR + 50 * MINUTE, HOUR + 55 * MINUTE);
        assert!(first.is_continued_by(&later) && later.is_continued_by(&first));
        assert!(first.absorb(&later) && !first.absorb(&later));
        assert_eq!(first.last_ms, HOUR + 55 * MINUTE);
        later.first_ms += 120 * MINUTE;
        later.last_ms += 120 * MINUTE;
        assert!(!first.is_continued_by(&later));
    }
}
