use std::io;

use log_tables::TableError;

/// Why a log could not be made into tables. That a log itself is broken is no error: what
/// can be read of it is, and the rest is counted.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The log could not be opened.
    #[error("read the log's beginning")]
    Open(#[source] io::Error),
    /// A table's file could not be made.
    #[error("make a file for a table")]
    File(#[source] io::Error),
    /// A table could not be written.
    #[error(transparent)]
    Table(#[from] TableError),
}
