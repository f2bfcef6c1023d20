//! What the cache warmer keeps between invocations, and the queues it works from.
//!
//! [`WarmStore`] is one DynamoDB table. All rows have the keys `pk` and `sk`, a JSON
//! `document`, a `version` that rises with each write, and `expires_at`, after which DynamoDB
//! may delete them. No row is written unless it is as it was read:
//!
//! | `pk` | `sk` | document |
//! |---|---|---|
//! | `run#{run}` | `run` | the [`Run`](warming::Run): how far its plan is, when it was closed |
//! | `run#{run}` | `pages` | [`RunPages`]: where its pages come from |
//! | `run#{run}` | `chunk#{number}` | [`ChunkProgress`](warming::ChunkProgress), with the worker's lease |
//! | `run#{run}` | `done` | how many of its chunks are done |
//! | `run#{run}` | `account` | what of the run's budget is used |
//! | `origin#{target}` | `limiter` | the [`Limiter`](origin_limit::Limiter) that all its workers share |
//! | `origin#{target}` | `account` | what of the day's budget is used |
//! | `origin#{target}` | `caches` | which cache policy its paths have, as CloudFront says |
//! | `open` | `{run}` | nothing: the run is not closed |
//!
//! [`Lanes`] are the three SQS queues: a message is a [`Chunk`](warming::Chunk).
//! [`WarmSettings`] say where both are.

mod caches;
mod chunks;
mod documents;
mod lanes;
mod origins;
mod rows;
mod runs;
mod settings;

pub use documents::Versioned;
pub use lanes::{LaneUrls, Lanes};
pub use origins::AccountOf;
pub use rows::WarmStore;
pub use runs::RunPages;
pub use settings::WarmSettings;
