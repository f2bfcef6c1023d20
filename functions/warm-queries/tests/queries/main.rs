//! Answers that are warm before a page asks: against a real PostgreSQL and a real Redis.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

mod aws;
mod brakes;
mod harness;
mod pages;

#[path = "../../../../shared/lambda-kit/tests/support/mod.rs"]
mod lambda_support;
#[path = "../../../../site/tests/support/mod.rs"]
mod site_support;
