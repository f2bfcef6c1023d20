//! What the log crates make of files, against programs that know nothing of them.

mod duckdb;
mod runbook;
mod tables;
