//! What the emulator knows of the stack's figures, for tests and for people who look.

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::stack::Stack;

/// How far back figures are added up.
const HOURS: i64 = 72;

impl Stack {
    /// The sum of a metric of ours over the last days, with exactly these dimensions.
    ///
    /// # Errors
    /// When CloudWatch does not answer.
    pub fn metric_sum(&self, name: &str, dimensions: &[(&str, &str)]) -> Result<f64> {
        let now = Timestamp::now();
        let dimensions: Vec<_> = dimensions
            .iter()
            .map(|(name, value)| json!({"Name": name, "Value": value}))
            .collect();
        let request = json!({
            "Namespace": "Sidetier",
            "MetricName": name,
            "Dimensions": dimensions,
            "StartTime": (now - SignedDuration::from_hours(HOURS)).as_second(),
            "EndTime": (now + SignedDuration::from_hours(1)).as_second(),
            "Period": 60,
            "Statistics": ["Sum"],
        });
        let answer = self.json_api(
            "monitoring",
            "GraniteServiceVersion20100801.GetMetricStatistics",
            &request,
        )?;
        let points = answer["Datapoints"].as_array().cloned().unwrap_or_default();
        Ok(points
            .iter()
            .filter_map(|point| point["Sum"].as_f64())
            .sum())
    }

    /// Messages of a queue, those included that are being handled.
    ///
    /// # Errors
    /// When SQS does not answer.
    pub fn queue_depth(&self, url: &str) -> Result<u64> {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ];
        let request = json!({"QueueUrl": url, "AttributeNames": names});
        let answer = self.json_api("sqs", "AmazonSQS.GetQueueAttributes", &request)?;
        let depth = |name| answer["Attributes"][name].as_str()?.parse::<u64>().ok();
        names
            .iter()
            .map(|name| depth(*name).with_context(|| format!("read {name} of {url}")))
            .sum()
    }

    /// Calls an API that speaks the query protocol, such as CloudFormation's, as root: `form` is a
    /// form with `Action` and `Version`. Returns the XML of its answer.
    ///
    /// # Errors
    /// When the service refuses.
    pub fn query_api(&self, service: &str, form: &str) -> Result<String> {
        let media_type = "application/x-www-form-urlencoded";
        self.aws.post(service, media_type, None, form)
    }

    /// Calls an API that speaks JSON, as root.
    pub(crate) fn json_api(&self, service: &str, target: &str, request: &Value) -> Result<Value> {
        let media_type = "application/x-amz-json-1.0";
        let answer = self
            .aws
            .post(service, media_type, Some(target), &request.to_string())?;
        serde_json::from_str(&answer).with_context(|| format!("read the answer of {target}"))
    }
}
