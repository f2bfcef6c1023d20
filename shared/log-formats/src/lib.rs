//! The log formats of the site's tiers: bytes in, records out.
//!
//! [`read_lines`] cuts a stream of any size into lines with a fixed amount of memory, and a
//! [`LineParser`] makes a [`Record`] of each. Records borrow from the line, so that nothing
//! is allocated for a line that is only counted.
//!
//! What a line lacks is absent from its record; what a later version of a format adds is
//! passed over. A line that cannot be read is a [`BadLine`]: to be counted, never fatal.

mod alb;
mod alb_connection;
mod cloudfront;
mod decompress;
mod fields;
mod flow;
mod json_text;
mod lambda;
mod lines;
mod nginx;
mod number;
mod parser;
mod postgres;
mod record;
mod source;
mod subscription;
mod text;
mod time;
mod waf;

pub use cloudfront::{Columns, cloudfront_field};
pub use decompress::Decompressed;
pub use lines::{LineError, LineLimits, LineTotals, read_lines};
pub use parser::{BadLine, LineParser};
pub use record::{
    CacheResult, Connection, FirewallAction, FirewallEvent, Flow, Message, Record, Request,
    Severity,
};
pub use source::Source;
pub use subscription::{Subscription, SubscriptionError};
pub use text::{Escaping, Text, shape};
pub use time::{civil, date_and_hour, rfc3339_ms};
