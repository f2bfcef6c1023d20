//! Columns of texts, as dictionaries and numbers: most of a log's texts come again and
//! again. The numbers are known when a row comes in, so the pages are made from them, and
//! the general writer need not look at each text a second time.
//! <https://parquet.apache.org/docs/file-format/data-pages/encodings/>

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

use crate::dictionary::Dictionary;

/// Pages of plain texts end at so many bytes.
const PAGE_BYTES: usize = 1 << 20;

/// The level of zstd: the fastest.
pub(crate) const ZSTD_LEVEL: i32 = 1;

/// The texts of one column of a row group.
#[derive(Debug, Default)]
pub(crate) struct TextColumn {
    texts: Dictionary,
    numbers: Vec<u32>,
    /// Texts as they came, of those that are kept otherwise, with what they became.
    raw: Dictionary,
    derived: Vec<u32>,
    scratch: Vec<u8>,
}

impl TextColumn {
    #[inline]
    pub(crate) fn push(&mut self, text: &[u8]) {
        // Hosts, methods and versions are mostly those of the row before.
        let last = self.numbers.last().copied();
        let number = match last.filter(|last| self.texts.get(*last) == text) {
            Some(number) => number,
            None => self.number(text),
        };
        self.numbers.push(number);
    }

    #[inline]
    fn number(&mut self, text: &[u8]) -> u32 {
        match self.texts.find(text) {
            Some(number) => number,
            None if std::str::from_utf8(text).is_ok() => self.texts.number(text),
            None => self.texts.number(String::from_utf8_lossy(text).as_bytes()),
        }
    }

    /// Appends what a text becomes; that is found out once.
    #[inline]
    pub(crate) fn push_derived(&mut self, raw: &[u8], derive: &dyn Fn(&[u8], &mut Vec<u8>)) {
        if let Some(place) = self.raw.find(raw) {
            self.numbers.push(self.derived[place as usize]);
            return;
        }
        self.raw.number(raw);
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        derive(raw, &mut text);
        self.push(&text);
        self.scratch = text;
        self.derived.extend(self.numbers.last());
    }

    /// Bytes of memory in use.
    pub(crate) const fn text_bytes(&self) -> usize {
        self.texts.text_bytes() + self.raw.text_bytes()
    }

