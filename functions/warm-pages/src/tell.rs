//! What workers tell: a log line and a few metrics for each chunk.

use std::collections::BTreeMap;
use std::time::Duration;

use telemetry::Unit;
use tracing::info;
use warming::{Chunk, ClassKind, Stop, Visit};

use crate::Deps;
use crate::worker::Workplace;

/// What a worker saw.
#[derive(Debug, Default)]
pub(crate) struct Told {
    classes: BTreeMap<ClassKind, u32>,
    requests: u64,
    bytes: u64,
    origin_ms: u64,
}

impl Told {
    pub(crate) fn take(&mut self, visit: &Visit) {
        *self.classes.entry(visit.first.class.kind()).or_default() += 1;
        self.requests += u64::from(visit.requests);
        self.bytes = self.bytes.saturating_add(visit.bytes);
        self.origin_ms = self.origin_ms.saturating_add(visit.origin_ms);
    }
}

/// A chunk is done.
pub(crate) fn done(at: &Workplace<'_>, told: &Told) {
    measure(at, told);
    let Chunk { run, chunk, .. } = at.chunk;
    info!(run, chunk, requests = told.requests, "Finished a chunk");
}

/// A worker stops before its chunk is done.
pub(crate) fn stopped(at: &Workplace<'_>, told: &Told, stop: Stop, after: Duration) {
    measure(at, told);
    handed_back(at.deps, at.chunk, stop, after);
}

/// A chunk goes back into its queue.
pub(crate) fn handed_back(deps: &Deps, chunk: &Chunk, stop: Stop, after: Duration) {
    let mut metrics = deps.config.telemetry.metrics();
    metrics.dimension("reason", stop.code());
    metrics.count("WarmHandedBack");
    metrics.flush();
    let seconds = after.as_secs();
    let reason = stop.code();
    let Chunk { run, chunk, .. } = chunk;
    info!(run, chunk, reason, seconds, "Handed a chunk back");
}

fn measure(at: &Workplace<'_>, told: &Told) {
    let telemetry = &at.deps.config.telemetry;
    for (kind, count) in &told.classes {
        let mut metrics = telemetry.metrics();
        metrics.dimension("lane", at.chunk.lane.as_str());
        metrics.dimension("result", kind.code());
        metrics.add("WarmPages", Unit::Count, f64::from(*count));
        metrics.flush();
    }
    let mut metrics = telemetry.metrics();
    metrics.add("WarmRequests", Unit::Count, told.requests as f64);
    metrics.add("WarmBytes", Unit::Bytes, told.bytes as f64);
    metrics.add("WarmOriginMs", Unit::Milliseconds, told.origin_ms as f64);
    metrics.flush();
}
