use std::time::Duration;

use aws_sdk_sqs::Client;
use lambda_kit::{BoxFuture, ErrorClass};
use settings::Reader;
use store::StoreError;
use warming::{Chunk, Lane};

/// SQS holds a message back for so long at most.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
const LONGEST_DELAY_SECONDS: u64 = 900;

/// Where the lanes' queues are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneUrls {
    /// What was made stale and is read a lot.
    pub p0: String,
    /// What is read a lot.
    pub p1: String,
    /// Everything else.
    pub p2: String,
}

impl LaneUrls {
    /// Reads `WARM_P0_QUEUE_URL`, `WARM_P1_QUEUE_URL` and `WARM_P2_QUEUE_URL`.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            p0: reader.required("WARM_P0_QUEUE_URL", "an SQS queue URL"),
            p1: reader.required("WARM_P1_QUEUE_URL", "an SQS queue URL"),
            p2: reader.required("WARM_P2_QUEUE_URL", "an SQS queue URL"),
        }
    }
}

/// The queues of the lanes.
#[derive(Debug, Clone)]
pub struct Lanes {
    client: Client,
    urls: LaneUrls,
}

impl Lanes {
    /// The lanes with these queues.
    #[must_use]
    pub const fn new(client: Client, urls: LaneUrls) -> Self {
        Self { client, urls }
    }

    /// Puts a chunk in its lane, where workers see it after a delay of up to 15 minutes.
    ///
    /// # Errors
    /// A failed call.
    pub fn send<'a>(
        &'a self,
        chunk: &'a Chunk,
        delay: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let url = match chunk.lane {
                Lane::P0 => &self.urls.p0,
                Lane::P1 => &self.urls.p1,
                Lane::P2 => &self.urls.p2,
            };
            let body = serde_json::to_string(chunk).map_err(|error| StoreError::Call {
                action: "write the message of",
                name: chunk.run.clone(),
                class: ErrorClass::Permanent,
                source: error.into(),
            })?;
            self.client
                .send_message()
                .queue_url(url)
                .message_body(body)
                .delay_seconds(delay_seconds(delay))
                .send()
                .await
                .map_err(|error| StoreError::call("send a chunk of", &chunk.run, error))?;
            Ok(())
        })
    }
}

/// Whole seconds, and none lost: a message must not come before its time.
fn delay_seconds(delay: Duration) -> i32 {
    let seconds = delay.as_millis().div_ceil(1000);
    let seconds = seconds.min(u128::from(LONGEST_DELAY_SECONDS));
    i32::try_from(seconds).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_whole_seconds_up_to_a_quarter_of_an_hour() {
        for (ms, seconds) in [(0, 0), (1, 1), (1000, 1), (59_001, 60), (86_400_000, 900)] {
            assert_eq!(delay_seconds(Duration::from_millis(ms)), seconds);
        }
    }
}
