use std::io::{self, BufRead, Read, Seek, Write};

use log_formats::cloudfront_field;
use parquet::file::reader::SerializedFileReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};

use crate::IngestError;

/// How a Parquet file begins.
const MAGIC: &[u8] = b"PAR1";
/// The largest file, in bytes: it is read from the disk, from its end.
const MAX_BYTES: u64 = 1 << 30;

/// CloudFront's standard logs (v2) as Parquet, which are read as the JSON lines that they
/// could have been delivered as.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html>
pub(crate) struct ParquetLog {
    rows: RowIter<'static>,
    line: Vec<u8>,
    /// Bytes of the line that have been read.
    read: usize,
}

/// Whether a stream begins as a Parquet file does.
pub(crate) fn is_parquet(stream: &mut impl BufRead) -> io::Result<bool> {
    Ok(stream.fill_buf()?.starts_with(MAGIC))
}

impl ParquetLog {
    pub(crate) fn open(stream: impl Read) -> Result<Self, IngestError> {
        let mut file = tempfile::tempfile().map_err(IngestError::File)?;
        let bytes =
            io::copy(&mut stream.take(MAX_BYTES + 1), &mut file).map_err(IngestError::Open)?;
        if bytes > MAX_BYTES {
            let fault = format!("a Parquet file of more than {MAX_BYTES} bytes is not read");
            return Err(IngestError::Open(io::Error::other(fault)));
        }
        file.flush().map_err(IngestError::File)?;
        file.rewind().map_err(IngestError::File)?;
        let broken = |error| IngestError::Open(io::Error::new(io::ErrorKind::InvalidData, error));
        let reader = SerializedFileReader::new(file).map_err(broken)?;
        Ok(Self {
            rows: RowIter::from_file_into(Box::new(reader)),
            line: Vec::new(),
            read: 0,
        })
    }

    fn write_line(&mut self, row: &Row) -> io::Result<()> {
        let columns = row.get_column_iter();
        let fields = columns.filter_map(|(name, field)| {
            let text = match field {
                Field::Null => return None,
                Field::Str(text) => text.clone(),
                Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
                other => other.to_string(),
            };
            Some((cloudfront_field(name)?, text))
        });
        let fields: serde_json::Map<_, _> = fields
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect();
        serde_json::to_writer(&mut self.line, &fields)?;
        self.line.push(b'\n');
        Ok(())
    }
}

impl Read for ParquetLog {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.line.len() {
            self.line.clear();
            self.read = 0;
            match self.rows.next() {
                None => return Ok(0),
                Some(row) => self.write_line(&row.map_err(io::Error::other)?)?,
            }
        }
        let count = (&self.line[self.read..]).read(buffer)?;
        self.read += count;
        Ok(count)
    }
}
