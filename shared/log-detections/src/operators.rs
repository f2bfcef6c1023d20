use std::collections::{BTreeMap, BTreeSet};

use log_summary::{Summary, WINDOW_MS, WINDOWS};
use serde::Deserialize;

/// When a network operator's visitors are looked at twice.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbuseRules {
    /// From so many requests on that only attackers make: scans, path traversals and failed
    /// logins.
    pub attacks: u64,
    /// And this share of its requests, in per cent: a large operator has some of everything.
    pub percent: f64,
    /// In so many hours.
    pub hours: u32,
}

/// Numbers of the autonomous systems whose visitors attacked since `since_ms`, milliseconds
/// since 1970. Only logs that say whose network a visitor is in count: CloudFront's.
#[must_use]
pub fn abusive_operators(summary: &Summary, rules: &AbuseRules, since_ms: i64) -> BTreeSet<u32> {
    let mut counted: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    let since = since_ms.div_euclid(WINDOW_MS);
    for (key, hour) in &summary.hours {
        let windows = (key.hour * WINDOWS as i64..).zip(&hour.windows);
        for (_, window) in windows.filter(|(number, _)| *number >= since) {
            let sums = window.by_operator();
            for (asn, client) in &sums.suspects {
                let attacks = client.scans + client.traversals + client.failed_logins;
                counted.entry(*asn).or_default().0 += attacks;
            }
            for (asn, client) in &sums.clients {
                counted.entry(*asn).or_default().1 += client.requests;
            }
        }
    }
    let is_abusive = |(attacks, requests): (u64, u64)| {
        attacks >= rules.attacks.max(1) && attacks as f64 * 100.0 >= requests as f64 * rules.percent
    };
    let abusive = counted
        .into_iter()
        .filter(|(_, counts)| is_abusive(*counts));
    abusive.map(|(asn, _)| asn).collect()
}

#[cfg(test)]
mod tests {
    use log_formats::{Request, Source};
    use log_summary::{HOUR_MS, Hour, Observer, Site, SummaryRules};

    use super::*;

    #[test]
    fn operators_of_attackers_are_told_from_those_of_people() {
        let rules = SummaryRules {
            sites: vec![Site {
                name: "shop".to_owned(),
                hosts: Vec::new(),
            }],
            scans: vec!["/.env".to_owned()],
            warmer: "Sidetier-Warmer".to_owned(),
            ..SummaryRules::default()
        };
        let mut observer = Observer::new(&rules, Source::Cloudfront);
        // A home operator with one infected machine among many networks, and one that only
        // attackers use.
        for (asn, visits, scans) in [(3320, 5000, 60), (64_500, 10, 60), (64_501, 0, 20)] {
            for number in 0..visits + scans {
                let client = format!("{}.{}.{}.9", asn % 200, asn / 400 % 200, number % 200);
                observer.observe(&Request {
                    time_ms: HOUR_MS * 10,
                    client: client.as_bytes(),
                    method: b"GET",
                    path: if number < visits { b"/" } else { b"/.env" },
                    status: if number < visits { 200 } else { 404 },
                    asn: Some(asn),
                    ..Request::default()
                });
            }
        }
        let mut summary = observer.finish();
        let abuse = AbuseRules {
            attacks: 50,
            percent: 5.0,
            hours: 24,
        };
        let found = abusive_operators(&summary, &abuse, 0);
        assert_eq!(found, BTreeSet::from([64_500]));
        // Hours of which only the heads are left say the same.
        summary.hours.values_mut().for_each(Hour::trim);
        assert_eq!(abusive_operators(&summary, &abuse, 0), found);
        assert!(abusive_operators(&summary, &abuse, HOUR_MS * 11).is_empty());
    }
}
