//! What Prometheus has the `blackbox_exporter` asked.
//! <https://prometheus.io/docs/guides/multi-target-exporter/>

use serde_json::Value;

use crate::import::go_duration;
use crate::{BlackboxTarget, BlackboxTargets, Period, Unmapped};

/// The module that the exporter takes when it is told none.
const MODULE: &str = "http_2xx";
/// So much of Prometheus' time the exporter keeps for itself.
/// <https://github.com/prometheus/blackbox_exporter#prometheus-configuration>
const OFFSET_MS: u64 = 500;

/// The targets in a file of Prometheus, whose YAML was read as if it were JSON: those of jobs
/// that name a module or ask `/probe`. And what of these jobs the file does not say.
#[must_use]
pub fn blackbox_targets(document: &Value) -> BlackboxTargets {
    let mut known = BlackboxTargets::default();
    let jobs = document.get("scrape_configs").and_then(Value::as_array);
    for job in jobs.into_iter().flatten() {
        let module = first(job, "module");
        let asks_exporter = job.get("metrics_path").and_then(Value::as_str) == Some("/probe");
        if module.is_none() && !asks_exporter {
            continue;
        }
        let every = period(job, document, "scrape_interval");
        let timeout = period(job, document, "scrape_timeout");
        let targets = addresses(job).into_iter().map(|address| BlackboxTarget {
            module: module.unwrap_or(MODULE).to_owned(),
            address: address.to_owned(),
            every,
            timeout: timeout.map(|all| Period::from_ms(all.ms().saturating_sub(OFFSET_MS))),
        });
        known.targets.extend(targets);
        known.unmapped.extend(elsewhere(job));
    }
    known
}

/// Targets are a parameter, or else become one by relabelling.
fn addresses(job: &Value) -> Vec<&str> {
    let of_parameter = texts(job.get("params").and_then(|params| params.get("target")));
    if !of_parameter.is_empty() {
        return of_parameter;
    }
    let groups = job.get("static_configs").and_then(Value::as_array);
    let groups = groups.into_iter().flatten();
    groups
        .flat_map(|group| texts(group.get("targets")))
        .collect()
}

fn texts(list: Option<&Value>) -> Vec<&str> {
    let values = list.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).collect()
}

fn first<'a>(job: &'a Value, parameter: &str) -> Option<&'a str> {
    let values = job.get("params")?.get(parameter)?;
    values.get(0)?.as_str()
}

/// What the job says, or else what all jobs have.
fn period(job: &Value, document: &Value, key: &str) -> Option<Period> {
    let of_all = || document.get("global")?.get(key);
    go_duration(job.get(key).or_else(of_all)?.as_str()?)
}

/// Targets that the file does not name.
fn elsewhere(job: &Value) -> Vec<Unmapped> {
    let name = job.get("job_name").and_then(Value::as_str);
    let name = name.unwrap_or_default();
    let keys = job.as_object().into_iter().flatten().map(|(key, _)| key);
    let found = keys.filter(|key| key.ends_with("_sd_configs"));
    let unmapped = found.map(|key| Unmapped {
        source: format!("scrape_configs {name}: {key}"),
        reason: "targets that are found elsewhere are not in the file".to_owned(),
    });
    unmapped.collect()
}
