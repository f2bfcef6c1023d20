use std::collections::{BTreeMap, BTreeSet};

use health_checks::SiteChecks;
use health_state::{DependencyGraph, Severity};
use thiserror::Error;

/// Seconds that an alarm waits for the alarm of its cause.
pub const WAIT_S: u32 = 120;
/// Seconds that an alarm stays silent after that of its cause is over.
pub const EXTENSION_S: u32 = 300;
/// Alarms that the rule of a composite alarm may name.
pub const MAX_CHILDREN: usize = 100;
/// Composite alarms whose rules may name the same alarm.
pub const MAX_PARENTS: usize = 150;

/// Why there can be no such alarms.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AlarmsError {
    /// Two checks whose alarms would have the same name.
    #[error("name the alarms: those of the checks `{0}` and `{1}` would have the same name")]
    SameName(String, String),
    /// A check that depends on more than a rule may name.
    #[error(
        "silence the check `{check}`: it depends on {found} checks, at most {MAX_CHILDREN} are allowed"
    )]
    TooManyCauses {
        /// Which.
        check: String,
        /// On how many.
        found: usize,
    },
    /// A check that more depend on than may name its alarm.
    #[error(
        "silence what depends on `{check}`: {found} checks do, at most {MAX_PARENTS} are allowed"
    )]
    TooManyDependents {
        /// Which.
        check: String,
        /// How many do.
        found: usize,
    },
}

/// The alarms of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthAlarm {
    /// The check.
    pub check: String,
    /// The checks whose failure silences it: those that it depends on directly.
    pub causes: Vec<String>,
    /// The check's name in the names of resources.
    pub(crate) name: String,
}

/// The alarms of the site's checks, in the order of the checks' names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthAlarms {
    /// One for each check that has alarms.
    pub alarms: Vec<HealthAlarm>,
}

impl HealthAlarms {
    /// The alarms of these checks.
    ///
    /// # Errors
    ///
    /// More dependencies than CloudWatch allows, or names of checks that are too alike. That
    /// dependencies have no cycles is part of the checks.
    pub fn of(site: &SiteChecks) -> Result<Self, AlarmsError> {
        let pages = site.checks.iter();
        let pages = pages.filter(|check| check.alert.severity == Severity::Page);
        Self::new(&site.graph, pages.map(|check| check.id.as_str()))
    }

    /// The alarms of checks that are paged for, by a graph that has all of them.
    fn new<'a>(
        graph: &'a DependencyGraph,
        pages: impl Iterator<Item = &'a str>,
    ) -> Result<Self, AlarmsError> {
        let mut watched: BTreeSet<&str> = BTreeSet::new();
        for check in pages {
            watched.insert(check);
            watched.extend(graph.all_dependencies(check));
        }
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        let mut dependents: BTreeMap<&str, usize> = BTreeMap::new();
        let mut alarms = Vec::with_capacity(watched.len());
        for check in watched {
            let name = resource_name(check);
            if let Some(other) = names.insert(name.clone(), check) {
                return Err(AlarmsError::SameName(other.to_owned(), check.to_owned()));
            }
            let causes: Vec<&str> = graph.dependencies(check).collect();
            if causes.len() > MAX_CHILDREN {
                return Err(AlarmsError::TooManyCauses {
                    check: check.to_owned(),
                    found: causes.len(),
                });
            }
            for cause in &causes {
                *dependents.entry(cause).or_default() += 1;
            }
            alarms.push(HealthAlarm {
                check: check.to_owned(),
                causes: causes.into_iter().map(str::to_owned).collect(),
                name,
            });
        }
        match dependents
            .into_iter()
            .find(|(_, found)| *found >= MAX_PARENTS)
        {
            // Its own composite alarm names it, too.
            Some((check, found)) => Err(AlarmsError::TooManyDependents {
                check: check.to_owned(),
                found,
            }),
            None => Ok(Self { alarms }),
        }
    }

    pub(crate) fn name_of(&self, check: &str) -> &str {
        let alarm = self.alarms.iter().find(|alarm| alarm.check == check);
        alarm.map_or("", |alarm| &alarm.name)
    }
}

/// `search-index` as `SearchIndex`: names of resources have letters and digits only.
fn resource_name(check: &str) -> String {
    let capital = |part: &str| {
        let mut chars = part.chars();
        let first = chars.next().map(|char| char.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    check.split('-').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, Vec<String>)]) -> DependencyGraph {
        let own = edges
            .iter()
            .map(|(check, of)| ((*check).to_owned(), of.clone()));
        DependencyGraph::new(own).unwrap()
    }

    fn many(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("c{number}")).collect()
    }

    #[test]
    fn names_that_become_the_same_are_refused() {
        let graph = graph(&[("a-1", vec![]), ("a1", vec![])]);
        let error = HealthAlarms::new(&graph, ["a1", "a-1"].into_iter()).unwrap_err();
        assert_eq!(
            error,
            AlarmsError::SameName("a-1".to_owned(), "a1".to_owned())
        );
        assert_eq!(resource_name("search-index-2"), "SearchIndex2");
    }

    #[test]
    fn a_rule_names_a_hundred_alarms_at_most() {
        let checks = many(101);
        for (count, is_allowed) in [(100, true), (101, false)] {
            let mut edges: Vec<_> = checks.iter().map(|id| (id.as_str(), vec![])).collect();
            edges.push(("home", checks[..count].to_vec()));
            let alarms = HealthAlarms::new(&graph(&edges), ["home"].into_iter());
            assert_eq!(alarms.is_ok(), is_allowed, "{count}");
        }
    }

    #[test]
    fn an_alarm_is_named_by_a_hundred_and_fifty_at_most() {
        let checks = many(150);
        for (count, is_allowed) in [(149, true), (150, false)] {
            let edges = checks[..count].iter().map(String::as_str);
            let mut edges: Vec<_> = edges.map(|id| (id, vec!["database".to_owned()])).collect();
            edges.push(("database", vec![]));
            let alarms =
                HealthAlarms::new(&graph(&edges), checks[..count].iter().map(String::as_str));
            assert_eq!(alarms.is_ok(), is_allowed, "{count}");
        }
    }
}
