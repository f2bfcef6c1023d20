use std::io::{self, Write};

use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::Type;

use crate::{Cell, Column, Table, TableError, TableFile};

/// One file of many.
#[derive(Debug)]
pub struct Compacted<W> {
    /// What the file was written to.
    pub out: W,
    /// Its rows.
    pub rows: u64,
}

/// Writes the rows of files of a table, in the order given, as one file. Its bytes are those
/// that a [`TableFile`] makes of the same rows.
///
/// Files that are older than the table's last columns have them empty. One file is open at a
/// time, of which a page of each column is in memory, besides the row group being written.
///
/// # Errors
/// When a file cannot be opened or read, when its columns are not those of the table, and when
/// writing fails. What was written to `out` is then no file.
pub fn compact<R: ChunkReader + 'static, W: Write + Send>(
    table: Table,
    inputs: impl IntoIterator<Item = io::Result<R>>,
    out: W,
) -> Result<Compacted<W>, TableError> {
    let mut file = TableFile::new(table, out)?;
    for (input, reader) in inputs.into_iter().enumerate() {
        Input { table, input }.append(reader, &mut file)?;
    }
    let rows = file.rows();
    let out = file.finish()?;
    Ok(Compacted { out, rows })
}

/// Which file is read.
#[derive(Clone, Copy)]
struct Input {
    table: Table,
    input: usize,
}

impl Input {
    fn append<R: ChunkReader + 'static, W: Write + Send>(
        self,
        reader: io::Result<R>,
        file: &mut TableFile<W>,
    ) -> Result<(), TableError> {
        let reader = reader
            .map_err(ParquetError::from)
            .and_then(SerializedFileReader::new)
            .map_err(|source| self.fault(source))?;
        let schema = reader.metadata().file_metadata().schema();
        let missing = self.missing_cells(schema)?;
        for index in 0..reader.num_row_groups() {
            let group = reader.get_row_group(index);
            let group = group.map_err(|source| self.fault(source))?;
            self.append_group(group.as_ref(), &missing, file)?;
        }
        Ok(())
    }

    fn append_group<W: Write + Send>(
        self,
        group: &dyn RowGroupReader,
        missing: &[Cell<'_>],
        file: &mut TableFile<W>,
    ) -> Result<(), TableError> {
        let columns = (0..group.num_columns()).map(|index| group.get_column_reader(index));
        let columns: Result<Vec<_>, _> = columns.collect();
        let mut columns = columns.map_err(|source| self.fault(source))?;
        let rows = usize::try_from(group.metadata().num_rows());
        let mut left = rows.map_err(|error| self.fault(ParquetError::External(error.into())))?;
        while left > 0 {
            let rows = left.min(file.room());
            file.read_rows(&mut columns, missing, rows)
                .map_err(|source| self.fault(source))?;
            file.end_rows(rows)?;
            left -= rows;
        }
        Ok(())
    }

    /// Cells for the columns that the file lacks at the end.
    fn missing_cells(self, schema: &Type) -> Result<Vec<Cell<'static>>, TableError> {
        let columns = self.table.columns();
        let fields = schema.get_fields();
        for (index, field) in fields.iter().enumerate() {
            let column = columns.get(index);
            if !column.is_some_and(|column| column.is(field)) {
                return Err(TableError::ForeignColumn {
                    table: self.table.name(),
                    input: self.input,
                    column: field.name().to_owned(),
                });
            }
        }
        let missing = columns.iter().skip(fields.len());
        missing.map(|column| self.missing_cell(*column)).collect()
    }

    fn missing_cell(self, column: Column) -> Result<Cell<'static>, TableError> {
        column.kind.missing().ok_or(TableError::MissingColumn {
            table: self.table.name(),
            input: self.input,
            column: column.name,
        })
    }

    const fn fault(self, source: ParquetError) -> TableError {
        TableError::Read {
            table: self.table.name(),
            input: self.input,
            source,
        }
    }
}
