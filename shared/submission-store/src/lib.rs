//! Submissions, deliveries and the outbox in DynamoDB.
