//! What CloudWatch measured: one request a run for all that the checks need.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy, StatusCode,
};

use crate::probe::ProbeError;
use crate::probe::aws_error::api;

/// Series of a request at most:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.
const MAX_SERIES: usize = 500;
/// Pages of an answer that are read at most. One has a hundred thousand values.
const MAX_PAGES: usize = 10;
const MINUTE_S: i32 = 60;
/// So many minutes are looked at. The last one may not be complete.
const WINDOW_MINUTES: u64 = 5;

/// What is measured of something, minute by minute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series {
    /// The service.
    pub(crate) namespace: &'static str,
    /// The metric.
    pub(crate) metric: &'static str,
    /// What of the values of a minute is told.
    pub(crate) statistic: &'static str,
    /// Of what.
    pub(crate) dimensions: Vec<(&'static str, String)>,
}

/// The values of the last minutes, the newest first. A series without any has no values; one
/// that CloudWatch could not tell of is not there.
#[derive(Debug, Default)]
pub(crate) struct Metrics(BTreeMap<Series, Vec<f64>>);

impl Metrics {
    /// The newest value; `None` when there was none of late.
    pub(crate) fn newest(&self, series: &Series) -> Option<f64> {
        self.0.get(series)?.first().copied()
    }

    /// The highest value; 0 when there was none of late, as where nothing happens nothing is
    /// measured.
    pub(crate) fn highest(&self, series: &Series) -> Option<f64> {
        let values = self.0.get(series)?;
        Some(values.iter().copied().fold(0.0, f64::max))
    }

    /// All values together.
    pub(crate) fn sum(&self, series: &Series) -> Option<f64> {
        Some(self.0.get(series)?.iter().sum())
    }

    fn take_in(&mut self, asked: &[Series], results: &[MetricDataResult]) {
        for result in results {
            let index = result
                .id()
                .and_then(|id| id.strip_prefix('m')?.parse().ok());
            let series = index.and_then(|index: usize| asked.get(index));
            let is_told = matches!(
                result.status_code(),
                None | Some(StatusCode::Complete | StatusCode::PartialData)
            );
            if let Some(series) = series.filter(|_| is_told) {
                let values = self.0.entry(series.clone()).or_default();
                values.extend_from_slice(result.values());
            }
        }
    }
}

/// Asks for all of these.
pub(crate) async fn fetch(
    client: &Client,
    series: BTreeSet<Series>,
    now: SystemTime,
) -> Result<Metrics, ProbeError> {
    let series: Vec<Series> = series.into_iter().collect();
    let mut metrics = Metrics::default();
    let minutes = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 60;
    let at = |minute: u64| DateTime::from(UNIX_EPOCH + Duration::from_secs(minute * 60));
    for asked in series.chunks(MAX_SERIES) {
        let request = client
            .get_metric_data()
            .set_metric_data_queries(Some(asked.iter().enumerate().map(query).collect()))
            .start_time(at(minutes.saturating_sub(WINDOW_MINUTES)))
            .end_time(at(minutes))
            .scan_by(ScanBy::TimestampDescending);
        let mut pages = request.into_paginator().send();
        for _ in 0..MAX_PAGES {
            let Some(page) = pages.next().await else {
                break;
            };
            let page = page.map_err(|error| api("CloudWatch", &error))?;
            metrics.take_in(asked, page.metric_data_results());
        }
    }
    Ok(metrics)
}

/// Ids begin with a lower-case letter.
fn query((index, series): (usize, &Series)) -> MetricDataQuery {
    let dimensions = series.dimensions.iter();
    let dimension =
        |(name, value): &(&str, String)| Dimension::builder().name(*name).value(value).build();
    let metric = Metric::builder()
        .namespace(series.namespace)
        .metric_name(series.metric)
        .set_dimensions(Some(dimensions.map(dimension).collect()));
    let of_minute = MetricStat::builder()
        .metric(metric.build())
        .period(MINUTE_S)
        .stat(series.statistic);
    MetricDataQuery::builder()
        .id(format!("m{index}"))
        .metric_stat(of_minute.build())
        .build()
}

/// A count, as CloudWatch tells it.
pub(crate) fn count(value: f64) -> u64 {
    // Casts saturate, and counts are whole.
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(metric: &'static str) -> Series {
        Series {
            namespace: "AWS/Lambda",
            metric,
            statistic: "Sum",
            dimensions: vec![("FunctionName", "f".to_owned())],
        }
    }

    #[test]
    fn values_belong_to_their_series() {
        let asked = [series("Errors"), series("Invocations"), series("Throttles")];
        let result = |id: &str, values: &[f64], status| {
            let result = MetricDataResult::builder().id(id).status_code(status);
            result.set_values(Some(values.to_vec())).build()
        };
        let mut metrics = Metrics::default();
        metrics.take_in(
            &asked,
            &[
                result("m1", &[3.0, 5.0], StatusCode::PartialData),
                result("m0", &[], StatusCode::Complete),
                result("m2", &[], StatusCode::InternalError),
                result("m9", &[1.0], StatusCode::Complete),
                result("x", &[1.0], StatusCode::Complete),
            ],
        );
        metrics.take_in(&asked, &[result("m1", &[1.0], StatusCode::Complete)]);
        assert_eq!(metrics.sum(&asked[1]), Some(9.0));
        assert_eq!(metrics.newest(&asked[1]), Some(3.0));
        assert_eq!(metrics.highest(&asked[1]), Some(5.0));
        assert_eq!(
            (metrics.sum(&asked[0]), metrics.newest(&asked[0])),
            (Some(0.0), None)
        );
        assert_eq!(metrics.sum(&asked[2]), None);
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!([count(2.4), count(-1.0), count(f64::NAN)], [2, 0, 0]);
    }
}
