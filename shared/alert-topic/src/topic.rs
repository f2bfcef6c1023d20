use std::error::Error;

use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use lambda_kit::BoxFuture;

use crate::Message;

/// What SNS said, or the client in its place.
pub type TopicError = Box<dyn Error + Send + Sync>;

/// The topic of alerts.
#[derive(Debug, Clone)]
pub struct AlertTopic {
    client: Client,
    arn: String,
}

impl AlertTopic {
    /// The topic of this ARN.
    #[must_use]
    pub const fn new(client: Client, arn: String) -> Self {
        Self { client, arn }
    }

    /// Publishes a message, once. How long that may take is for the caller to say.
    ///
    /// # Errors
    /// A failed call.
    pub fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), TopicError>> {
        Box::pin(async move {
            let severity = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(message.severity())
                .build()?;
            let request = self
                .client
                .publish()
                .topic_arn(&self.arn)
                .subject(message.subject())
                .message(message.text())
                .message_attributes("severity", severity);
            request.send().await?;
            Ok(())
        })
    }
}
