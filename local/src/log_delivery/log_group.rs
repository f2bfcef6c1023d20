//! CloudWatch Logs: the lines of a file as events, as the CloudWatch agent of an instance
//! sends them.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Destination;
use crate::aws::Aws;

/// Most events of one request.
const MAX_EVENTS: usize = 10_000;
/// Most bytes of one request, where each event counts [`EVENT_BYTES`] more than its message.
const MAX_BYTES: usize = 1024 * 1024;
const EVENT_BYTES: usize = 26;

/// The stream of this machine; the agent calls it by the instance's id.
const STREAM: &str = "local";

/// Puts lines into a log group.
#[derive(Debug)]
pub(super) struct LogGroup {
    aws: Aws,
    name: String,
    has_stream: bool,
}

impl LogGroup {
    pub(super) fn new(aws: Aws, name: &str) -> Self {
        Self {
            aws,
            name: name.to_owned(),
            has_stream: false,
        }
    }

    fn call(&self, operation: &str, request: &Value) -> Result<()> {
        self.aws.post(
            "logs",
            "application/x-amz-json-1.1",
            Some(&format!("Logs_20140328.{operation}")),
            &request.to_string(),
        )?;
        Ok(())
    }

    fn create_stream(&mut self) -> Result<()> {
        let request = json!({ "logGroupName": self.name, "logStreamName": STREAM });
        match self.call("CreateLogStream", &request) {
            Err(error) if !error.to_string().contains("ResourceAlreadyExists") => Err(error),
            _ => {
                self.has_stream = true;
                Ok(())
            }
        }
    }
}

impl Destination for LogGroup {
    fn deliver(&mut self, lines: &[Vec<u8>]) -> Result<()> {
        if !self.has_stream {
            self.create_stream()?;
        }
        let now = Timestamp::now().as_millisecond();
        for batch in batches(lines) {
            let events: Vec<Value> = batch
                .into_iter()
                .map(|message| json!({ "timestamp": now, "message": message }))
                .collect();
            self.call(
                "PutLogEvents",
                &json!({ "logGroupName": self.name, "logStreamName": STREAM, "logEvents": events }),
            )?;
        }
        Ok(())
    }
}

/// Messages in requests that CloudWatch takes. It takes UTF-8 only, and counts that.
fn batches(lines: &[Vec<u8>]) -> Vec<Vec<String>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for line in lines {
        let mut message = String::from_utf8_lossy(line).into_owned();
        message.truncate(message.floor_char_boundary(MAX_BYTES - EVENT_BYTES));
        let event_bytes = message.len() + EVENT_BYTES;
        if batch.len() == MAX_EVENTS || bytes + event_bytes > MAX_BYTES {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += event_bytes;
        batch.push(message);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(batch: &[String]) -> usize {
        batch
            .iter()
            .map(|message| message.len() + EVENT_BYTES)
            .sum()
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced() {
        assert_eq!(
            batches(&[b"a\xff\xe2\x82".to_vec()]),
            [["a\u{fffd}\u{fffd}"]]
        );
        assert!(batches(&[]).is_empty());
    }

    #[test]
    fn no_request_has_too_many_events() {
        let lengths: Vec<usize> = batches(&vec![b"x".to_vec(); 20_001])
            .iter()
            .map(Vec::len)
            .collect();
        assert_eq!(lengths, [10_000, 10_000, 1]);
    }

    #[test]
    fn no_request_has_too_many_bytes() {
        // Four of these and their overhead are exactly the limit.
        let line = vec![b'x'; MAX_BYTES / 4 - EVENT_BYTES];
        let batches = batches(&vec![line; 5]);
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [4, 1]);
        assert_eq!(size(&batches[0]), MAX_BYTES);
    }

    #[test]
    fn replacements_count_and_long_lines_are_cut() {
        // Each of these bytes becomes three.
        let batches = batches(&[vec![0xff; MAX_BYTES / 2], b"next".to_vec()]);
        assert_eq!(batches.len(), 2);
        assert!(size(&batches[0]) <= MAX_BYTES && size(&batches[0]) > MAX_BYTES - 3);
        assert_eq!(batches[1], ["next"]);
    }
}
