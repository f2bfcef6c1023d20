//! A queue that stands where the owner's mailbox would.

use aws_sdk_sqs::types::QueueAttributeName;
use local::{REGION, Stack};
use serde_json::{Value, json};

use crate::harness::aws;

/// What the alarm topic tells its subscribers.
pub(crate) struct Mailbox {
    queues: aws_sdk_sqs::Client,
    url: String,
}

/// One of its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Mailbox {
    /// Subscribes a new queue of this name to the alarm topic.
    pub(crate) async fn subscribe(stack: &Stack, name: &str) -> Self {
        let aws = aws(stack);
        let queues = aws_sdk_sqs::Client::new(&aws);
        let queue = format!("arn:aws:sqs:{REGION}:000000000000:{name}");
        let topic = stack.output("AlarmTopicArn").unwrap();
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage", "Resource": queue,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }]});
        let created = queues
            .create_queue()
            .queue_name(name)
            .attributes(QueueAttributeName::Policy, policy.to_string())
            .send()
            .await;
        let url = created.unwrap().queue_url().unwrap().to_owned();
        aws_sdk_sns::Client::new(&aws)
            .subscribe()
            .topic_arn(topic)
            .protocol("sqs")
            .endpoint(queue)
            .send()
            .await
            .unwrap();
        Self { queues, url }
    }

    /// What came since the last time.
    pub(crate) async fn read(&self) -> Vec<Mail> {
        let mut mails = Vec::new();
        loop {
            let received = self
                .queues
                .receive_message()
                .queue_url(&self.url)
                .max_number_of_messages(10)
                .send()
                .await
                .unwrap();
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                return mails;
            }
            for message in messages {
                let body: Value = serde_json::from_str(message.body().unwrap()).unwrap();
                let part = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
                mails.push(Mail {
                    subject: part("Subject"),
                    text: part("Message"),
                });
                self.queues
                    .delete_message()
                    .queue_url(&self.url)
                    .receipt_handle(message.receipt_handle().unwrap())
                    .send()
                    .await
                    .unwrap();
            }
        }
    }
}
