use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

/// Why dependencies are no graph to go by.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GraphError {
    /// A check that is not there.
    #[error("check `{check}` depends on `{dependency}`, which does not exist")]
    UnknownCheck {
        /// Which check.
        check: String,
        /// What it depends on.
        dependency: String,
    },
    /// Checks that depend on each other.
    #[error("checks depend on each other: {}", .0.join(" → "))]
    Cycle(
        /// Their names, with the first one again at the end.
        Vec<String>,
    ),
}

/// Which check depends on which, without cycles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DependencyGraph {
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl DependencyGraph {
    /// The graph of checks, each with what it depends on.
    ///
    /// # Errors
    ///
    /// A check depends on one that is not there, or by others on itself.
    pub fn new(
        checks: impl IntoIterator<Item = (String, Vec<String>)>,
    ) -> Result<Self, GraphError> {
        let mut dependencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (check, of_check) in checks {
            dependencies.entry(check).or_default().extend(of_check);
        }
        let graph = Self { dependencies };
        for (check, of_check) in &graph.dependencies {
            if let Some(dependency) = of_check
                .iter()
                .find(|name| !graph.dependencies.contains_key(*name))
            {
                return Err(GraphError::UnknownCheck {
                    check: check.clone(),
                    dependency: dependency.clone(),
                });
            }
        }
        match graph.find_cycle() {
            Some(cycle) => Err(GraphError::Cycle(cycle)),
            None => Ok(graph),
        }
    }

    /// The checks, in the order of their names.
    pub fn checks(&self) -> impl Iterator<Item = &str> {
        self.dependencies.keys().map(String::as_str)
    }

    /// What a check depends on, directly.
    pub fn dependencies(&self, check: &str) -> impl Iterator<Item = &str> + use<'_> {
        let dependencies = self.dependencies.get(check);
        dependencies.into_iter().flatten().map(String::as_str)
    }

    /// What a check depends on, directly or by others.
    #[must_use]
    pub fn all_dependencies(&self, check: &str) -> BTreeSet<&str> {
        let mut todo: Vec<&str> = self.dependencies(check).collect();
        let mut found = BTreeSet::new();
        while let Some(dependency) = todo.pop() {
            if found.insert(dependency) {
                todo.extend(self.dependencies(dependency));
            }
        }
        found
    }

    /// What depends on a check, directly or by others: what its failure affects.
    #[must_use]
    pub fn affected_by(&self, check: &str) -> BTreeSet<&str> {
        let is_affected = |other: &&str| self.all_dependencies(other).contains(check);
        self.checks().filter(is_affected).collect()
    }

    /// Takes away, again and again, what depends on nothing that is left. What then remains
    /// leads to a cycle, whichever way one goes.
    fn find_cycle(&self) -> Option<Vec<String>> {
        let mut left: BTreeSet<&str> = self.checks().collect();
        loop {
            let is_bound = |check: &&str| self.dependencies(check).any(|name| left.contains(name));
            let bound: BTreeSet<&str> = left.iter().copied().filter(is_bound).collect();
            if bound.len() == left.len() {
                break;
            }
            left = bound;
        }
        let mut path = vec![*left.first()?];
        loop {
            let next = self
                .dependencies(path.last()?)
                .find(|name| left.contains(name))?;
            if let Some(start) = path.iter().position(|name| *name == next) {
                path.push(next);
                return Some(path.into_iter().skip(start).map(str::to_owned).collect());
            }
            path.push(next);
        }
    }
}
