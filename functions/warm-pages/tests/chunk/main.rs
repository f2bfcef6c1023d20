//! Workers at chunks: against a real HTTP server, and a loopback server for what is asked of
//! AWS.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/origin.rs"]
mod origin;

mod budgets;
mod handed_back;
mod once;
mod place;
