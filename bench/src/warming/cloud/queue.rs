//! The part of SQS that the warmer uses. All lanes are one queue: each run has one lane.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Messages, the oldest first.
pub(super) struct Queue {
    messages: Vec<Message>,
    visibility: Duration,
    sent: u64,
}

struct Message {
    id: u64,
    body: String,
    visible_from: Instant,
}

impl Queue {
    pub(super) const fn new(visibility: Duration) -> Self {
        Self {
            messages: Vec::new(),
            visibility,
            sent: 0,
        }
    }

    /// Answers a call; `None` for one that is not known here.
    pub(super) fn call(
        &mut self,
        operation: &str,
        request: &Value,
        now: Instant,
    ) -> Option<Result<Value, Value>> {
        match operation {
            "SendMessage" => {
                let delay = request["DelaySeconds"].as_u64().unwrap_or(0);
                let body = request["MessageBody"].as_str()?;
                self.sent += 1;
                self.messages.push(Message {
                    id: self.sent,
                    body: body.to_owned(),
                    visible_from: now + Duration::from_secs(delay),
                });
                Some(Ok(json!({ "MessageId": self.sent.to_string() })))
            }
            "ReceiveMessage" => Some(Ok(self.receive(now))),
            "DeleteMessage" => {
                let id: u64 = request["ReceiptHandle"].as_str()?.parse().ok()?;
                self.messages.retain(|message| message.id != id);
                Some(Ok(json!({})))
            }
            _ => None,
        }
    }

    /// The first message that nobody has, for as long as it takes until it comes again.
    fn receive(&mut self, now: Instant) -> Value {
        let mut messages = self.messages.iter_mut();
        let Some(message) = messages.find(|message| message.visible_from <= now) else {
            return json!({});
        };
        message.visible_from = now + self.visibility;
        let id = message.id.to_string();
        json!({"Messages": [{"MessageId": id, "ReceiptHandle": id, "Body": message.body}]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VISIBILITY: Duration = Duration::from_secs(30);

    fn send(queue: &mut Queue, body: &str, delay: u64, now: Instant) {
        let request = json!({"MessageBody": body, "DelaySeconds": delay});
        queue.call("SendMessage", &request, now).unwrap().unwrap();
    }

    fn receive(queue: &mut Queue, now: Instant) -> Option<(String, Value)> {
        let answer = queue.call("ReceiveMessage", &json!({}), now);
        let answer = answer.unwrap().unwrap();
        let message = &answer["Messages"][0];
        let body = message["Body"].as_str()?.to_owned();
        Some((body, json!({"ReceiptHandle": message["ReceiptHandle"]})))
    }

    #[test]
    fn what_is_not_deleted_comes_again_and_what_is_does_not() {
        let (mut queue, now) = (Queue::new(VISIBILITY), Instant::now());
        send(&mut queue, "a", 0, now);
        assert_eq!(receive(&mut queue, now).unwrap().0, "a");
        assert!(receive(&mut queue, now).is_none());
        let (body, receipt) = receive(&mut queue, now + VISIBILITY).unwrap();
        assert_eq!(body, "a");
        queue.call("DeleteMessage", &receipt, now).unwrap().unwrap();
        assert!(receive(&mut queue, now + VISIBILITY * 3).is_none());
    }

    #[test]
    fn a_delayed_message_comes_after_its_delay() {
        let (mut queue, now) = (Queue::new(VISIBILITY), Instant::now());
        send(&mut queue, "late", 60, now);
        send(&mut queue, "at once", 0, now);
        assert_eq!(receive(&mut queue, now).unwrap().0, "at once");
        assert!(receive(&mut queue, now).is_none());
        let later = now + Duration::from_secs(60);
        assert!(receive(&mut queue, later).is_some());
    }
}
