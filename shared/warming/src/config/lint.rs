//! Finds what is wrong with a configuration and types do not express.

use std::collections::BTreeSet;

use health_checks::{Faults, Period, SiteChecks};
use url::Url;

use super::fault::shown;
use super::lint_query::lint_queries;
use super::{Budgets, SiteWarming, Source, SourceKind, Target};

const MAX_TARGETS: usize = 20;
const MAX_SOURCES: usize = 20;
const MAX_ID: usize = 40;
const MAX_PATHS: usize = 1000;
const MAX_PATH: usize = 2048;
/// A hot list has no more pages.
const MAX_TOP: usize = 1000;
const MIN_EVERY: Period = Period::from_seconds(60);
const MAX_EVERY: Period = Period::from_seconds(30 * 86_400);
const MIN_DEADLINE: Period = Period::from_seconds(60);
const MAX_DEADLINE: Period = Period::from_seconds(86_400);
const MIN_MAX_AGE: Period = Period::from_seconds(60);
const MAX_RUN_REQUESTS: u64 = 1_000_000;

pub(crate) fn lint(site: &SiteWarming, faults: &mut Faults) {
    lint_budgets(&site.budget, faults);
    lint_rules(site, faults);
    lint_brakes(site, faults);
    if site.targets.len() > MAX_TARGETS {
        let count = site.targets.len();
        faults.add(
            "the file",
            format!("{count} targets are more than {MAX_TARGETS}, which is the most"),
        );
    }
    let mut ids = BTreeSet::new();
    for target in &site.targets {
        let place = format!("target `{}`", shown(&target.id));
        if !ids.insert(&target.id) {
            faults.add(
                &place,
                "the id is there more than once: each is allowed once",
            );
        }
        lint_target(&place, target, faults);
    }
    lint_queries(site, faults);
}

fn lint_budgets(budget: &Budgets, faults: &mut Faults) {
    let (day, run) = (&budget.day, &budget.run);
    for (name, of_run, of_day) in [
        ("requests", run.requests, day.requests),
        ("bytes", run.bytes, day.bytes),
        ("origin_seconds", run.origin_seconds, day.origin_seconds),
    ] {
        if of_run == 0 {
            faults.add(
                "budget.run",
                format!("`{name}` is 0: nothing would be warmed"),
            );
        }
        if of_run > of_day {
            faults.add(
                "budget.run",
                format!("`{name}` {of_run} is more than the day has: at most {of_day} is allowed"),
            );
        }
    }
    if run.requests > MAX_RUN_REQUESTS {
        let requests = run.requests;
        faults.add(
            "budget.run",
            format!("`requests` {requests} is more than {MAX_RUN_REQUESTS}, which is the most"),
        );
    }
    if !(MIN_DEADLINE..=MAX_DEADLINE).contains(&run.deadline) {
        let deadline = run.deadline;
        faults.add(
            "budget.run",
            format!("`deadline` {deadline} is not between {MIN_DEADLINE} and {MAX_DEADLINE}"),
        );
    }
}

fn lint_rules(site: &SiteWarming, faults: &mut Faults) {
    if let Err(error) = site.limiter.check() {
        faults.add("limiter", error.to_string());
    }
    let freshness = &site.freshness;
    if freshness.assume < MIN_EVERY {
        let assume = freshness.assume;
        faults.add(
            "freshness",
            format!("`assume` {assume} is less than {MIN_EVERY}, which is the least"),
        );
    }
    if freshness.margin > MAX_EVERY {
        let margin = freshness.margin;
        faults.add(
            "freshness",
            format!("`margin` {margin} is more than {MAX_EVERY}, which is the most"),
        );
    }
}

fn lint_brakes(site: &SiteWarming, faults: &mut Faults) {
    let max_age = site.brakes.max_age;
    if max_age < MIN_MAX_AGE {
        faults.add(
            "brakes",
            format!("`max_age` {max_age} is less than {MIN_MAX_AGE}, which is the least"),
        );
    }
    // Checks that cannot be read have faults of their own.
    let Ok(checks) = SiteChecks::of_site() else {
        return;
    };
    for id in &site.brakes.checks {
        if checks.check(id).is_none() {
            let id = shown(id);
            faults.add(
                "brakes",
                format!("check `{id}` does not exist: only ids of checks.toml are allowed"),
            );
        }
    }
}

