use std::collections::BTreeSet;

use health_checks::{NamedSource, SiteChecks};

use crate::Told;

/// Which checks are concerned by what events come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventSources {
    of_checks: Vec<(String, Vec<NamedSource>)>,
    missing: BTreeSet<String>,
}

impl EventSources {
    /// The sources that checks name, with the values of variables. What names a variable that
    /// is not set is not there: no event concerns it.
    #[must_use]
    pub fn of(site: &SiteChecks, value: impl Fn(&str) -> Option<String>) -> Self {
        let mut sources = Self::default();
        for check in &site.checks {
            let mut named = Vec::new();
            for source in &check.events {
                match source.resolve(&value) {
                    Ok(source) => named.push(source),
                    Err(missing) => {
                        sources.missing.insert(missing.0);
                    }
                }
            }
            if !named.is_empty() {
                sources.of_checks.push((check.id.clone(), named));
            }
        }
        sources
    }

    /// The variables that are named, but not set.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.missing.iter().map(String::as_str)
    }

    /// The checks that something concerns, each once.
    pub fn concerned<'a>(&'a self, told: &'a Told) -> impl Iterator<Item = &'a str> {
        let is_of = move |source: &NamedSource| {
            let mut names = told.names.iter();
            names.any(|name| source.is_of(told.kind, name))
        };
        let concerned = move |sources: &[NamedSource]| sources.iter().any(is_of);
        let checks = self.of_checks.iter();
        checks
            .filter(move |(_, sources)| concerned(sources))
            .map(|(check, _)| check.as_str())
    }
}
