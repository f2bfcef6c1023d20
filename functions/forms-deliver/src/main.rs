//! Lambda function that delivers submissions by mail, webhook and event.

fn main() {}
