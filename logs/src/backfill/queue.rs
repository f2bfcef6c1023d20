use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchRequestEntry};

use super::faults::sending_fault;
use super::message::Message;

/// Calls for messages that the queue does not take at once.
const ATTEMPTS: u32 = 5;
/// Before the second call; each further one waits twice as long.
const PAUSE: Duration = Duration::from_millis(200);

/// The queue that log-processor reads.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) client: Client,
    pub(crate) url: String,
}

impl Queue {
    /// Sends at most ten messages. After an error some may be there.
    pub(crate) async fn send(&self, messages: &[Message]) -> Result<()> {
        let mut waiting: Vec<&Message> = messages.iter().collect();
        for attempt in 1.. {
            let refused = self.send_once(&waiting).await?;
            let Some((message, why)) = refused.first() else {
                break;
            };
            if attempt == ATTEMPTS || refused.iter().any(|(_, why)| why.sender_fault()) {
                bail!(
                    "the queue does not take the message of {}: {} {}",
                    message.key,
                    why.code(),
                    why.message().unwrap_or_default()
                );
            }
            waiting = refused.into_iter().map(|(message, _)| message).collect();
            tokio::time::sleep(PAUSE * 2_u32.pow(attempt - 1)).await;
        }
        Ok(())
    }

    /// The messages that the queue did not take, and why.
    async fn send_once<'a>(
        &self,
        messages: &[&'a Message],
    ) -> Result<Vec<(&'a Message, BatchResultErrorEntry)>> {
        let mut request = self.client.send_message_batch().queue_url(&self.url);
        for (index, message) in messages.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(&message.body)
                .build()?;
            request = request.entries(entry);
        }
        let output = request
            .send()
            .await
            .map_err(|error| sending_fault(error, &self.url))?;
        let refused = output.failed.into_iter().map(|why| {
            let index: Option<usize> = why.id().parse().ok();
            let message = index.and_then(|index| messages.get(index).copied());
            Ok((
                message.context("the queue refuses a message that was not sent")?,
                why,
            ))
        });
        refused.collect()
    }
}
