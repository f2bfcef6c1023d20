use std::collections::{BTreeMap, BTreeSet};

use log_formats::Source;
use serde::{Deserialize, Serialize};

/// An hour of quiet ends an episode.
const QUIET_MS: i64 = 3_600_000;

/// Examples of an alert at most.
const EVIDENCE: usize = 5;

/// Groups under one rule that are told apart. Whoever has a thousand networks must not be able
/// to send a thousand mails.
const GROUPS: usize = 10;
/// The group of all, where there are more.
const MANY: &str = "many networks";

/// How soon someone must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// When there is time.
    Low,
    /// Today.
    Medium,
    /// Now.
    High,
    /// Now, whoever it wakes.
    Critical,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The rule's id.
    pub rule: String,
    /// What it means, in a sentence.
    pub title: String,
    /// How soon someone must look.
    pub severity: Severity,
    /// The site.
    pub site: String,
    /// Which tier saw it.
    pub source: Source,
    /// Who did it: a network, an operator's number; empty for the site as a whole.
    pub group: String,
    /// What was counted, such as `34 failed logins in 10 minutes`.
    pub finding: String,
    /// The count, or the share in per cent, or milliseconds: what the rule measures.
    pub value: f64,
    /// From which value on the rule alerts.
    pub threshold: f64,
    /// When it began, in milliseconds since 1970.
    pub first_ms: i64,
    /// When it was seen last.
    pub last_ms: i64,
    /// Examples, without visitors' data.
    pub evidence: Vec<String>,
    /// Where to read what to do: an anchor of `docs/runbook.md`.
    pub runbook: String,
}

/// Makes one alert of those under one rule, where they are about more groups than anyone reads
/// about.
pub(crate) fn bound_groups(alerts: Vec<Alert>) -> Vec<Alert> {
    let mut rules: BTreeMap<(String, String), Vec<Alert>> = BTreeMap::new();
    for alert in alerts {
        let rule = (alert.site.clone(), alert.rule.clone());
        rules.entry(rule).or_default().push(alert);
    }
    let bound = |of_rule: Vec<Alert>| {
        let groups: BTreeSet<_> = of_rule.iter().map(|alert| alert.group.clone()).collect();
        if groups.len() <= GROUPS {
            return of_rule;
        }
        many(of_rule, groups.len()).into_iter().collect()
    };
    rules.into_values().flat_map(bound).collect()
}

/// One alert about many groups: of the one with the highest value, with the others' number.
fn many(mut of_rule: Vec<Alert>, groups: usize) -> Option<Alert> {
    of_rule.sort_by(|a, b| {
        b.value
            .total_cmp(&a.value)
            .then_with(|| a.group.cmp(&b.group))
    });
    let highest = of_rule.first()?;
    let first_ms = of_rule.iter().map(|alert| alert.first_ms).min()?;
    let last_ms = of_rule.iter().map(|alert| alert.last_ms).max()?;
    let examples = of_rule.iter().take(EVIDENCE);
    Some(Alert {
        group: MANY.to_owned(),
        finding: format!("{groups} networks; the most: {}", highest.finding),
        first_ms,
        last_ms,
        evidence: examples
            .map(|alert| format!("{}: {}", alert.group, alert.finding))
            .collect(),
        ..highest.clone()
    })
}

impl Alert {
    /// The name of what goes on: the same for as long as it does, and whichever tier sees it.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.site, self.rule, self.group)
    }

    /// Whether another alert belongs to the same episode: it is of the same name, with less
    /// than an hour of quiet between them. Logs come late and out of order, so either may be
    /// the earlier.
    #[must_use]
    pub fn is_continued_by(&self, other: &Self) -> bool {
        self.key() == other.key()
            && other.first_ms <= self.last_ms + QUIET_MS
            && self.first_ms <= other.last_ms + QUIET_MS
    }

    /// Whether another alert of the same episode says nothing that this one does not.
    #[must_use]
    pub fn has(&self, other: &Self) -> bool {
        self.is_continued_by(other) && !self.clone().absorb(other)
    }

    /// Adds an alert to others: to the episode that it continues, where there is one.
    pub fn join(self, others: &mut Vec<Self>) {
        match others.iter_mut().find(|other| other.is_continued_by(&self)) {
            Some(other) => {
                other.absorb(&self);
            }
            None => others.push(self),
        }
    }

    /// Takes in an alert of the same episode; whether that changed anything.
    pub fn absorb(&mut self, other: &Self) -> bool {
        let before = self.clone();
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
        if other.value > self.value {
            self.value = other.value;
            self.finding.clone_from(&other.finding);
        }
        for example in &other.evidence {
            if self.evidence.len() < EVIDENCE && !self.evidence.contains(example) {
                self.evidence.push(example.clone());
            }
        }
        before != *self
    }
}