fn lint_target(place: &str, target: &Target, faults: &mut Faults) {
    for (name, id) in [("id", &target.id), ("site", &target.site)] {
        if !is_id(id) {
            faults.add(
                place,
                format!("`{name}` has a-z, 0-9 and `-`, and at most {MAX_ID} of them"),
            );
        }
    }
    let is_address = match (target.base.variable(), target.base.literal()) {
        (Some((_, after)), _) => after.is_empty(),
        (None, Some(text)) => is_base(text),
        (None, None) => false,
    };
    if !is_address {
        faults.add(
            place,
            "`base` is neither `env:NAME` nor an address such as `https://www.example.com`",
        );
    }
    for pattern in &target.exclude {
        if !pattern.starts_with(['/', '*']) {
            let pattern = shown(pattern);
            faults.add(
                place,
                format!(
                    "`exclude` has `{pattern}`, which no path is like: it begins with `/` or `*`"
                ),
            );
        }
    }
    for cache in &target.caches {
        if !cache.paths.starts_with(['/', '*']) {
            let paths = shown(&cache.paths);
            faults.add(
                place,
                format!("`cache.paths` `{paths}` does not begin with `/` or `*`"),
            );
        }
        if cache.policy.min_ttl > cache.policy.max_ttl {
            faults.add(place, "`cache.min_ttl` is more than `cache.max_ttl`");
        }
    }
    if target.sources.len() > MAX_SOURCES {
        faults.add(
            place,
            format!("more than {MAX_SOURCES} sources are not allowed"),
        );
    }
    let mut names = BTreeSet::new();
    for source in &target.sources {
        lint_source(place, source, faults);
        if !names.insert(source.name()) {
            let name = source.name();
            faults.add(place, format!("source `{name}` is there more than once"));
        }
    }
}

fn lint_source(place: &str, source: &Source, faults: &mut Faults) {
    let every = source.every;
    if !(MIN_EVERY..=MAX_EVERY).contains(&every) {
        let name = source.name();
        faults.add(
            place,
            format!("source `{name}`: `every` {every} is not between {MIN_EVERY} and {MAX_EVERY}"),
        );
    }
    match &source.kind {
        SourceKind::Sitemap { path } => {
            if !is_path(path) {
                let path = shown(path);
                faults.add(
                    place,
                    format!("`sitemap` `{path}` is no path such as `/sitemap.xml`"),
                );
            }
        }
        SourceKind::Hot { top } => {
            if !(1..=MAX_TOP).contains(top) {
                faults.add(place, format!("`hot` {top} is not between 1 and {MAX_TOP}"));
            }
        }
        SourceKind::List { id, paths } => {
            let name = shown(id);
            if !is_id(id) {
                faults.add(
                    place,
                    format!(
                        "list `{name}`: a name has a-z, 0-9 and `-`, and at most {MAX_ID} of them"
                    ),
                );
            }
            if !(1..=MAX_PATHS).contains(&paths.len()) {
                faults.add(
                    place,
                    format!("list `{name}` has not 1 to {MAX_PATHS} paths"),
                );
            }
            for path in paths.iter().filter(|path| !is_path(path)) {
                let path = shown(path);
                faults.add(
                    place,
                    format!("list `{name}`: `{path}` is no path such as `/products`"),
                );
            }
        }
    }
}

pub(crate) fn is_id(id: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(is_of_id)
}

fn is_path(path: &str) -> bool {
    let is_of_path = |char: char| !char.is_control() && !char.is_whitespace() && char != '#';
    path.starts_with('/') && path.len() <= MAX_PATH && path.chars().all(is_of_path)
}

fn is_base(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        is_web && is_bare && url.username().is_empty() && url.password().is_none()
    })
}
