//! What is done to a deployed site from outside, in the cloud or on this machine:
//!
//! - [`smoke::run`] asks a site for what a visitor asks for, and says what does not work.
//! - [`teardown::run`] takes a stack down, and says what is kept.
//!
//! `cargo run -- smoke` and `cargo run -- teardown` start it. It is not part of the crate `local`,
//! which builds without the AWS SDK, so that the first `cargo run` is soon at work.
//!
//! Credentials and region are found as every AWS SDK finds them; `AWS_ENDPOINT_URL` leads to an
//! emulator. Of AWS's services only S3 has a client of the SDK: the few calls of the others are
//! requests of a line or two ([`Aws::query`], [`Aws::json`]), and their clients would be the
//! largest dependencies of this repository.

mod aws;
mod console;
pub mod smoke;
mod stack;
pub mod teardown;
mod xml;

pub use aws::{Aws, CallError};
pub use console::Console;
