//! Lambda function that stores submissions accepted while DynamoDB was away.

fn main() {}
