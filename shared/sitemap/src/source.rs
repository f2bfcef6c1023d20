use std::io::{self, BufRead, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use crate::{Fault, Limit, Limits};

/// The first bytes of a stream, then the rest of it.
type Whole<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// A stream that is decompressed while it is read, in pieces that do not depend on those it
/// arrives in, up to a number of bytes in all and in one token.
pub(crate) struct Source<R> {
    stream: Stream<R>,
    buffer: Box<[u8]>,
    from: usize,
    to: usize,
    /// Bytes that were handed on.
    consumed: u64,
    /// Bytes that were taken from the stream.
    taken: u64,
    max_bytes: u64,
    token_left: usize,
    max_token_bytes: usize,
    /// What ends reading once the buffer is empty.
    end: Option<Result<(), Fault>>,
    /// What ended reading.
    fault: Option<Fault>,
}

enum Stream<R> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
}

/// What a stream's first characters say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Xml,
    Lines,
}

impl<R: BufRead> Source<R> {
    /// Decompresses what begins as gzip; names and headers are not to be relied on.
    pub(crate) fn new(
        mut stream: R,
        limits: &Limits,
        max_bytes: u64,
        buffer_bytes: usize,
    ) -> Result<Self, Fault> {
        let mut head = Vec::with_capacity(2);
        stream.by_ref().take(2).read_to_end(&mut head)?;
        let is_gzip = head == [0x1f, 0x8b];
        let whole = Cursor::new(head).chain(stream);
        Ok(Self {
            stream: if is_gzip {
                Stream::Gzip(Box::new(MultiGzDecoder::new(whole)))
            } else {
                Stream::Plain(whole)
            },
            buffer: vec![0; buffer_bytes].into_boxed_slice(),
            from: 0,
            to: 0,
            consumed: 0,
            taken: 0,
            max_bytes,
            token_left: limits.max_token_bytes,
            max_token_bytes: limits.max_token_bytes,
            end: None,
            fault: None,
        })
    }

    /// Passes over a byte order mark and blanks, and looks at what follows. `None` when
    /// nothing does.
    pub(crate) fn sniff(&mut self) -> Result<Option<Kind>, Fault> {
        let mut is_begin = true;
        loop {
            self.begin_token();
            let Ok(seen) = self.fill_buf() else {
                return Err(self.take_fault());
            };
            if is_begin && (seen.starts_with(&[0xfe, 0xff]) || seen.starts_with(&[0xff, 0xfe])) {
                return Err(Fault::Encoding);
            }
            let mark = if is_begin && seen.starts_with(b"\xef\xbb\xbf") {
                3
            } else {
                0
            };
            is_begin = false;
            let blanks = seen[mark..]
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count();
            let kind = match seen.get(mark + blanks) {
                Some(b'<') => Some(Kind::Xml),
                Some(byte) if byte.is_ascii_control() => return Err(Fault::Binary),
                Some(_) => Some(Kind::Lines),
                None if seen.is_empty() => return Ok(None),
                None => None,
            };
            self.consume(mark + blanks);
            if kind.is_some() {
                return Ok(kind);
            }
        }
    }

    /// Lets as many bytes pass as one token may have.
    pub(crate) const fn begin_token(&mut self) {
        self.token_left = self.max_token_bytes;
    }

    /// Bytes that were handed on.
    pub(crate) const fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Whether the stream ended, and all of it was handed on.
    pub(crate) const fn is_at_end(&self) -> bool {
        self.from == self.to && matches!(self.end, Some(Ok(())))
    }

    /// Why the last read failed.
    pub(crate) fn take_fault(&mut self) -> Fault {
        self.fault.take().unwrap_or(Fault::Truncated)
    }

    /// Whether the last read failed.
    pub(crate) const fn has_fault(&self) -> bool {
        self.fault.is_some()
    }

    fn fill(&mut self) {
        (self.from, self.to) = (0, 0);
        while self.to < self.buffer.len() && self.end.is_none() {
            let left = self.max_bytes - self.taken;
            let room = self.buffer.len() - self.to;
            let room = usize::try_from(left).map_or(room, |left| left.min(room));
            // One byte beyond the limit tells whether there is more.
            let mut beyond = [0];
            let into = match room {
                0 => &mut beyond[..],
                _ => &mut self.buffer[self.to..self.to + room],
            };
            let read = match &mut self.stream {
                Stream::Plain(stream) => stream.read(into),
                Stream::Gzip(stream) => stream.read(into),
            };
            match read {
                Ok(0) => self.end = Some(Ok(())),
                Ok(_) if room == 0 => {
                    let (limit, max) = (Limit::Bytes, self.max_bytes);
                    self.end = Some(Err(Fault::TooMuch { limit, max }));
                }
                Ok(count) => {
                    self.to += count;
                    self.taken += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.end = Some(Err(error.into())),
            }
        }
    }

    fn fail(&mut self, fault: Fault) -> io::Error {
        self.fault = Some(fault);
        io::Error::other("see the source's fault")
    }
}

impl<R: BufRead> Read for Source<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.from == self.to && self.end.is_none() {
            self.fill();
        }
        if self.from == self.to {
            // A later read fails in the same way: it finds the stream at its end.
            return match self.end.replace(Ok(())) {
                Some(Err(fault)) => Err(self.fail(fault)),
                _ => Ok(&[]),
            };
        }
        if self.token_left == 0 {
            let fault = Limit::TokenBytes.exceeded(self.max_token_bytes);
            return Err(self.fail(fault));
        }
        let to = self.to.min(self.from.saturating_add(self.token_left));
        Ok(&self.buffer[self.from..to])
    }

    fn consume(&mut self, count: usize) {
        self.from += count;
        self.consumed += count as u64;
        self.token_left = self.token_left.saturating_sub(count);
    }
}
