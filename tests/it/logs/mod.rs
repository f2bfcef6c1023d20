//! What the log crates make of files, against programs that know nothing of them.

pub(crate) mod duckdb;
mod runbook;
mod tables;
