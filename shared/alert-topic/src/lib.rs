//! Alerts to an SNS topic, whose subscribers get them as mails.
//!
//! It remembers nothing: whether an alert was published, and when that is tried again, is for
//! the caller to know.

mod message;
mod topic;

pub use message::Message;
pub use topic::{AlertTopic, TopicError};
