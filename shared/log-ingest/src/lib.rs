//! One log file into what it adds up to and into tables: what the function does with an
//! object of S3, the command line with a file, and the benchmark with a corpus.
//!
//! A file is read once, as a stream; memory does not depend on its size.

mod error;
mod ingest;
mod parquet_log;
mod tables;

pub use error::IngestError;
pub use ingest::{Ingested, Rules, ingest};
pub use tables::{Partition, PartitionFile, PartitionedTables};
