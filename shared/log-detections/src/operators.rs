use std::collections::{BTreeMap, BTreeSet};

use log_summary::Hour;
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

/// What the visitors of network operators did, by the numbers of their autonomous systems.
/// Only logs that say whose network a visitor is in count: CloudFront's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operators(BTreeMap<u32, Counts>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    attacks: u64,
    requests: u64,
}

impl Operators {
    /// Counts an hour, of which the rankings must have all that they ever had: what one
    /// operator's visitors do in all is among what many of its networks do a little of.
    pub fn count(&mut self, hour: &Hour) {
        for window in &hour.windows {
            for (_, _, client) in window.suspects.ranking() {
                if let Some(asn) = client.asn {
                    let attacks = client.scans + client.traversals + client.failed_logins;
                    self.0.entry(asn).or_default().attacks += attacks;
                }
            }
            for (_, _, client) in window.clients.ranking() {
                if let Some(asn) = client.asn {
                    self.0.entry(asn).or_default().requests += client.requests;
                }
            }
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (asn, theirs) in &other.0 {
            let mine = self.0.entry(*asn).or_default();
            mine.attacks += theirs.attacks;
            mine.requests += theirs.requests;
        }
    }

    /// Those whose visitors attacked, as the rules have it.
    #[must_use]
    pub fn abusive(&self, rules: &AbuseRules) -> BTreeSet<u32> {
        let is_abusive = |counts: &Counts| {
            counts.attacks >= rules.attacks.max(1)
                && counts.attacks as f64 * 100.0 >= counts.requests as f64 * rules.percent
        };
        let abusive = self.0.iter().filter(|(_, counts)| is_abusive(counts));
        abusive.map(|(asn, _)| *asn).collect()
    }
}

#[cfg(test)]
mod tests {
    use log_formats::{Request, Source};
    use log_summary::{HOUR_MS, Observer, Site, SummaryRules};

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
        let mut operators = Operators::default();
        for hour in observer.finish().hours.values() {
            let mut of_hour = Operators::default();
            of_hour.count(hour);
            operators.merge(&of_hour);
        }
        let abuse = AbuseRules {
            attacks: 50,
            percent: 5.0,
            hours: 24,
        };
        assert_eq!(operators.abusive(&abuse), BTreeSet::from([64_500]));
    }
}
