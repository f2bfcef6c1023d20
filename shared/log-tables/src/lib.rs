//! Logs as Parquet tables, which Athena, DuckDB and others read.
//!
//! A [`TableFile`] takes rows and writes a row group whenever it holds enough of them, so that
//! memory is bounded by the row group and never by the file. The [`Table`]s and their columns
//! are those of the Glue tables in the template. [`compact`] makes one file of many small ones.

mod cell;
mod column;
mod compact;
mod dictionary;
mod error;
mod file;
mod packing;
mod pages;
mod rows;
mod schema;
mod text_column;

pub use cell::Cell;
pub use compact::{Compacted, compact};
pub use error::TableError;
pub use file::TableFile;
pub use rows::RecordRows;
pub use schema::{Column, Kind, Table};
