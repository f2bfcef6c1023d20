use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use thiserror::Error;

use crate::fault::shown;
use crate::glob::is_like;
use crate::{MissingVariable, Setting};

/// Characters that a pattern has at least, besides its `*`: fewer mean nearly anything.
const MIN_PATTERN: usize = 3;
const MAX_NAME: usize = 255;

/// What the cloud sends events of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A database instance.
    Rds,
    /// A database cluster.
    RdsCluster,
    /// A proxy of RDS.
    RdsProxy,
    /// A replication group of ElastiCache, with its nodes.
    ElastiCache,
    /// A group of Auto Scaling.
    AutoScaling,
    /// An alarm of CloudWatch.
    Alarm,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Rds,
        Self::RdsCluster,
        Self::RdsProxy,
        Self::ElastiCache,
        Self::AutoScaling,
        Self::Alarm,
    ];

    /// Its name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rds => "rds",
            Self::RdsCluster => "rds-cluster",
            Self::RdsProxy => "rds-proxy",
            Self::ElastiCache => "elasticache",
            Self::AutoScaling => "autoscaling",
            Self::Alarm => "alarm",
        }
    }
}

/// Whose events concern a check: `rds:env:DATABASE_INSTANCE`, `alarm:*-DatabaseStorageAlarm-*`.
///
/// A `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct EventSource {
    kind: EventKind,
    name: Setting,
}

/// A text that names nothing that events come from.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no source of events: a kind and a name are needed, as `rds:env:NAME` or `alarm:name*`, of {kinds}", kinds = kinds()
)]
pub struct EventSourceError(String);

fn kinds() -> String {
    let names = EventKind::ALL.map(|kind| format!("`{}`", kind.name()));
    names.join(", ")
}

impl TryFrom<String> for EventSource {
    type Error = EventSourceError;

    fn try_from(text: String) -> Result<Self, EventSourceError> {
        let refused = || EventSourceError(shown(&text));
        let (kind, name) = text.split_once(':').ok_or_else(refused)?;
        let kind = EventKind::ALL.into_iter().find(|of| of.name() == kind);
        Ok(Self {
            kind: kind.ok_or_else(refused)?,
            name: Setting::new(name),
        })
    }
}

impl fmt::Display for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.name.as_written())
    }
}

impl EventSource {
    /// What the events are of.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        self.kind
    }

    /// Its name, or the variable that has it.
    #[must_use]
    pub const fn name(&self) -> &Setting {
        &self.name
    }

    /// The source by its name.
    ///
    /// # Errors
    ///
    /// The variable that has it is not set.
    pub fn resolve(
        &self,
        value: impl FnOnce(&str) -> Option<String>,
    ) -> Result<NamedSource, MissingVariable> {
        Ok(NamedSource {
            kind: self.kind,
            pattern: self.name.resolve(value)?,
        })
    }

    /// What is wrong with it.
    fn fault(&self) -> Option<String> {
        let place = format!("events: {}", shown(&self.to_string()));
        if let Some(fault) = self.name.fault(&place) {
            return Some(fault);
        }
        // What a variable has is more than enough of a name.
        let written = self.name.as_written();
        let (variable, name) = self.name.variable().unwrap_or(("", written));
        let letters = name.chars().filter(|char| *char != '*').count() + variable.len();
        let is_line = !name.contains(|char: char| char.is_control() || char.is_whitespace());
        if !is_line || name.len() > MAX_NAME || letters < MIN_PATTERN {
            return Some(format!(
                "`{place}` is no name: {MIN_PATTERN} to {MAX_NAME} characters without blanks are needed besides `*`"
            ));
        }
        None
    }
}

/// What events come from, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamedSource {
    kind: EventKind,
    pattern: String,
}

