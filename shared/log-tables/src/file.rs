use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::column::Buffer;
use crate::pages::ZSTD_LEVEL;
use crate::{Cell, Table, TableError};

/// Rows of a row group at most.
const ROWS: usize = 65_536;
/// Bytes of text of a row group at most: what bounds memory.
const TEXT_BYTES: usize = 12 << 20;
/// After so many rows, the bytes of text are counted.
const COUNTED_ROWS: usize = 1024;

/// A Parquet file while it is written: version 1 pages, which Athena reads, with zstd.
pub struct TableFile<W: Write + Send> {
    table: Table,
    writer: SerializedFileWriter<W>,
    buffers: Vec<Buffer>,
    rows: usize,
    written: u64,
}

impl<W: Write + Send> TableFile<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn new(table: Table, out: W) -> Result<Self, TableError> {
        let writer = open(table, out).map_err(|source| write_error(table, source))?;
        let columns = table.columns().iter();
        Ok(Self {
            table,
            writer,
            buffers: columns.map(|column| Buffer::new(column.kind)).collect(),
            rows: 0,
            written: 0,
        })
    }

    /// Appends a row, with a cell for each column in their order.
    ///
    /// # Errors
    /// When a cell does not fit its column, and when writing fails.
    #[inline]
    pub fn push(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        let mut fitting = 0;
        for (buffer, cell) in self.buffers.iter_mut().zip(cells) {
            if !buffer.push(*cell) {
                break;
            }
            fitting += 1;
        }
        if fitting < self.buffers.len() {
            let column = self
                .table
                .columns()
                .get(fitting)
                .map_or("", |column| column.name);
            let table = self.table.name();
            return Err(TableError::Row { table, column });
        }
        self.end_rows(1)
    }

    /// Rows that may come in at once, so that a row group ends where it would if they came
    /// one by one.
    pub(crate) const fn room(&self) -> usize {
        COUNTED_ROWS - self.rows % COUNTED_ROWS
    }

    /// Appends rows to the columns, which [`Self::end_rows`] must follow: those that are read,
    /// and the same cell in each row of those after them. What is in the file after an error
    /// is of no use.
    pub(crate) fn read_rows(
        &mut self,
        columns: &mut [ColumnReader],
        missing: &[Cell<'_>],
        rows: usize,
    ) -> Result<(), ParquetError> {
        let mut buffers = self.buffers.iter_mut();
        for (column, buffer) in columns.iter_mut().zip(&mut buffers) {
            buffer.read(column, rows)?;
        }
        for (cell, buffer) in missing.iter().zip(buffers) {
            buffer.fill(*cell, rows)?;
        }
        Ok(())
    }

    /// Counts rows that are in all columns, and writes the row group if they fill it.
    #[inline]
    pub(crate) fn end_rows(&mut self, rows: usize) -> Result<(), TableError> {
        self.rows += rows;
        if self.rows >= ROWS || (self.rows.is_multiple_of(COUNTED_ROWS) && self.is_full()) {
            self.flush()?;
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.text_bytes() >= TEXT_BYTES
    }

    fn text_bytes(&self) -> usize {
        self.buffers.iter().map(Buffer::text_bytes).sum()
    }

    /// Bytes of memory that the rows take which are not written yet, about.
    #[must_use]
    pub fn buffered_bytes(&self) -> usize {
        self.text_bytes() + self.rows * self.buffers.len() * size_of::<i64>()
    }

    /// Writes the rows that are buffered as a row group, which frees their memory.
    ///
    /// # Errors
    /// When writing fails.
    pub fn flush(&mut self) -> Result<(), TableError> {
        let written = self.write_group();
        written.map_err(|source| write_error(self.table, source))
    }

    /// Rows so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.written + self.rows as u64
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let schema = self.writer.schema_descr().clone();
        let mut group = self.writer.next_row_group()?;
        for (buffer, column) in self.buffers.iter_mut().zip(schema.columns()) {
            buffer.write(Arc::clone(column), &mut group)?;
        }
        group.close()?;
        self.written += self.rows as u64;
        self.rows = 0;
        Ok(())
    }

    /// Ends the file, and gives what it was written to.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<W, TableError> {
        let table = self.table;
        let finish = || {
            self.write_group()?;
            self.writer.into_inner()
        };
        finish().map_err(|source| write_error(table, source))
    }
}