    /// The column as pages, to be appended to a row group; the texts are forgotten.
    pub(crate) fn encode(&mut self, column: ColumnDescPtr) -> Result<(Bytes, ColumnCloseResult)> {
        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = Pages::new(&mut sink)?;
        // A dictionary pays when texts come twice.
        let dictionary_offset = if self.texts.len() * 2 <= self.numbers.len() {
            self.encode_numbers(&mut pages)?;
            Some(0)
        } else {
            self.encode_plain(&mut pages)?;
            None
        };
        let (data_offset, uncompressed) = (pages.data_offset.unwrap_or(0), pages.uncompressed);
        let bytes = Bytes::from(sink.into_inner()?);
        let rows = self.numbers.len();
        let encodings = match dictionary_offset {
            Some(_) => vec![Encoding::PLAIN, Encoding::RLE_DICTIONARY, Encoding::RLE],
            None => vec![Encoding::PLAIN, Encoding::RLE],
        };
        let metadata = ColumnChunkMetaData::builder(column)
            .set_encodings(encodings)
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
            .set_num_values(whole(rows)?)
            .set_total_compressed_size(whole(bytes.len())?)
            .set_total_uncompressed_size(uncompressed)
            .set_dictionary_page_offset(dictionary_offset)
            .set_data_page_offset(data_offset)
            .build()?;
        self.texts.clear();
        self.raw.clear();
        self.numbers.clear();
        self.derived.clear();
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

    fn encode_numbers(&self, pages: &mut Pages<'_>) -> Result<()> {
        let mut plain = Vec::with_capacity(self.texts.text_bytes() + 4 * self.texts.len());
        for place in 0..small(self.texts.len())? {
            push_plain(self.texts.get(place), &mut plain)?;
        }
        pages.dictionary(&plain, small(self.texts.len())?)?;
        let width = bit_width(self.texts.len());
        let mut packed = vec![width];
        pack(&self.numbers, width, &mut packed);
        pages.data(
            &packed,
            small(self.numbers.len())?,
            Encoding::RLE_DICTIONARY,
        )
    }

    fn encode_plain(&self, pages: &mut Pages<'_>) -> Result<()> {
        let (mut plain, mut count) = (Vec::new(), 0);
        for number in &self.numbers {
            push_plain(self.texts.get(*number), &mut plain)?;
            count += 1;
            if plain.len() >= PAGE_BYTES {
                pages.data(&plain, count, Encoding::PLAIN)?;
                plain.clear();
                count = 0;
            }
        }
        if count > 0 {
            pages.data(&plain, count, Encoding::PLAIN)?;
        }
        Ok(())
    }
}

fn small(value: usize) -> Result<u32> {
    u32::try_from(value).map_err(|error| ParquetError::External(Box::new(error)))
}

fn whole(value: usize) -> Result<i64> {
    i64::try_from(value).map_err(|error| ParquetError::External(Box::new(error)))
}

fn push_plain(text: &[u8], out: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(&small(text.len())?.to_le_bytes());
    out.extend_from_slice(text);
    Ok(())
}

/// Bits that the numbers below `count` take.
fn bit_width(count: usize) -> u8 {
    let largest = count.saturating_sub(1);
    u8::try_from(usize::BITS - largest.leading_zeros()).unwrap_or(32)
}

/// The hybrid of run lengths and packed bits: equal numbers as a run, where eight or more
/// follow each other, the rest packed in groups of eight.
fn pack(numbers: &[u32], width: u8, out: &mut Vec<u8>) {
    let (mut from, mut at) = (0, 0);
    while at < numbers.len() {
        let run = numbers[at..]
            .iter()
            .take_while(|number| **number == numbers[at])
            .count();
        // Groups begin at multiples of eight after `from`: a run lends what fills one.
        let lent = (8 - (at - from) % 8) % 8;
        if run < 8 + lent {
            at += run;
            continue;
        }
        pack_groups(&numbers[from..at + lent], width, out);
        put_varint(((run - lent) as u64) << 1, out);
        out.extend_from_slice(&numbers[at].to_le_bytes()[..usize::from(width.div_ceil(8))]);
        at += run;
        from = at;
    }
    pack_groups(&numbers[from..], width, out);
}

fn pack_groups(numbers: &[u32], width: u8, out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    let groups = numbers.len().div_ceil(8);
    put_varint((groups as u64) << 1 | 1, out);
    let (mut bits, mut count) = (0u64, 0u32);
    let padding = std::iter::repeat_n(0, groups * 8 - numbers.len());
    for number in numbers.iter().copied().chain(padding) {
        bits |= u64::from(number) << count;
        count += u32::from(width);
        while count >= 8 {
            out.push(bits.to_le_bytes()[0]);
            bits >>= 8;
            count -= 8;
        }
    }
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// The pages of one column chunk.
struct Pages<'a> {
    writer: SerializedPageWriter<'a, Vec<u8>>,
    compressor: Compressor<'static>,
    data_offset: Option<i64>,
    uncompressed: i64,
}

impl<'a> Pages<'a> {
    fn new(sink: &'a mut TrackedWrite<Vec<u8>>) -> Result<Self> {
        Ok(Self {
            writer: SerializedPageWriter::new(sink),
            compressor: Compressor::new(ZSTD_LEVEL)?,
            data_offset: None,
            uncompressed: 0,
        })
    }

    fn dictionary(&mut self, plain: &[u8], num_values: u32) -> Result<()> {
        let buf = Bytes::from(self.compressor.compress(plain)?);
        let page = Page::DictionaryPage {
            buf,
            num_values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        self.write(page, plain.len()).map(|_| ())
    }

    fn data(&mut self, encoded: &[u8], num_values: u32, encoding: Encoding) -> Result<()> {
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
