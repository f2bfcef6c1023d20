//! What a run was like, for the owner: a page, the figures behind it, the list of runs, metrics.

use std::collections::BTreeMap;

use store::{Condition, NewObject, StoreError};
use telemetry::{Metrics, Service, Unit};
use warming::{INDEX_KEY, Metric, MetricUnit, Report, RunIndex, render, report_keys};

use crate::{Deps, PlanError};

/// Longest list of runs that is read, in bytes.
const MAX_INDEX: u64 = 1 << 20;
/// So often the list is read again when another invocation wrote it first.
const TRIES: usize = 5;

/// Writes a run's report, and the run into the list of runs: as often as one likes.
pub(crate) async fn publish(report: &Report, deps: &Deps) -> Result<(), PlanError> {
    let (json_key, html_key) = report_keys(&report.run);
    let json = report.to_json().map_err(|source| PlanError::Json {
        key: json_key.clone(),
        source,
    })?;
    put(
        deps,
        NewObject::private(&json_key, json, "application/json"),
    )
    .await?;
    let html = render(report);
    put(
        deps,
        NewObject::private(&html_key, html, "text/html; charset=utf-8"),
    )
    .await?;
    list(report, deps).await
}

async fn put(deps: &Deps, object: NewObject<'_>) -> Result<(), PlanError> {
    deps.results.put(object).await?;
    Ok(())
}

async fn list(report: &Report, deps: &Deps) -> Result<(), PlanError> {
    for _ in 0..TRIES {
        let stored = deps.results.get(INDEX_KEY, MAX_INDEX).await?;
        // A list that cannot be read begins anew: the reports themselves are all there.
        let read = stored
            .as_ref()
            .map(|stored| serde_json::from_slice(&stored.bytes));
        let mut index: RunIndex = read.and_then(Result::ok).unwrap_or_default();
        index.add(report.summary());
        let json = serde_json::to_string(&index).map_err(|source| PlanError::Json {
            key: INDEX_KEY.to_owned(),
            source,
        })?;
        let condition = stored.as_ref().map_or(Condition::IsMissing, |stored| {
            Condition::Is(stored.etag.as_str())
        });
        let object = NewObject::private(INDEX_KEY, json, "application/json");
        match deps.results.put_if(object, condition).await {
            Err(StoreError::Conflict { .. }) => {}
            outcome => return outcome.map(|_| ()).map_err(Into::into),
        }
    }
    Err(PlanError::Contended {
        run: report.run.clone(),
    })
}

/// Tells the report's figures.
pub(crate) fn emit(report: &Report, telemetry: &Service) {
    let mut groups: BTreeMap<Vec<(&'static str, String)>, Metrics> = BTreeMap::new();
    for metric in report.metrics() {
        let Metric {
            name,
            unit,
            value,
            dimensions,
        } = metric;
        let group = groups.entry(dimensions.clone()).or_insert_with(|| {
            let mut metrics = telemetry.metrics();
            for (name, value) in dimensions {
                metrics.dimension(name, value);
            }
            metrics
        });
        group.add(name, unit_of(unit), value);
    }
    groups.into_values().for_each(|mut metrics| metrics.flush());
}

const fn unit_of(unit: MetricUnit) -> Unit {
    match unit {
        MetricUnit::Count => Unit::Count,
        MetricUnit::Percent => Unit::Percent,
        MetricUnit::Bytes => Unit::Bytes,
        MetricUnit::Milliseconds => Unit::Milliseconds,
        MetricUnit::Seconds => Unit::Seconds,
    }
}
