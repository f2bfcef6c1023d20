use std::collections::{BTreeMap, BTreeSet};

use crate::DependencyGraph;

/// Why checks fail: which of the failing ones the others depend on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RootCauses {
    roots: BTreeMap<String, String>,
}

impl RootCauses {
    /// The root of a failing check: itself, when nothing that it depends on fails.
    #[must_use]
    pub fn root_of(&self, check: &str) -> Option<&str> {
        self.roots.get(check).map(String::as_str)
    }

    /// Whether a check fails by itself.
    #[must_use]
    pub fn is_root(&self, check: &str) -> bool {
        self.root_of(check) == Some(check)
    }

    /// The failing checks that a root causes to fail, in the order of their names.
    pub fn caused_by(&self, root: &str) -> impl Iterator<Item = &str> {
        self.roots
            .iter()
            .filter(move |(check, of_check)| *of_check == root && *check != root)
            .map(|(check, _)| check.as_str())
    }

    /// The failing checks, each with its root.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let roots = self.roots.iter();
        roots.map(|(check, root)| (check.as_str(), root.as_str()))
    }
}

impl DependencyGraph {
    /// The root of each failing check: the deepest failing one that is reached by failing ones
    /// only. A dependency of which nothing is known causes nothing, so its dependents stay on
    /// their own. Of several roots the one that failed first counts, then the first by name.
    pub fn root_causes(&self, failing_since_ms: impl Fn(&str) -> Option<i64>) -> RootCauses {
        let failing: BTreeMap<&str, i64> = self
            .checks()
            .filter_map(|check| Some((check, failing_since_ms(check)?)))
            .collect();
        let root = |check: &str| {
            let roots = self.failing_roots(check, &failing).into_iter();
            roots.min().map(|(_, root)| root.to_owned())
        };
        RootCauses {
            roots: failing
                .keys()
                .filter_map(|check| Some(((*check).to_owned(), root(check)?)))
                .collect(),
        }
    }

    /// The failing checks without a failing dependency, each with when it failed first.
    fn failing_roots<'a>(
        &'a self,
        check: &'a str,
        failing: &BTreeMap<&str, i64>,
    ) -> BTreeSet<(i64, &'a str)> {
        let mut todo = vec![check];
        let (mut seen, mut roots) = (BTreeSet::new(), BTreeSet::new());
        while let Some(check) = todo.pop() {
            if !seen.insert(check) {
                continue;
            }
            let before = todo.len();
            let causes = self.dependencies(check);
            todo.extend(causes.filter(|name| failing.contains_key(name)));
            if let (true, Some(since_ms)) = (todo.len() == before, failing.get(check)) {
                roots.insert((*since_ms, check));
            }
        }
        roots
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GraphError;

    fn graph(edges: &[(&str, &[&str])]) -> Result<DependencyGraph, GraphError> {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        DependencyGraph::new(
            edges
                .iter()
                .map(|(check, of)| ((*check).to_owned(), own(of))),
        )
    }

    fn roots(graph: &DependencyGraph, failing: &[(&str, i64)]) -> RootCauses {
        let failing: BTreeMap<_, _> = failing.iter().copied().collect();
        graph.root_causes(|check| failing.get(check).copied())
    }

    fn caused<'a>(causes: &'a RootCauses, root: &'a str) -> Vec<&'a str> {
        causes.caused_by(root).collect()
    }

    #[test]
    fn cycles_are_named() {
        let found = graph(&[
            ("web", &["api"]),
            ("api", &["db"]),
            ("db", &["disk", "queue"]),
            ("disk", &[]),
            ("queue", &["api"]),
        ]);
        let Err(error) = found else {
            panic!("{found:?}")
        };
        assert_eq!(
            error.to_string(),
            "checks depend on each other: api → db → queue → api"
        );
        let itself = graph(&[("web", &["web"])]);
        assert_eq!(
            itself,
            Err(GraphError::Cycle(vec!["web".to_owned(), "web".to_owned()]))
        );
        let unknown = graph(&[("web", &["api"])]).unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "check `web` depends on `api`, which does not exist"
        );
    }

    #[test]
    fn the_end_of_a_chain_is_the_root() {
        let graph = graph(&[("web", &["api"]), ("api", &["db"]), ("db", &[])]).unwrap();
        let causes = roots(&graph, &[("web", 1), ("api", 2), ("db", 3)]);
        assert!(causes.is_root("db") && !causes.is_root("web"));
        assert_eq!(caused(&causes, "db"), ["api", "web"]);
        // What works between, or is not known, breaks the chain.
        let causes = roots(&graph, &[("web", 1), ("db", 3)]);
        assert_eq!(
            causes.iter().collect::<Vec<_>>(),
            [("db", "db"), ("web", "web")]
        );
        assert_eq!(causes.root_of("api"), None);
        assert_eq!(
            graph.affected_by("db").into_iter().collect::<Vec<_>>(),
            ["api", "web"]
        );
    }

    #[test]
    fn a_diamond_has_one_root_or_the_first_of_two() {
        let edges: &[(&str, &[&str])] = &[
            ("page", &["api", "cache"]),
            ("api", &["db"]),
            ("cache", &["db"]),
            ("db", &[]),
        ];
        let graph = graph(edges).unwrap();
        let all = [("page", 5), ("api", 4), ("cache", 3), ("db", 2)];
        let causes = roots(&graph, &all);
        assert_eq!(caused(&causes, "db"), ["api", "cache", "page"]);
        let causes = roots(&graph, &[("page", 1), ("api", 4), ("cache", 3)]);
        assert_eq!(caused(&causes, "cache"), ["page"]);
        assert!(causes.is_root("api"));
        let causes = roots(&graph, &[("page", 1), ("api", 4), ("cache", 4)]);
        assert_eq!(causes.root_of("page"), Some("api"));
    }
}
