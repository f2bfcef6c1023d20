//! Plans of runs, and what becomes of them: against a real HTTP server, and a loopback server
//! for what is asked of AWS.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../../../warm-pages/tests/support/mod.rs"]
mod support;

#[path = "../../../warm-pages/tests/support/origin.rs"]
mod origin;

mod forms;
mod place;
mod runs;
mod sitemaps;
