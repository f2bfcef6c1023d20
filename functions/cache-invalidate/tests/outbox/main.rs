//! The outbox, worked off: against a real PostgreSQL and a real Redis.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

mod aws;
mod edge;
mod harness;
mod publishing;
mod taking;

#[path = "../../../../shared/lambda-kit/tests/support/mod.rs"]
mod lambda_support;
#[path = "../../../../site/tests/support/mod.rs"]
mod site_support;
