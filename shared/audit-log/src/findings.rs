use std::collections::BTreeMap;

use log_detections::Alert;
use log_formats::Source;
use serde::{Deserialize, Serialize};

use crate::{AuditEvent, AuditRules};

/// Five minutes: what is counted together.
const WINDOW_MS: i64 = 300_000;
const HOUR_MS: i64 = 3_600_000;
/// Groups that are counted apart at most: an account has no more actors in an hour.
const MAX_COUNTS: usize = 10_000;
/// Examples of a count at most.
const EVIDENCE: usize = 5;

/// How often events fell under which rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(CountKey, Count)>", into = "Vec<(CountKey, Count)>")]
pub struct AuditFindings {
    counts: BTreeMap<CountKey, Count>,
}

/// Events of one actor under one rule in five minutes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct CountKey {
    rule: String,
    account: String,
    actor: String,
    /// Number of the five minutes since 1970.
    window: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    events: u64,
    first_ms: i64,
    last_ms: i64,
    /// Calls, in the order of the alphabet.
    evidence: Vec<String>,
}

impl From<Vec<(CountKey, Count)>> for AuditFindings {
    fn from(counts: Vec<(CountKey, Count)>) -> Self {
        let counts = counts.into_iter().collect();
        Self { counts }
    }
}

impl From<AuditFindings> for Vec<(CountKey, Count)> {
    fn from(findings: AuditFindings) -> Self {
        findings.counts.into_iter().collect()
    }
}

impl Count {
    fn absorb(&mut self, other: &Self) {
        self.events += other.events;
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
        self.evidence.extend_from_slice(&other.evidence);
        self.evidence.sort();
        self.evidence.dedup();
        self.evidence.truncate(EVIDENCE);
    }
}

impl AuditFindings {
    /// Counts an event under the rules that it falls under.
    pub fn observe(&mut self, rules: &AuditRules, event: &AuditEvent) {
        for rule in rules.matching(event) {
            let key = CountKey {
                rule: rule.id.clone(),
                account: event.text("recipientAccountId"),
                actor: event.actor(),
                window: event.time_ms.div_euclid(WINDOW_MS),
            };
            let call = format!("{} {}", event.text("eventSource"), event.text("eventName"));
            let count = Count {
                events: 1,
                first_ms: event.time_ms,
                last_ms: event.time_ms,
                evidence: vec![call],
            };
            self.add(key, &count);
        }
    }

    fn add(&mut self, key: CountKey, count: &Count) {
        if let Some(known) = self.counts.get_mut(&key) {
            known.absorb(count);
        } else if self.counts.len() < MAX_COUNTS {
            self.counts.insert(key, count.clone());
        }
    }

    /// Adds what another file held.
    pub fn merge(&mut self, other: &Self) {
        for (key, count) in &other.counts {
            self.add(key.clone(), count);
        }
    }

    /// The same, apart for each hour, numbered since 1970.
    #[must_use]
    pub fn by_hour(self) -> BTreeMap<i64, Self> {
        let mut hours: BTreeMap<i64, Self> = BTreeMap::new();
        for (key, count) in self.counts {
            let hour = (key.window * WINDOW_MS).div_euclid(HOUR_MS);
            hours.entry(hour).or_default().counts.insert(key, count);
        }
        hours
    }

    /// What there is to alert of the windows that end after `since_ms`, once for each rule
    /// and actor.
    #[must_use]
    pub fn alerts(&self, rules: &AuditRules, since_ms: i64) -> Vec<Alert> {
        let mut alerts: BTreeMap<String, Alert> = BTreeMap::new();
        let since = since_ms.div_euclid(WINDOW_MS);
        for (key, last) in self.counts.iter().filter(|(key, _)| key.window >= since) {
            let Some(rule) = rules.rules.iter().find(|rule| rule.id == key.rule) else {
                continue;
            };
            let mut sum = last.clone();
            for window in key.window - i64::from(rule.minutes / 5) + 1..key.window {
                let earlier = CountKey {
                    window,
                    ..key.clone()
                };
                if let Some(count) = self.counts.get(&earlier) {
                    sum.absorb(count);
                }
            }
            if sum.events < rule.at_least {
                continue;
            }
            let alert = Alert {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                severity: rule.severity,
                site: key.account.clone(),
                source: Source::Cloudtrail,
                group: key.actor.clone(),
                finding: format!("{} events in {} minutes", sum.events, rule.minutes),
                value: sum.events as f64,
                threshold: rule.at_least as f64,
                first_ms: sum.first_ms,
                last_ms: sum.last_ms,
                evidence: sum.evidence,
                runbook: rule.runbook.clone(),
            };
            alerts
                .entry(alert.key())
                .and_modify(|known| {
                    known.absorb(&alert);
                })
                .or_insert(alert);
        }
        alerts.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(minute: u32, name: &str, error: &str, user: &str) -> AuditEvent {
        AuditEvent::of(json!({
            "eventTime": format!("2026-11-27T10:{minute:02}:30Z"),
            "eventName": name,
            "eventSource": "s3.amazonaws.com",
            "errorCode": error,
            "recipientAccountId": "123456789012",
            "userIdentity": {"type": "IAMUser", "arn": format!("arn:aws:iam::1:user/{user}")},
        }))
        .unwrap()
    }

    fn findings(events: &[AuditEvent]) -> AuditFindings {
        let rules = AuditRules::standard().unwrap();
        let mut findings = AuditFindings::default();
        events
            .iter()
            .for_each(|event| findings.observe(&rules, event));
        findings
    }

    #[test]
    fn refused_calls_alert_when_one_actor_has_many_of_them() {
        let rules = AuditRules::standard().unwrap();
        let refused = |minute, user: &str| event(minute, "GetObject", "AccessDenied", user);
        let many: Vec<_> = (0..20).map(|minute| refused(minute, "anna")).collect();
        let alerts = findings(&many).alerts(&rules, 0);
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        assert_eq!(alerts[0].group, "arn:aws:iam::1:user/anna");
        assert_eq!(alerts[0].evidence, ["s3.amazonaws.com GetObject"]);
        let few: Vec<_> = (0..20)
            .map(|minute| refused(minute, &format!("user-{minute}")))
            .collect();
        assert!(findings(&few).alerts(&rules, 0).is_empty());
    }

    #[test]
    fn files_may_come_in_any_order_and_be_stored_between() {
        let rules = AuditRules::standard().unwrap();
        let events: Vec<_> = (0..20)
            .map(|minute| event(minute, "GetObject", "AccessDenied", "anna"))
            .collect();
        let (one, other) = events.split_at(7);
        let mut merged = findings(other);
        let stored = serde_json::to_string(&findings(one)).unwrap();
        merged.merge(&serde_json::from_str(&stored).unwrap());
        assert_eq!(
            merged.alerts(&rules, 0),
            findings(&events).alerts(&rules, 0)
        );
        let by_hour = merged.clone().by_hour();
        assert_eq!(by_hour.keys().copied().collect::<Vec<_>>(), [498_826]);
        assert_eq!(by_hour[&498_826], merged);
        let end_ms = event(59, "x", "", "anna").time_ms;
        assert!(merged.alerts(&rules, end_ms).is_empty());
    }
}
