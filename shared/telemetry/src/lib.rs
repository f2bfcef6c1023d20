//! Flat JSON logs and embedded metrics for Lambda functions.
//!
//! [`init`] installs the log subscriber once per process; [`Metrics`] is a value
//! per invocation that becomes one log line when the invocation ends. Only this
//! crate writes to standard output, which is what Lambda sends to CloudWatch Logs.

mod chain;
mod logs;
mod metrics;
mod service;

pub use chain::Chain;
pub use logs::{init, level_from};
pub use metrics::{Dimension, Metrics, Unit};
pub use service::Service;
