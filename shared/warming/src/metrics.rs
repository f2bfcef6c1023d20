use crate::Report;

/// A unit of a metric, as CloudWatch knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MetricUnit {
    Count,
    Percent,
    Bytes,
    Milliseconds,
    Seconds,
}

/// A metric of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: MetricUnit,
    /// Its value.
    pub value: f64,
    /// What it is split by: a handful of values each.
    pub dimensions: Vec<(&'static str, String)>,
}

impl Report {
    /// What a run tells CloudWatch when it is closed. A metric that nothing is known of is
    /// left out.
    #[must_use]
    pub fn metrics(&self) -> Vec<Metric> {
        use MetricUnit::{Bytes, Count, Milliseconds, Percent, Seconds};
        let lane = || ("lane", self.lane.as_str().to_owned());
        let of_lane = |name, unit, value| Metric {
            name,
            unit,
            value,
            dimensions: vec![lane()],
        };
        let items = |result: &str, count: u64| Metric {
            name: "WarmItems",
            unit: Count,
            value: count as f64,
            dimensions: vec![lane(), ("result", result.to_owned())],
        };
        let mut metrics = vec![
            items("done", self.done),
            items("failed", self.failed),
            items("skipped", self.skipped()),
            of_lane(
                "WarmRunSeconds",
                Seconds,
                self.duration_ms() as f64 / 1000.0,
            ),
            of_lane(
                "WarmRunOriginMs",
                Milliseconds,
                self.result.origin_ms as f64,
            ),
            of_lane("WarmRunBytes", Bytes, self.result.bytes as f64),
            of_lane("WarmUncacheable", Count, self.uncacheable() as f64),
        ];
        let known = [
            (
                "WarmLagSeconds",
                Seconds,
                self.lag_ms().map(|ms| ms as f64 / 1000.0),
            ),
            (
                "HitRatioBefore",
                Percent,
                self.hit_ratio_before.map(|ratio| ratio * 100.0),
            ),
            (
                "HitRatioAfter",
                Percent,
                self.hit_ratio_after.map(|ratio| ratio * 100.0),
            ),
            ("WarmLimit", Count, self.least_limit()),
        ];
        let known = known
            .into_iter()
            .filter_map(|(name, unit, value)| Some(of_lane(name, unit, value?)));
        metrics.extend(known);
        metrics
    }

    /// Items that no cache keeps.
    #[must_use]
    pub fn uncacheable(&self) -> u64 {
        self.result.uncacheable_reasons.values().sum()
    }

    /// The lowest limit of the run: how far it was held back.
    fn least_limit(&self) -> Option<f64> {
        let limits = self.result.limits.values();
        let least = limits.map(|limit| limit.least).min()?;
        Some(f64::from(least) / 100.0)
    }
}
