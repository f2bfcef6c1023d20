//! Finds what is wrong with checks and types do not express.

use std::collections::{BTreeMap, BTreeSet};

use health_state::{DependencyGraph, GraphError};

use crate::event_source;
use crate::fault::{Faults, shown};
use crate::{Check, Period, Setting, SiteChecks};

pub(crate) const MAX_CHECKS: usize = 200;
const MAX_COMPONENTS: usize = 50;
pub(crate) const MAX_ID: usize = 40;
const MAX_NAME: usize = 60;
pub(crate) const MIN_EVERY: Period = Period::from_seconds(60);
pub(crate) const MAX_EVERY: Period = Period::from_seconds(86_400);
pub(crate) const MIN_TIMEOUT: Period = Period::from_ms(100);
/// A run has thirty seconds, of which some are for what comes after it.
pub(crate) const MAX_TOTAL: Period = Period::from_seconds(25);
const MAX_PARALLEL: u16 = 100;
/// More results than these are not remembered.
pub(crate) const MAX_IN_A_ROW: u32 = 20;
const MAX_FLAP_WINDOW: u32 = 200;
const MIN_REMIND: Period = Period::from_seconds(300);

/// Finds all faults, and makes the graph of dependencies, as far as it can be.
pub(crate) fn lint(site: &SiteChecks, faults: &mut Faults) -> DependencyGraph {
    lint_run(site, faults);
    lint_counts(site, faults);
    lint_names(site, faults);
    lint_components(site, faults);
    for check in &site.checks {
        lint_check(check, site, faults);
    }
    lint_windows(site, faults);
    lint_dependencies(site, faults)
}

fn lint_run(site: &SiteChecks, faults: &mut Faults) {
    let (budget, flap) = (&site.budget, &site.defaults.flap);
    if !(Period::from_seconds(1)..=MAX_TOTAL).contains(&budget.total) {
        let total = budget.total;
        faults.add(
            "budget",
            format!("`total` {total} is not between 1s and {MAX_TOTAL}"),
        );
    }
    if !(1..=MAX_PARALLEL).contains(&budget.parallel) {
        let parallel = budget.parallel;
        faults.add(
            "budget",
            format!("`parallel` {parallel} is not between 1 and {MAX_PARALLEL}"),
        );
    }
    if !(2..=MAX_FLAP_WINDOW).contains(&flap.window) {
        let window = flap.window;
        faults.add(
            "defaults",
            format!("`flap.window` {window} is not between 2 and {MAX_FLAP_WINDOW}"),
        );
    }
    if flap.high > 100 || flap.low > flap.high {
        let (low, high) = (flap.low, flap.high);
        faults.add(
            "defaults",
            format!("`flap.low` {low} and `flap.high` {high} must be in this order, up to 100"),
        );
    }
}

fn lint_counts(site: &SiteChecks, faults: &mut Faults) {
    if site.checks.len() > MAX_CHECKS {
        let count = site.checks.len();
        faults.add(
            "the file",
            format!("{count} checks are more than {MAX_CHECKS}, which is the most"),
        );
    }
    let components = site
        .checks
        .iter()
        .filter(|check| check.component.is_some())
        .count();
    if components > MAX_COMPONENTS {
        faults.add(
            "the file",
            format!(
                "{components} public components are more than {MAX_COMPONENTS}, which is the most"
            ),
        );
    }
}

fn lint_names(site: &SiteChecks, faults: &mut Faults) {
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for check in &site.checks {
        let id = check.id.as_str();
        let count = ids.entry(id).or_default();
        *count += 1;
        if *count == 2 {
            faults.of_check(id, "the id is there more than once: each is allowed once");
        }
        if !is_id(id) {
            faults.of_check(
                id,
                format!("an id has a-z, 0-9 and `-`, and at most {MAX_ID} of them"),
            );
        }
    }
}

fn lint_components(site: &SiteChecks, faults: &mut Faults) {
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for check in &site.checks {
        let id = check.id.as_str();
        let Some(component) = &check.component else {
            continue;
        };
        let texts = [
            Some(("name", &component.name)),
            component.group.as_ref().map(|group| ("group", group)),
        ];
        for (key, text) in texts.into_iter().flatten() {
            let is_text = !text.trim().is_empty() && !text.contains(char::is_control);
            if !is_text || text.chars().count() > MAX_NAME {
                faults.of_check(
                    id,
                    format!("`public.{key}` is not one line of 1 to {MAX_NAME} characters"),
                );
            }
        }
        if let Some(other) = names.insert(&component.name, id)
            && other != id
        {
            let name = shown(&component.name);
            faults.of_check(
                id,
                format!(
                    "the public name `{name}` is that of `{}` already",
                    shown(other)
                ),
            );
        }
    }
}

