use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

/// The level of zstd: the fastest.
pub(crate) const ZSTD_LEVEL: i32 = 1;

/// What the pages of a finished column chunk add up to.
pub(crate) struct Chunk {
    data_offset: i64,
    uncompressed: i64,
}

impl Chunk {
    pub(crate) fn close(
        self,
        column: ColumnDescPtr,
        bytes: Bytes,
        dictionary_offset: Option<i64>,
        rows: usize,
    ) -> Result<(Bytes, ColumnCloseResult)> {
        let encodings = match dictionary_offset {
            Some(_) => vec![Encoding::PLAIN, Encoding::RLE_DICTIONARY, Encoding::RLE],
            None => vec![Encoding::PLAIN, Encoding::RLE],
        };
        let metadata = ColumnChunkMetaData::builder(column)
            .set_encodings(encodings)
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
            .set_num_values(whole(rows)?)
            .set_total_compressed_size(whole(bytes.len())?)
            .set_total_uncompressed_size(self.uncompressed)
            .set_dictionary_page_offset(dictionary_offset)
            .set_data_page_offset(self.data_offset)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok((bytes, close))
    }
}

/// The pages of one column chunk.
pub(crate) struct Pages<'a> {
    writer: SerializedPageWriter<'a, Vec<u8>>,
    compressor: Compressor<'static>,
    data_offset: Option<i64>,
    uncompressed: i64,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(sink: &'a mut TrackedWrite<Vec<u8>>) -> Result<Self> {
        Ok(Self {
            writer: SerializedPageWriter::new(sink),
            compressor: Compressor::new(ZSTD_LEVEL)?,
            data_offset: None,
            uncompressed: 0,
        })
    }

    pub(crate) fn finish(self) -> Chunk {
        Chunk {
            data_offset: self.data_offset.unwrap_or(0),
            uncompressed: self.uncompressed,
        }
    }

    pub(crate) fn dictionary(&mut self, plain: &[u8], num_values: u32) -> Result<()> {
        let buf = Bytes::from(self.compressor.compress(plain)?);
        let page = Page::DictionaryPage {
            buf,
            num_values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        self.write(page, plain.len()).map(|_| ())
    }

    pub(crate) fn data(
        &mut self,
        encoded: &[u8],
        num_values: u32,
        encoding: Encoding,
    ) -> Result<()> {
        let buf = Bytes::from(self.compressor.compress(encoded)?);
        let page = Page::DataPage {
            buf,
            num_values,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let offset = self.write(page, encoded.len())?;
        self.data_offset.get_or_insert(offset);
        Ok(())
    }

    fn write(&mut self, page: Page, uncompressed_bytes: usize) -> Result<i64> {
        let written = self
            .writer
            .write_page(CompressedPage::new(page, uncompressed_bytes))?;
        self.uncompressed += whole(written.uncompressed_size)?;
        i64::try_from(written.offset).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

pub(crate) fn small(value: usize) -> Result<u32> {
    u32::try_from(value).map_err(|error| ParquetError::External(Box::new(error)))
}

fn whole(value: usize) -> Result<i64> {
    i64::try_from(value).map_err(|error| ParquetError::External(Box::new(error)))
}
