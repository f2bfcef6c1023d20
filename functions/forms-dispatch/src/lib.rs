//! Lambda function that puts due deliveries into their queues.
