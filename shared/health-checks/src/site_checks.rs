use std::ops::Range;

use health_state::{AlertRule, CheckRules, DependencyGraph};
use serde::de::DeserializeOwned;
use toml::{Spanned, Value};

use crate::fault::{Faults, shown};
use crate::file::{CheckEntry, File};
use crate::lint;
use crate::windows::{MaintenanceWindow, maintenance_of, windows};
use crate::{Budget, Check, ChecksError, Defaults, Guard, Period, Setting};

const CHECKS: &str = include_str!("../checks.toml");
/// Longer files are no file of checks.
const MAX_BYTES: usize = 1024 * 1024;

/// All of the site's checks.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteChecks {
    /// What holds for checks that do not say otherwise; the checks have it filled in.
    pub defaults: Defaults,
    /// What a run may take.
    pub budget: Budget,
    /// What proves that the prober itself is connected.
    pub guard: Guard,
    /// The checks, in their order.
    pub checks: Vec<Check>,
    /// When checks are in maintenance; their rules have it filled in.
    pub maintenance: Vec<MaintenanceWindow>,
    /// Which check depends on which.
    pub graph: DependencyGraph,
}

impl SiteChecks {
    /// Reads checks.
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(text: &str) -> Result<Self, ChecksError> {
        let mut faults = Faults::default();
        if text.len() > MAX_BYTES {
            faults.add(
                "the file",
                format!("it is longer than {MAX_BYTES} bytes, which is the most"),
            );
            return Err(ChecksError::Faults(faults.found));
        }
        let file: File = toml::from_str(text)?;
        let maintenance = windows(text, file.maintenance, &mut faults);
        let mut checks = Vec::new();
        for entry in file.checks {
            let (line, entry) = parts(text, entry);
            checks.extend(check(line, entry, &file.defaults, &mut faults));
        }
        for check in &mut checks {
            check.rules.maintenance = maintenance_of(&check.id, &maintenance);
        }
        let mut site = Self {
            defaults: file.defaults,
            budget: file.budget,
            guard: file.guard.clone().unwrap_or_default(),
            checks,
            maintenance,
            graph: DependencyGraph::default(),
        };
        if file.guard.is_some_and(|guard| guard.any_of.is_empty()) {
            faults.add(
                "guard",
                "`any_of` is empty: `dns:a.example` or `tcp:a.example:443` is needed",
            );
        }
        if let Some(fault) = site.guard.when.as_ref().and_then(Setting::when_fault) {
            faults.add("guard", fault);
        }
        site.graph = lint::lint(&site, &mut faults);
        if faults.found.is_empty() {
            Ok(site)
        } else {
            Err(ChecksError::Faults(faults.found))
        }
    }

    /// The checks of this site.
    ///
    /// # Errors
    /// Never for a build that passed its tests, which read them.
    pub fn of_site() -> Result<Self, ChecksError> {
        Self::parse(CHECKS)
    }

    /// A check by its name.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }
}

/// One of the checks, with what it does not say filled in.
fn check(line: usize, entry: Value, defaults: &Defaults, faults: &mut Faults) -> Option<Check> {
    let mut entry: CheckEntry = read("check", line, entry, faults)?;
    let mut probes = entry.take_probes();
    let names: Vec<&str> = probes.iter().map(crate::Probe::name).collect();
    if names.len() != 1 {
        let names = if names.is_empty() {
            "nothing".to_owned()
        } else {
            names.join(", ")
        };
        faults.of_check(
            &entry.id,
            format!("it asks {names}: one of {KINDS} is needed"),
        );
    }
    let remind = entry.remind.or(defaults.remind);
    Some(Check {
        probe: probes.pop()?,
        timeout: entry.timeout.unwrap_or(defaults.timeout),
        rules: CheckRules {
            interval_ms: entry.every.unwrap_or(defaults.every).signed_ms(),
            fail_after: entry.fail_after.unwrap_or(defaults.fail_after),
            pass_after: entry.pass_after.unwrap_or(defaults.pass_after),
            flap_window: defaults.flap.window,
            flap_high_percent: defaults.flap.high,
            flap_low_percent: defaults.flap.low,
            ..CheckRules::default()
        },
        alert: AlertRule {
            severity: entry.severity.unwrap_or(defaults.severity),
            remind_ms: remind
                .filter(|remind| *remind > Period::default())
                .map(Period::signed_ms),
        },
        id: entry.id,
        when: entry.when,
        depends_on: entry.depends_on,
        events: entry.events,
        component: entry.component,
    })
}

const KINDS: &str = "`http`, `tcp`, `tls`, `dns`, `postgres`, `redis`, `rds`, `s3`, `dynamodb`, \
                     `sqs`, `lambda`, `target_group`, `push`";

/// The line of an entry, and what it says.
pub(crate) fn parts(text: &str, entry: Spanned<Value>) -> (usize, Value) {
    let Range { start, .. } = entry.span();
    let before = text.as_bytes().get(..start).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    (line, entry.into_inner())
}

/// Reads an entry by itself, and names its line when it cannot be.
pub(crate) fn read<T: DeserializeOwned>(
    kind: &str,
    line: usize,
    entry: Value,
    faults: &mut Faults,
) -> Option<T> {
    let id = entry.get("id").and_then(Value::as_str).map(shown);
    match entry.try_into() {
        Ok(read) => Some(read),
        Err(error) => {
            let name = id.map(|id| format!(" `{id}`")).unwrap_or_default();
            let text = error.to_string().trim().replace('\n', ", ");
            faults.add(format!("{kind}{name} (line {line})"), text);
            None
        }
    }
}
