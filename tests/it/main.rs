//! Tests of the whole, in one binary: the stack is started once for all of them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

mod browser;
mod forms;
mod harness;
mod health;
mod home_page;
mod idempotency;
mod image_requests;
mod image_uploads;
mod launch;
mod log_digests;
mod log_tables;
mod log_tier;
mod logs;
mod mailbox;
mod operations;
mod road;
mod roles;
mod sample_events;
mod template;
mod tidy;
mod tiers;
mod warming;
