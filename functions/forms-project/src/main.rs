//! Lambda function that projects submissions into PostgreSQL.

fn main() {}
