//! Columns of texts, as dictionaries and numbers: most of a log's texts come again and
//! again. The numbers are known when a row comes in, so the pages are made from them, and
//! the general writer need not look at each text a second time.
//! <https://parquet.apache.org/docs/file-format/data-pages/encodings/>

use std::borrow::Cow;

use bytes::Bytes;
use log_formats::Text;
use parquet::basic::Encoding;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result;
use parquet::file::writer::TrackedWrite;
use parquet::schema::types::ColumnDescPtr;

use crate::dictionary::Dictionary;
use crate::packing::{bit_width, pack};
use crate::pages::{Pages, small};

/// Pages of plain texts end at so many bytes.
const PAGE_BYTES: usize = 1 << 20;

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
            None => self.texts.number(&clean(text)),
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
        let chunk = pages.finish();
        let bytes = Bytes::from(sink.into_inner()?);
        let encoded = chunk.close(column, bytes, dictionary_offset, self.numbers.len())?;
        self.texts.clear();
        self.raw.clear();
        self.numbers.clear();
        self.derived.clear();
        Ok(encoded)
    }

    fn encode_numbers(&self, pages: &mut Pages<'_>) -> Result<()> {
        let mut plain = Vec::with_capacity(self.texts.text_bytes() + 4 * self.texts.len());
        for place in 0..small(self.texts.len())? {
            push_plain(self.texts.get(place), &mut plain);
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
        let mut plain = PlainTexts::default();
        for number in &self.numbers {
            plain.push(self.texts.get(*number));
        }
        plain.write(pages)
    }
}

/// UTF-8 without control characters: who reads a table in a terminal must not be led astray.
fn clean(text: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = |byte: &u8| (0x20..0x7f).contains(byte);
    if text.iter().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let text = Text::plain(text).decode();
    Cow::Owned(text.into_owned().into_bytes())
}

/// The texts of a column of which each row has another one.
#[derive(Debug, Default)]
pub(crate) struct IdColumn {
    plain: PlainTexts,
    rows: usize,
}

impl IdColumn {
    #[inline]
    pub(crate) fn push(&mut self, text: &[u8]) {
        self.plain.push(&clean(text));
        self.rows += 1;
    }

    /// Bytes of memory in use.
    pub(crate) const fn text_bytes(&self) -> usize {
        self.plain.bytes.len()
    }

    /// The column as pages, to be appended to a row group; the texts are forgotten.
    pub(crate) fn encode(&mut self, column: ColumnDescPtr) -> Result<(Bytes, ColumnCloseResult)> {
        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = Pages::new(&mut sink)?;
        self.plain.write(&mut pages)?;
        let chunk = pages.finish();
        let bytes = Bytes::from(sink.into_inner()?);
        let rows = std::mem::take(&mut self.rows);
        self.plain = PlainTexts::default();
        chunk.close(column, bytes, None, rows)
    }
}

/// Texts one after the other, each after its length.
#[derive(Debug, Default)]
struct PlainTexts {
    bytes: Vec<u8>,
    /// Where pages end, and how many texts each has.
    pages: Vec<(usize, u32)>,
    start: usize,
    count: u32,
}

impl PlainTexts {
    #[inline]
    fn push(&mut self, text: &[u8]) {
        push_plain(text, &mut self.bytes);
        self.count += 1;
        if self.bytes.len() - self.start >= PAGE_BYTES {
            self.end_page();
        }
    }

    fn end_page(&mut self) {
        self.pages
            .push((self.bytes.len(), std::mem::take(&mut self.count)));
        self.start = self.bytes.len();
    }

    fn write(&mut self, pages: &mut Pages<'_>) -> Result<()> {
        if self.count > 0 {
            self.end_page();
        }
        let mut start = 0;
        for (end, count) in &self.pages {
            pages.data(&self.bytes[start..*end], *count, Encoding::PLAIN)?;
            start = *end;
        }
        Ok(())
    }
}

/// A text is cut long before its length is more than four bytes hold.
fn push_plain(text: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text);
}
