use std::io::BufRead;
use std::ops::ControlFlow;

use crate::delivery::Delivery;
use crate::lines::{read_robots_lines, read_text};
use crate::source::{Kind, Source};
use crate::xml::read_xml;
use crate::{Entry, Fault, Format, ReadOptions, SitemapError, Totals};

/// How much is read at once; with the largest token, all the memory that reading takes.
const BUFFER_BYTES: usize = 64 * 1024;

/// Hands over each entry of a sitemap or of an index of sitemaps, until there are no more or
/// `each` breaks.
///
/// # Errors
/// When the stream breaks off, is no sitemap, or goes beyond a limit, with what was read
/// before. A sitemap of one URL a line that was cut off without gzip cannot be told from one
/// that is whole.
pub fn read_sitemap(
    stream: impl BufRead,
    options: &ReadOptions,
    each: impl FnMut(Entry) -> ControlFlow<()>,
) -> Result<Totals, SitemapError> {
    read_in_pieces(stream, options, BUFFER_BYTES, each)
}

/// Hands over each sitemap that `robots.txt` names, until there are no more or `each` breaks.
/// The sitemaps of other hosts are bad entries, as in [`read_sitemap`].
///
/// # Errors
/// When the stream breaks off or goes beyond a limit, with what was read before.
pub fn read_robots(
    stream: impl BufRead,
    options: &ReadOptions,
    each: impl FnMut(Entry) -> ControlFlow<()>,
) -> Result<Totals, SitemapError> {
    let mut delivery = Delivery::new(options, each);
    delivery.totals.format = Some(Format::Robots);
    let limits = &options.limits;
    let source = Source::new(stream, limits, limits.max_robots_bytes, BUFFER_BYTES);
    finish(source, delivery, |source, delivery| {
        source.sniff()?;
        read_robots_lines(source, delivery)
    })
}

/// [`read_sitemap`] with a buffer of any size from 3 bytes on.
pub(crate) fn read_in_pieces<R: BufRead>(
    stream: R,
    options: &ReadOptions,
    buffer_bytes: usize,
    each: impl FnMut(Entry) -> ControlFlow<()>,
) -> Result<Totals, SitemapError> {
    let delivery = Delivery::new(options, each);
    let limits = &options.limits;
    let source = Source::new(stream, limits, limits.max_bytes, buffer_bytes);
    finish(source, delivery, |source, delivery| {
        match source.sniff()? {
            Some(Kind::Xml) => read_xml(source, delivery),
            Some(Kind::Lines) => {
                delivery.totals.format = Some(Format::Text);
                read_text(source, delivery)
            }
            None => Err(Fault::Empty),
        }
    })
}

fn finish<'o, R: BufRead, F: FnMut(Entry) -> ControlFlow<()>>(
    source: Result<Source<R>, Fault>,
    mut delivery: Delivery<'o, F>,
    read: impl FnOnce(&mut Source<R>, &mut Delivery<'o, F>) -> Result<(), Fault>,
) -> Result<Totals, SitemapError> {
    let (at, result) = match source {
        Ok(mut source) => {
            let result = read(&mut source, &mut delivery);
            (source.consumed(), result)
        }
        Err(fault) => (0, Err(fault)),
    };
    delivery.totals.bytes = at;
    let read = delivery.totals;
    match result {
        Ok(()) => Ok(read),
        Err(fault) => Err(SitemapError {
            read: Box::new(read),
            at,
            fault,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor, Read, Write};

    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::Hosts;

    const CORPUS: [&[u8]; 5] = [
        include_bytes!("../corpus/pages.xml"),
        include_bytes!("../corpus/prefixed.xml"),
        include_bytes!("../corpus/index.xml"),
        include_bytes!("../corpus/pages.txt"),
        b"\xef\xbb\xbf \n<urlset><url><loc>https://www.example.com/?a&b&&amp;c;&#x;&</loc></url>\
          <url ><loc\n>https://www.example.com/<![CDATA[]]]]><![CDATA[>]]>&#x61;</loc ></url\t>\
          <!-- - -- <url> --><a b='>' c=\"/>\"/><?a > ?></urlset>\n<!---->",
    ];

    /// A stream that gives as little as it is told.
    struct Cut<R>(R, usize);

    impl<R: Read> Read for Cut<R> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = buffer.len().min(self.1);
            self.0.read(&mut buffer[..count])
        }
    }

    fn read(stream: impl BufRead, buffer_bytes: usize) -> (Vec<Entry>, Totals) {
        let options = ReadOptions {
            hosts: Hosts::new(["www.example.com"]).unwrap(),
            ..ReadOptions::default()
        };
        let mut entries = Vec::new();
        let totals = read_in_pieces(stream, &options, buffer_bytes, |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        });
        (entries, totals.unwrap())
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_entries(
            bytes in select(&CORPUS[..]),
            is_gzip in any::<bool>(),
            cut in 1usize..50,
            capacity in 1usize..50,
            buffer_bytes in 3usize..50,
        ) {
            let whole = read(bytes, BUFFER_BYTES);
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            let stream = if is_gzip { encoder.finish().unwrap() } else { bytes.to_vec() };
            let stream = BufReader::with_capacity(capacity, Cut(Cursor::new(stream), cut));
            prop_assert_eq!(read(stream, buffer_bytes), whole);
        }
    }
}
