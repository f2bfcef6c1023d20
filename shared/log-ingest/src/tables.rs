use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use log_formats::{Record, Source, date_and_hour};
use log_privacy::Privacy;
use log_summary::HOUR_MS;
use log_tables::{Cell, RecordRows, Table, TableFile};

use crate::IngestError;

/// Files that are written at a time: a log has the rows of an hour or two, one that comes
/// late those of a day. The hours of one that has more are written in turns.
const OPEN_FILES: usize = 50;
/// Memory of the rows that are not written yet, of all files together.
const BUFFERED_BYTES: usize = 24 << 20;
/// Rows after which memory is looked at.
const ROWS_BETWEEN_LOOKS: u32 = 1024;

/// Which part of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition {
    /// The table.
    pub table: Table,
    /// Which tier's log.
    pub source: Source,
    /// Hours since 1970.
    pub hour: i64,
}

impl Partition {
    /// The folder of the partition's files, as Glue's partition projection has it.
    #[must_use]
    pub fn prefix(&self) -> String {
        let (date, hour) = date_and_hour(self.hour * HOUR_MS);
        let (table, source) = (self.table.name(), self.source.name());
        format!("{table}/source={source}/dt={date}/hour={hour:02}/")
    }
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionFile {
    /// Where it belongs.
    pub partition: Partition,
    /// A number, where one log has several files for a partition.
    pub part: usize,
    /// Where it is on the disk.
    pub path: PathBuf,
    /// Its rows.
    pub rows: u64,
}

struct Open {
    partition: Partition,
    part: usize,
    path: PathBuf,
    file: TableFile<BufWriter<File>>,
}

/// Writes records into files of a folder, one for each table and hour.
pub struct PartitionedTables {
    dir: PathBuf,
    rows: RecordRows,
    /// The last written stands last.
    open: Vec<Open>,
    rows_since_look: u32,
    finished: Vec<PartitionFile>,
}

impl PartitionedTables {
    /// Writes into an empty folder.
    #[must_use]
    pub fn new(dir: &Path, privacy: Privacy) -> Self {
        Self {
            dir: dir.to_owned(),
            rows: RecordRows::new(privacy),
            open: Vec::new(),
            rows_since_look: 0,
            finished: Vec::new(),
        }
    }

    /// Appends a record.
    ///
    /// # Errors
    /// When a file cannot be written.
    #[inline]
    pub fn write(&mut self, source: Source, record: &Record<'_>) -> Result<(), IngestError> {
        let place = self.open_for(Table::of(record), source, record.time_ms())?;
        self.rows.write(record, &mut self.open[place].file)?;
        self.bound_memory()
    }

    /// Appends a row that is no record of a line.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_row(
        &mut self,
        table: Table,
        source: Source,
        time_ms: i64,
        cells: &[Cell<'_>],
    ) -> Result<(), IngestError> {
        let place = self.open_for(table, source, time_ms)?;
        self.open[place].file.push(cells)?;
        self.bound_memory()
    }

    /// Writes the fullest file's rows when all files together hold too many.
    #[inline]
    fn bound_memory(&mut self) -> Result<(), IngestError> {
        self.rows_since_look += 1;
        if self.rows_since_look < ROWS_BETWEEN_LOOKS {
            return Ok(());
        }
        self.rows_since_look = 0;
        let buffered = |open: &Open| open.file.buffered_bytes();
        if self.open.iter().map(buffered).sum::<usize>() > BUFFERED_BYTES
            && let Some(fullest) = self.open.iter_mut().max_by_key(|open| buffered(open))
        {
            fullest.file.flush()?;
        }
        Ok(())
    }

    #[inline]
    fn open_for(
        &mut self,
        table: Table,
        source: Source,
        time_ms: i64,
    ) -> Result<usize, IngestError> {
        let hour = time_ms.div_euclid(HOUR_MS);
        let is_it = |open: &Open| open.partition.hour == hour && open.partition.table == table;
        let last = self.open.len().wrapping_sub(1);
        if self.open.last().is_some_and(is_it) {
            return Ok(last);
        }
        if let Some(place) = self.open.iter().position(is_it) {
            let open = self.open.remove(place);
            self.open.push(open);
            return Ok(last);
        }
        if self.open.len() == OPEN_FILES {
            let oldest = self.open.remove(0);
            self.close(oldest)?;
        }
        let open = self.begin(Partition {
            table,
            source,
            hour,
        })?;
        self.open.push(open);
        Ok(self.open.len() - 1)
    }

    fn begin(&self, partition: Partition) -> Result<Open, IngestError> {
        let is_same = |file: &&PartitionFile| file.partition == partition;
        let part = self.finished.iter().filter(is_same).count();
        let name = format!(
            "{}-{}-{part}.parquet",
            partition.table.name(),
            partition.hour
        );
        let path = self.dir.join(name);
        let out = File::create(&path).map_err(IngestError::File)?;
        let file = TableFile::new(partition.table, BufWriter::new(out))?;
        Ok(Open {
            partition,
            part,
            path,
            file,
        })
    }

    fn close(&mut self, open: Open) -> Result<(), IngestError> {
        let rows = open.file.rows();
        let out = open.file.finish()?;
        out.into_inner()
            .map_err(|error| IngestError::File(error.into_error()))?;
        self.finished.push(PartitionFile {
            partition: open.partition,
            part: open.part,
            path: open.path,
            rows,
        });
        Ok(())
    }

    /// Ends all files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(mut self) -> Result<Vec<PartitionFile>, IngestError> {
        for open in std::mem::take(&mut self.open) {
            self.close(open)?;
        }
        Ok(self.finished)
    }
}
