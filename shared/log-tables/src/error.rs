use parquet::errors::ParquetError;

/// Why a table could not be written, or files of it not be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Writing or encoding failed.
    #[error("write a Parquet file of `{table}`")]
    Write {
        /// The table.
        table: &'static str,
        /// The fault.
        source: ParquetError,
    },
    /// A row has other cells than the table has columns.
    #[error("a row of `{table}` has no `{column}` that fits")]
    Row {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A file cannot be read.
    #[error("read file {input} of `{table}`")]
    Read {
        /// The table.
        table: &'static str,
        /// The file's place among those that were given, from 0.
        input: usize,
        /// The fault.
        source: ParquetError,
    },
    /// A file has a column that the table has not, or not there, or of another type.
    #[error("file {input} of `{table}` has a column `{column}` that is not the table's")]
    ForeignColumn {
        /// The table.
        table: &'static str,
        /// The file's place among those that were given, from 0.
        input: usize,
        /// The column's name in the file.
        column: String,
    },
    /// A file lacks a column of which each row has a value.
    #[error("file {input} of `{table}` has no column `{column}`, which cannot be empty")]
    MissingColumn {
        /// The table.
        table: &'static str,
        /// The file's place among those that were given, from 0.
        input: usize,
        /// The column.
        column: &'static str,
    },
}
