//! Metrics in CloudWatch's embedded metric format, one value per invocation.
//!
//! Format and limits:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// Metrics in one embedded document; CloudWatch refuses more.
const MAX_METRICS: usize = 100;
/// Values of one metric in one document; CloudWatch refuses more.
const MAX_VALUES: usize = 100;
/// Dimensions besides `service`: more make metrics too dear to keep.
const MAX_DIMENSIONS: usize = 3;

/// A unit that CloudWatch knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A count of things.
    Count,
    /// A share of a hundred.
    Percent,
    /// A size.
    Bytes,
    /// A duration.
    Milliseconds,
    /// A long duration.
    Seconds,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Percent => "Percent",
            Self::Bytes => "Bytes",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
        }
    }
}

/// A name and a value of few possible values, by which a metric is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Name, such as `format`.
    pub name: &'static str,
    /// Value, such as `avif`: one of a handful, never an id.
    pub value: Cow<'static, str>,
}

/// The metrics of one invocation. [`Metrics::flush`] writes them as log lines.
#[derive(Debug)]
pub struct Metrics {
    namespace: String,
    service: String,
    dimensions: Vec<Dimension>,
    values: BTreeMap<&'static str, (Unit, Vec<f64>)>,
}

impl Metrics {
    /// No metrics yet, for `service` in `namespace`.
    #[must_use]
    pub fn new(namespace: &str, service: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            service: service.to_owned(),
            dimensions: Vec::new(),
            values: BTreeMap::new(),
        }
    }

    /// Splits every metric of this invocation by `name`. At most three stick.
    pub fn dimension(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        self.dimensions.retain(|dimension| dimension.name != name);
        if self.dimensions.len() < MAX_DIMENSIONS {
            let value = value.into();
            self.dimensions.push(Dimension { name, value });
        }
    }

    /// Adds one value. A metric keeps the unit it was first given.
    pub fn add(&mut self, name: &'static str, unit: Unit, value: f64) {
        self.values
            .entry(name)
            .or_insert((unit, Vec::new()))
            .1
            .push(value);
    }

    /// Adds one to a count.
    pub fn count(&mut self, name: &'static str) {
        self.add(name, Unit::Count, 1.0);
    }

    /// The documents to write: as many as CloudWatch's limits ask for, none where nothing was added.
    #[must_use]
    pub fn documents(&self, now: SystemTime) -> Vec<Value> {
        let mut documents = Vec::new();
        let mut rest: Vec<(&'static str, Unit, &[f64])> = self
            .values
            .iter()
            .map(|(name, (unit, values))| (*name, *unit, values.as_slice()))
            .collect();
        while !rest.is_empty() {
            let mut later = Vec::new();
            let mut page = Vec::new();
            for (name, unit, values) in rest {
                if page.len() == MAX_METRICS {
                    later.push((name, unit, values));
                    continue;
                }
                let (first, more) = values.split_at(values.len().min(MAX_VALUES));
                page.push((name, unit, first));
                if !more.is_empty() {
                    later.push((name, unit, more));
                }
            }
            documents.push(self.document(&page, now));
            rest = later;
        }
        documents
    }

    /// Writes the documents to standard output and forgets the values.
    pub fn flush(&mut self) {
        self.flush_at(SystemTime::now());
    }

    /// The same for values of another time: CloudWatch takes what is up to two weeks old.
    pub fn flush_at(&mut self, time: SystemTime) {
        let mut out = io::stdout().lock();
        for document in self.documents(time) {
            // Standard output closed means the sandbox is going away: nobody is left to tell.
            let _closed = writeln!(out, "{document}");
        }
        self.values.clear();
    }

    fn document(&self, page: &[(&'static str, Unit, &[f64])], now: SystemTime) -> Value {
        let millis = now
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis();
        let mut names = vec!["service"];
        names.extend(self.dimensions.iter().map(|dimension| dimension.name));
        let metrics: Vec<Value> = page
            .iter()
            .map(|(name, unit, _)| json!({"Name": name, "Unit": unit.name()}))
            .collect();
        let mut root = Map::new();
        root.insert("service".to_owned(), json!(self.service));
        for dimension in &self.dimensions {
            root.insert(dimension.name.to_owned(), json!(dimension.value));
        }
        for (name, _, values) in page {
            root.insert((*name).to_owned(), json!(values));
        }
        root.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": u64::try_from(millis).unwrap_or(u64::MAX),
                "CloudWatchMetrics": [{
                    "Namespace": self.namespace, "Dimensions": [names], "Metrics": metrics,
                }],
            }),
        );
        Value::Object(root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at() -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(1_790_000_000_123)
    }

    #[test]
    fn writes_one_document_with_dimensions() {
        let mut metrics = Metrics::new("Sidetier", "image-derive");
        metrics.dimension("format", "avif");
        metrics.count("Derivatives");
        metrics.add("DerivativeBytes", Unit::Bytes, 1024.0);
        assert_eq!(
            metrics.documents(at()),
            vec![json!({
                "_aws": {"Timestamp": 1_790_000_000_123_u64, "CloudWatchMetrics": [{
                    "Namespace": "Sidetier",
                    "Dimensions": [["service", "format"]],
                    "Metrics": [
                        {"Name": "DerivativeBytes", "Unit": "Bytes"},
                        {"Name": "Derivatives", "Unit": "Count"},
                    ],
                }]},
                "service": "image-derive", "format": "avif",
                "Derivatives": [1.0], "DerivativeBytes": [1024.0],
            })]
        );
    }

    #[test]
    fn splits_what_cloudwatch_would_refuse() {
        let mut metrics = Metrics::new("Sidetier", "image-derive");
        for _ in 0..250 {
            metrics.count("Derivatives");
        }
        let sizes: Vec<usize> = metrics
            .documents(at())
            .iter()
            .map(|document| document["Derivatives"].as_array().unwrap().len())
            .collect();
        assert_eq!(sizes, vec![100, 100, 50]);
    }

    #[test]
    fn keeps_three_dimensions_at_most() {
        let mut metrics = Metrics::new("Sidetier", "image-derive");
        for name in ["a", "b", "c", "d"] {
            metrics.dimension(name, "x");
        }
        metrics.count("Derivatives");
        let names = &metrics.documents(at())[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0];
        assert_eq!(names, &json!(["service", "a", "b", "c"]));
    }

    #[test]
    fn writes_nothing_where_nothing_was_added() {
        assert!(
            Metrics::new("Sidetier", "image-derive")
                .documents(at())
                .is_empty()
        );
    }
}