const fn write_error(table: Table, source: ParquetError) -> TableError {
    TableError::Write {
        table: table.name(),
        source,
    }
}

fn open<W: Write + Send>(table: Table, out: W) -> Result<SerializedFileWriter<W>, ParquetError> {
    let fields: Result<Vec<_>, _> = table
        .columns()
        .iter()
        .map(|column| column.parquet_type().map(Arc::new))
        .collect();
    let schema = Type::group_type_builder(table.name())
        .with_fields(fields?)
        .build()?;
    let properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        // Ranges of time let readers pass over row groups; nobody asks for ranges of texts.
        .set_statistics_enabled(EnabledStatistics::None)
        .set_column_statistics_enabled("time".into(), EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by("sidetier".to_owned());
    let properties = table
        .columns()
        .iter()
        .fold(properties, |properties, column| {
            column.properties(properties)
        });
    SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties.build()))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    use proptest::prelude::*;

    use super::*;

    fn row<'a>(time: i64, text: &'a [u8], duration: Option<f64>) -> [Cell<'a>; 6] {
        [
            Cell::Time(time),
            Cell::Text(b"info"),
            Cell::Text(b"nginx"),
            Cell::Text(text),
            Cell::Text(b""),
            Cell::Number(duration),
        ]
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut file = TableFile::new(Table::Messages, Vec::new()).unwrap();
        for index in 0..70_000 {
            file.push(&row(index, b"caf\xc3\xa9", (index % 2 == 0).then_some(1.5)))
                .unwrap();
        }
        file.push(&row(-1, b"\xff\x1b[31m", None)).unwrap();
        assert_eq!(file.rows(), 70_001);
        let bytes = Bytes::from(file.finish().unwrap());
        let reader = SerializedFileReader::new(bytes).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let rows: Vec<_> = reader
            .get_row_iter(None)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows.len(), 70_001);
        let last = rows[70_000].to_string();
        assert!(
            last.contains("text: \"\u{fffd}\u{fffd}[31m\"") && last.contains("duration_ms: null"),
            "{last}"
        );
        assert!(rows[2].to_string().contains("café") && rows[2].to_string().contains("1.5"));
    }

    /// Texts of each column of the rows, as another program reads them.
    fn texts_of(bytes: Vec<u8>, column: usize) -> Vec<String> {
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
        rows.map(|row| row.get_string(column).unwrap().clone())
            .collect()
    }

    proptest! {
        #[test]
        fn runs_and_changes_come_back_as_they_were(
            runs in proptest::collection::vec((0usize..40, 1usize..40), 1..60),
            spread in 1usize..2000,
        ) {
            let texts: Vec<String> = runs
                .iter()
                .flat_map(|(value, length)| vec![value * spread % 977; *length])
                .map(|value| format!("text {value}"))
                .collect();
            let mut file = TableFile::new(Table::Messages, Vec::new()).unwrap();
            let upper = |raw: &[u8], out: &mut Vec<u8>| out.extend(raw.to_ascii_uppercase());
            for text in &texts {
                let mut row = row(0, text.as_bytes(), None);
                row[4] = Cell::Derived { raw: text.as_bytes(), derive: &upper };
                file.push(&row).unwrap();
            }
            let bytes = file.finish().unwrap();
            let uppercase: Vec<_> = texts.iter().map(|text| text.to_uppercase()).collect();
            prop_assert_eq!(texts_of(bytes.clone(), 4), uppercase);
            prop_assert_eq!(texts_of(bytes, 3), texts);
        }
    }

    #[test]
    fn a_row_that_does_not_fit_names_its_column() {
        let mut file = TableFile::new(Table::Messages, Vec::new()).unwrap();
        let error = file.push(&[Cell::Time(1), Cell::Flag(true)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a row of `messages` has no `severity` that fits"
        );
    }
}