impl NamedSource {
    /// Whether an event of this kind about this name is one of its own.
    ///
    /// A replication group's nodes are its own, too: `shop-001` and `shop-0002-003` of `shop`.
    /// Databases and caches are told of in lower case, however they were named.
    #[must_use]
    pub fn is_of(&self, kind: EventKind, name: &str) -> bool {
        if self.kind != kind {
            return false;
        }
        if matches!(kind, EventKind::Alarm | EventKind::AutoScaling) {
            return is_like(name, &self.pattern);
        }
        let (name, pattern) = (name.to_ascii_lowercase(), self.pattern.to_ascii_lowercase());
        let is_node = kind == EventKind::ElastiCache && is_node_of(&name, &pattern);
        is_node || is_like(&name, &pattern)
    }
}

fn is_node_of(name: &str, group: &str) -> bool {
    let rest = name.strip_prefix(group).and_then(|r| r.strip_prefix('-'));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    rest.is_some_and(|rest| rest.split('-').count() <= 2 && rest.split('-').all(is_number))
}

/// What is wrong with the sources of one check.
pub(crate) fn faults(sources: &[EventSource]) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for source in sources {
        faults.extend(source.fault());
        if !seen.insert(source) {
            let name = shown(&source.to_string());
            faults.push(format!("`events` has `{name}` more than once"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> EventSource {
        EventSource::try_from(text.to_owned()).unwrap()
    }

    fn named(text: &str) -> NamedSource {
        let value = |name: &str| (name == "STACK_NAME").then(|| "Shop".to_owned());
        source(text).resolve(value).unwrap()
    }

    #[test]
    fn sources_have_a_kind_and_a_name() {
        let rds = source("rds:env:DATABASE_INSTANCE");
        assert_eq!(rds.kind(), EventKind::Rds);
        assert_eq!(rds.name().variable(), Some(("DATABASE_INSTANCE", "")));
        assert_eq!(rds.fault(), None);
        assert_eq!(rds.to_string(), "rds:env:DATABASE_INSTANCE");
        let missing = rds.resolve(|_| None).unwrap_err();
        assert_eq!(missing, MissingVariable("DATABASE_INSTANCE".to_owned()));
        for bad in ["rds", "", "ec2:i-1", "RDS:shop"] {
            let error = EventSource::try_from(bad.to_owned()).unwrap_err();
            assert!(error.to_string().contains("`rds-proxy`"), "{error}");
        }
    }

    #[test]
    fn names_that_mean_nearly_anything_are_faults() {
        for bad in [
            "alarm:*",
            "alarm:**a*",
            "alarm:a b c",
            "rds:",
            "rds:env:lower",
            "rds:${NAME}",
        ] {
            assert!(source(bad).fault().is_some(), "{bad}");
        }
        for fine in ["alarm:*-DatabaseCpuAlarm-*", "alarm:env:STACK_NAME-*"] {
            assert_eq!(source(fine).fault(), None, "{fine}");
        }
    }

    #[test]
    fn events_are_of_one_kind_and_like_the_name() {
        let alarm = named("alarm:env:STACK_NAME-DatabaseCpuAlarm-*");
        assert!(alarm.is_of(EventKind::Alarm, "Shop-DatabaseCpuAlarm-1A2B"));
        assert!(!alarm.is_of(EventKind::Rds, "Shop-DatabaseCpuAlarm-1A2B"));
        assert!(!alarm.is_of(EventKind::Alarm, "Shop-WebCpuAlarm-1A2B"));
        assert!(!alarm.is_of(EventKind::Alarm, "shop-databasecpualarm-1A2B"));
    }

    #[test]
    fn nodes_are_of_their_group() {
        let group = named("elasticache:env:STACK_NAME-site");
        for own in ["shop-site", "shop-site-001", "shop-site-0002-003"] {
            assert!(group.is_of(EventKind::ElastiCache, own), "{own}");
        }
        for other in [
            "shop-site-",
            "shop-site-a1",
            "shop-site2-001",
            "shop-site-1-2-3",
            "shop",
        ] {
            assert!(!group.is_of(EventKind::ElastiCache, other), "{other}");
        }
    }
}
