use parquet::errors::ParquetError;

/// Why a table could not be written.
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
}