fn is_id(id: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(is_of_id)
}

fn lint_check(check: &Check, site: &SiteChecks, faults: &mut Faults) {
    let id = check.id.as_str();
    for fault in check.probe.faults() {
        faults.of_check(id, fault);
    }
    if let Some(fault) = check.when.as_ref().and_then(Setting::when_fault) {
        faults.of_check(id, fault);
    }
    lint_times(check, site, faults);
    for fault in event_source::faults(&check.events) {
        faults.of_check(id, fault);
    }
    let rules = &check.rules;
    for (name, count) in [
        ("fail_after", rules.fail_after),
        ("pass_after", rules.pass_after),
    ] {
        if !(1..=MAX_IN_A_ROW).contains(&count) {
            faults.of_check(
                id,
                format!("`{name}` {count} is not between 1 and {MAX_IN_A_ROW}"),
            );
        }
    }
    if let Some(remind_ms) = check.alert.remind_ms
        && remind_ms < MIN_REMIND.signed_ms()
    {
        faults.of_check(
            id,
            format!("`remind` is less than {MIN_REMIND}, which is the least"),
        );
    }
}

fn lint_times(check: &Check, site: &SiteChecks, faults: &mut Faults) {
    let (id, timeout) = (check.id.as_str(), check.timeout);
    let every = Period::from_ms(u64::try_from(check.rules.interval_ms).unwrap_or(0));
    if !(MIN_EVERY..=MAX_EVERY).contains(&every) {
        faults.of_check(
            id,
            format!("`every` {every} is not between {MIN_EVERY} and {MAX_EVERY}"),
        );
    }
    if timeout < MIN_TIMEOUT {
        faults.of_check(
            id,
            format!("`timeout` {timeout} is less than {MIN_TIMEOUT}, which is the least"),
        );
    }
    if timeout > site.budget.total {
        let total = site.budget.total;
        faults.of_check(
            id,
            format!(
                "`timeout` {timeout} is more than the run's budget: at most {total} is allowed"
            ),
        );
    }
    if timeout > every {
        faults.of_check(
            id,
            format!("`timeout` {timeout} is more than the interval: at most {every} is allowed"),
        );
    }
    let Some(latency) = check.probe.latency() else {
        return;
    };
    for (name, level) in [("warn", latency.warn), ("fail", latency.fail)] {
        if let Some(level) = level.filter(|level| *level >= timeout) {
            faults.of_check(id, format!("`latency.{name}` {level} is never reached: less than the timeout {timeout} is allowed"));
        }
    }
}

fn lint_windows(site: &SiteChecks, faults: &mut Faults) {
    let mut ids = BTreeSet::new();
    for window in &site.maintenance {
        let place = format!("maintenance `{}`", shown(&window.id));
        if !is_id(&window.id) {
            faults.add(
                &place,
                format!("an id has a-z, 0-9 and `-`, and at most {MAX_ID} of them"),
            );
        }
        if !ids.insert(&window.id) {
            faults.add(
                &place,
                "the id is there more than once: each is allowed once",
            );
        }
        for check in &window.checks {
            if site.check(check).is_none() {
                let check = shown(check);
                faults.add(
                    &place,
                    format!("check `{check}` does not exist: only ids of checks are allowed"),
                );
            }
        }
    }
}

/// Unknown dependencies are all named, and left out where cycles are looked for: one that is
/// found is taken out, so that each is named.
fn lint_dependencies(site: &SiteChecks, faults: &mut Faults) -> DependencyGraph {
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for check in &site.checks {
        let known = edges.entry(check.id.clone()).or_default();
        for dependency in &check.depends_on {
            if site.check(dependency).is_some() {
                known.push(dependency.clone());
            } else {
                let name = shown(dependency);
                faults.of_check(&check.id, format!("it depends on `{name}`, which does not exist: only ids of checks are allowed"));
            }
        }
    }
    loop {
        match DependencyGraph::new(edges.clone()) {
            Ok(graph) => return graph,
            Err(GraphError::Cycle(cycle)) => {
                let Some([check, dependency]) = cycle.first_chunk::<2>() else {
                    return DependencyGraph::default();
                };
                let names: Vec<String> = cycle.iter().map(|name| shown(name)).collect();
                faults.of_check(
                    check,
                    format!("it depends on itself: {}", names.join(" → ")),
                );
                if let Some(of_check) = edges.get_mut(check) {
                    of_check.retain(|name| name != dependency);
                }
            }
            // All that are left are known.
            Err(GraphError::UnknownCheck { .. }) => return DependencyGraph::default(),
        }
    }
}
