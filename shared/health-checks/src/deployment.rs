//! What of the checks is there where the program runs.

use std::collections::{BTreeMap, BTreeSet};

use health_state::DependencyGraph;

use crate::{Guard, Setting, SiteChecks};

impl SiteChecks {
    /// The names of the variables that probes ask with, and that decide what is left out.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<&str> {
        let checks = self.checks.iter();
        let settings =
            checks.flat_map(|check| check.probe.settings().into_iter().chain(&check.when));
        let named = settings
            .chain(&self.guard.when)
            .filter_map(Setting::variable);
        named.map(|(name, _)| name).collect()
    }

    /// The checks of this deployment: those whose `when` names no variable that is empty or not
    /// set. What depends on one that is left out depends on what that one depends on. Without
    /// its variable, the guard guards nothing.
    #[must_use]
    pub fn of_deployment(mut self, value: impl Fn(&str) -> Option<String>) -> Self {
        let is_there = |when: &Option<Setting>| {
            let name = when.as_ref().and_then(Setting::variable);
            name.is_none_or(|(name, _)| value(name).is_some_and(|text| !text.trim().is_empty()))
        };
        if !is_there(&self.guard.when) {
            self.guard = Guard::default();
        }
        let (here, left_out): (Vec<_>, Vec<_>) = self
            .checks
            .into_iter()
            .partition(|check| is_there(&check.when));
        let instead: BTreeMap<String, Vec<String>> = left_out
            .into_iter()
            .map(|check| (check.id, check.depends_on))
            .collect();
        self.checks = here;
        for check in &mut self.checks {
            check.depends_on = bridged(&check.depends_on, &instead);
        }
        // A window that loses its last name is of none, not of all.
        self.maintenance.retain_mut(|window| {
            let is_of_all = window.checks.is_empty();
            window.checks.retain(|check| !instead.contains_key(check));
            is_of_all || !window.checks.is_empty()
        });
        let edges = self.checks.iter();
        let edges = edges.map(|check| (check.id.clone(), check.depends_on.clone()));
        // There were no cycles, and a way around what is left out makes none.
        self.graph = DependencyGraph::new(edges).unwrap_or_default();
        self
    }
}

/// Dependencies, each that is left out replaced by its own.
fn bridged(dependencies: &[String], instead: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut bridged = Vec::new();
    for dependency in dependencies {
        let found = match instead.get(dependency) {
            Some(further) => self::bridged(further, instead),
            None => vec![dependency.clone()],
        };
        for dependency in found {
            if !bridged.contains(&dependency) {
                bridged.push(dependency);
            }
        }
    }
    bridged
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECKS: &str = r#"
        [guard]
        any_of = ["dns:a.example"]
        when = "env:GUARDED"

        [[check]]
        id = "home"
        depends_on = ["proxy", "web"]
        http = { url = "env:SITE_URL/" }

        [[check]]
        id = "proxy"
        when = "env:PROXY"
        depends_on = ["web"]
        tcp = { address = "env:PROXY:443" }

        [[check]]
        id = "web"
        when = "env:STACK"
        depends_on = ["database"]
        lambda = { function = "env:STACK-web" }

        [[check]]
        id = "database"
        tcp = { address = "db.example:5432" }

        [[maintenance]]
        id = "proxies"
        checks = ["proxy"]
        once = { from = "2026-12-05T02:00:00Z", to = "2026-12-05T05:00:00Z" }

        [[maintenance]]
        id = "all"
        once = { from = "2026-12-06T02:00:00Z", to = "2026-12-06T05:00:00Z" }
    "#;

    #[test]
    fn what_is_left_out_is_bridged() {
        let site = SiteChecks::parse(CHECKS).unwrap();
        let here = site
            .clone()
            .of_deployment(|name| (name == "PROXY").then(|| " ".to_owned()));
        let ids: Vec<&str> = here.checks.iter().map(|check| check.id.as_str()).collect();
        assert_eq!(ids, ["home", "database"]);
        assert_eq!(here.checks[0].depends_on, ["database"]);
        assert_eq!(
            here.graph.dependencies("home").collect::<Vec<_>>(),
            ["database"]
        );
        assert_eq!(here.maintenance.len(), 1);
        assert!(here.maintenance[0].is_of("home"));
        assert!(here.guard.any_of.is_empty());

        let all = site.clone().of_deployment(|_| Some("x".to_owned()));
        assert_eq!(all, site);
    }

    #[test]
    fn variables_are_named() {
        let site = SiteChecks::parse(CHECKS).unwrap();
        let names: Vec<&str> = site.variables().into_iter().collect();
        assert_eq!(names, ["GUARDED", "PROXY", "SITE_URL", "STACK"]);
    }

    #[test]
    fn only_a_variable_decides() {
        for when in ["on", "env:A/b", "env:a"] {
            let text =
                format!("[[check]]\nid = \"a\"\nwhen = \"{when}\"\npush = {{ grace = \"1h\" }}");
            let error = SiteChecks::parse(&text).unwrap_err().to_string();
            assert!(error.contains("`when` is no variable"), "{error}");
        }
    }
}
