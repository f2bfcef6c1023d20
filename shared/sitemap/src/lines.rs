use std::io::BufRead;
use std::ops::ControlFlow;

use crate::delivery::Delivery;
use crate::source::Source;
use crate::{Child, Entry, Fault, Page};

/// A line that is no longer kept whole.
struct Line {
    bytes: Vec<u8>,
    max: usize,
    is_cut: bool,
}

impl Line {
    fn push(&mut self, part: &[u8]) {
        let kept = part.len().min(self.max - self.bytes.len());
        self.bytes.extend_from_slice(&part[..kept]);
        self.is_cut |= kept < part.len();
    }
}

/// Reads a sitemap of one URL a line.
/// <https://www.sitemaps.org/protocol.html#otherformats>
pub(crate) fn read_text<R: BufRead, F: FnMut(Entry) -> ControlFlow<()>>(
    source: &mut Source<R>,
    delivery: &mut Delivery<'_, F>,
) -> Result<(), Fault> {
    each_line(source, delivery, |delivery, line, is_cut| {
        let page = |location| {
            Entry::Page(Page {
                location,
                ..Page::default()
            })
        };
        delivery.line(line, is_cut, page)
    })
}

/// Reads the lines of `robots.txt` that name sitemaps.
/// <https://www.sitemaps.org/protocol.html#submit_robots>
pub(crate) fn read_robots_lines<R: BufRead, F: FnMut(Entry) -> ControlFlow<()>>(
    source: &mut Source<R>,
    delivery: &mut Delivery<'_, F>,
) -> Result<(), Fault> {
    each_line(source, delivery, |delivery, line, is_cut| {
        let Some(colon) = memchr::memchr(b':', line) else {
            return Ok(());
        };
        let (key, value) = (line[..colon].trim_ascii(), &line[colon + 1..]);
        if !key.eq_ignore_ascii_case(b"sitemap") {
            return Ok(());
        }
        // A comment, or a fragment, which no server is told.
        let end = memchr::memchr(b'#', value);
        let is_cut = is_cut && end.is_none();
        let child = |location| {
            Entry::Sitemap(Child {
                location,
                last_modified_ms: None,
            })
        };
        delivery.line(&value[..end.unwrap_or(value.len())], is_cut, child)
    })
}

/// Hands over each line that is not blank, and whether its end is missing. Lines end with
/// LF, CR or both.
fn each_line<R: BufRead, F: FnMut(Entry) -> ControlFlow<()>>(
    source: &mut Source<R>,
    delivery: &mut Delivery<'_, F>,
    mut each: impl FnMut(&mut Delivery<'_, F>, &[u8], bool) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut line = Line {
        bytes: Vec::new(),
        // The longest location in the longest characters, with some blanks around it.
        max: delivery
            .options
            .limits
            .max_location_chars
            .saturating_mul(4)
            .saturating_add(128),
        is_cut: false,
    };
    while !delivery.totals.is_stopped {
        source.begin_token();
        let Ok(seen) = source.fill_buf() else {
            return Err(source.take_fault());
        };
        let is_last = seen.is_empty();
        let end = memchr::memchr2(b'\n', b'\r', seen);
        line.push(&seen[..end.unwrap_or(seen.len())]);
        let consumed = end.map_or(seen.len(), |end| end + 1);
        source.consume(consumed);
        if is_last || end.is_some() {
            if !line.bytes.trim_ascii().is_empty() {
                each(delivery, &line.bytes, line.is_cut)?;
            }
            line.bytes.clear();
            line.is_cut = false;
        }
        if is_last {
            break;
        }
    }
    Ok(())
}
